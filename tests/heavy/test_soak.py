"""A day of a busy stream through `kbmatch --follow`: every finding at its line, memory flat.

Ten gigabytes by default; SOAK_GIGABYTES sets another size.
"""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from good_logs.generate import good_log
from kbmatch.matching.compile import compile_pack
from small_knowledge import knowledge, symptom

pytestmark = pytest.mark.heavy

SIZE = int(float(os.environ.get("SOAK_GIGABYTES", "10")) * (1 << 30))
PIECE = 16 << 20
ERROR = b"printer: paper jam in tray 3\n"
GROWTH = 16 << 10
"""Kilobytes that memory may grow by after the first tenth."""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_ten_gigabytes_pass_in_flat_memory(tmp_path: Path) -> None:
    pack = tmp_path / "p.kbpack"
    pack.write_bytes(compile_pack(knowledge(symptom("jam", "paper jam in tray {number}"))))
    piece = b"".join(good_log(PIECE, pattern="p*-recorded.log")) + ERROR
    rounds = max(10, SIZE // len(piece))
    process = subprocess.Popen(
        [sys.executable, "-m", "kbmatch.cli.match", "--kb", str(pack), "--follow"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin and process.stdout
    found: list[int] = []
    reader = threading.Thread(
        target=lambda: found.extend(json.loads(line)["line"] for line in process.stdout or ())
    )
    reader.start()
    memory = []
    for _ in range(rounds):
        process.stdin.write(piece)
        process.stdin.flush()
        status = Path(f"/proc/{process.pid}/status").read_text("ascii")
        memory.append(int(status.split("VmRSS:")[1].split()[0]))
    process.stdin.close()
    assert process.wait() == 0
    reader.join()
    step = piece.count(b"\n")
    assert found == [step * (place + 1) for place in range(rounds)]
    assert max(memory) - max(memory[: rounds // 10]) < GROWTH
