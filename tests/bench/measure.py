"""What both tables of measurements share: timing of whole processes, and where things are."""

from __future__ import annotations

import compileall
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
KB = ROOT / "kb"
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/browser")]
compileall.compile_dir(ROOT / "scripts/kbmatch", quiet=2)  # as an installer leaves it


def seconds(command: Sequence[str], repeats: int = 1) -> float:
    """Return the median wall time of a whole process."""
    times = []
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if command[0] == "env":  # its own start is nobody's time
        name, _, value = command[1].partition("=")
        quiet["env"], command = {**os.environ, name: value}, command[2:]
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run(command, check=False, **quiet)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def interleaved(commands: Sequence[Sequence[str]], repeats: int) -> list[float]:
    """Return the median of each command, run in turns so that load falls on all alike."""
    times: list[list[float]] = [[] for _ in commands]
    for _ in range(repeats):
        for place, command in enumerate(commands):
            times[place].append(seconds(command))
    return [statistics.median(values) for values in times]


def kbmatch(pack: Path, *arguments: str) -> list[str]:
    """Return the command as it is installed, answering from a pack."""
    command = str(Path(sys.executable).with_name("kbmatch"))
    return ["env", f"KBMATCH_KB={pack}", command, *arguments]


def a_sample(pack: Path) -> str:
    """Return a message that the pack knows, from the middle of it."""
    from kbmatch.matching.documents import Documents
    from kbmatch.matching.pack import Pack

    with Pack.open(str(pack)) as opened:
        documents = Documents(opened)
        keys = documents.keys("symptoms")
        return str(documents[keys[len(keys) // 2]]["signatures"][0]["samples"][0])
