"""`kbmatch --follow` on a long stream: every finding once, in flat memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from good_logs.generate import good_log
from kbmatch.matching.compile import compile_pack
from small_knowledge import knowledge, symptom

ROUNDS = 6
ERROR = b"printer: paper jam in tray 3\n"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_a_long_stream_is_followed_in_flat_memory(tmp_path: Path) -> None:
    pack = tmp_path / "p.kbpack"
    pack.write_bytes(compile_pack(knowledge(symptom("jam", "paper jam in tray {number}"))))
    piece = b"".join(good_log(4 << 20))
    process = subprocess.Popen(
        [sys.executable, "-m", "kbmatch.cli.match", "--kb", str(pack), "--follow"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin and process.stdout
    memory, lines = [], []
    for _ in range(ROUNDS):
        process.stdin.write(piece + ERROR)
        process.stdin.flush()
        finding = json.loads(process.stdout.readline())
        lines.append(finding["line"])
        status = Path(f"/proc/{process.pid}/status").read_text("ascii")
        memory.append(int(status.split("VmRSS:")[1].split()[0]))
    process.stdin.close()
    assert process.stdout.read() == b""
    assert process.wait() == 0
    step = piece.count(b"\n") + 1
    assert lines == [step * (place + 1) for place in range(ROUNDS)]
    assert max(memory[1:]) - memory[1] < 16 << 10  # kilobytes
