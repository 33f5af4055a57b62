"""`kbmatch --follow` on a stream: every finding once, at once, in flat memory."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from good_logs.generate import good_log
from kbmatch.cli import follow
from kbmatch.matching.compile import compile_pack
from small_knowledge import knowledge, matcher, symptom

ROUNDS = 6
ERROR = b"printer: paper jam in tray 3\n"
JAM = symptom("jam", "paper jam in tray {number}")


@pytest.fixture
def pack(tmp_path: Path) -> str:
    path = tmp_path / "p.kbpack"
    path.write_bytes(compile_pack(knowledge(JAM)))
    return str(path)


def following(pack: str, *words: str, **options: Any) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "kbmatch.cli.match", "--kb", pack, "--follow", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_a_long_stream_is_followed_in_flat_memory(pack: str) -> None:
    piece = b"".join(good_log(4 << 20))
    process = following(pack, stdin=subprocess.PIPE)
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


def test_the_lines_kept_as_context_are_bounded_however_long_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = []
    remember = follow._remember

    def watched(before: Any, lines: list[bytes]) -> None:
        remember(before, lines)
        kept.append(sum(map(len, before)))

    monkeypatch.setattr(follow, "_remember", watched)
    log = tmp_path / "a.log"
    log.write_bytes((b"x" * 200_000 + b"\n" + b"y" * 50_000 + b"\n" + ERROR) * 20)
    with log.open("rb") as file:
        found = [finding["line"] for finding in follow.findings(file, matcher(JAM), "en")]
    assert found == list(range(3, 61, 3))
    assert max(kept) <= follow.CONTEXT_BYTES


def test_a_finding_comes_before_the_next_line_does(pack: str) -> None:
    process = following(pack, stdin=subprocess.PIPE)
    assert process.stdin and process.stdout
    process.stdin.write(ERROR)
    process.stdin.flush()
    os.set_blocking(process.stdout.fileno(), False)
    deadline = time.monotonic() + 30
    got = None
    while not got and time.monotonic() < deadline:
        got = process.stdout.readline()
        time.sleep(0.02)
    assert got and json.loads(got)["id"] == "jam"
    assert process.poll() is None
    process.stdin.close()
    assert process.wait() == 0


def test_several_files_are_told_apart_and_each_is_read_once(pack: str, tmp_path: Path) -> None:
    one, two = tmp_path / "one.log", tmp_path / "two.log"
    one.write_bytes(ERROR)
    two.write_bytes(b"fine\n" + ERROR)
    done = following(pack, "-f", str(tmp_path / "*.log"), "-f", str(one)).communicate()[0]
    rows = [json.loads(line) for line in done.splitlines()]
    assert [(row["file"], row["line"]) for row in rows] == [(str(one), 1), (str(two), 2)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--format", "openmetrics"), "leave --format out"),
        (("--format", "markdown"), "leave --format out"),
        (("--why",), "--why is for a whole text"),
        (("--all",), "--all is for a whole text"),
        (("--open",), "--open is for a whole text"),
        (("paper", "jam"), "not words"),
        (("-f", "nowhere.log"), "nowhere.log: "),
    ],
)
def test_what_makes_no_sense_for_a_stream_is_refused(
    pack: str, words: tuple[str, ...], said: str
) -> None:
    process = following(pack, *words, stdin=subprocess.DEVNULL, env={"LC_ALL": "C"})
    shown, errors = process.communicate()
    assert (process.returncode, shown) == (2, b"")
    assert said in errors.decode() and "Traceback" not in errors.decode()


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- -f -"])
def test_closed_streams_end_without_a_traceback(pack: str, closed: str, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(ERROR)
    source = "" if "<" in closed else f"< '{log}'"
    command = f"'{sys.executable}' -m kbmatch.cli.match --kb '{pack}' --follow {source} {closed}"
    done = subprocess.run(["sh", "-c", command], capture_output=True)
    assert b"Traceback" not in done.stderr
    assert done.returncode == (2 if "<" in closed else 0)


def test_a_reader_that_goes_away_ends_it_quietly(pack: str) -> None:
    process = following(pack, stdin=subprocess.PIPE)
    assert process.stdin and process.stdout and process.stderr
    process.stdout.close()
    with pytest.raises(BrokenPipeError):
        for _ in range(1000):
            process.stdin.write(ERROR)
            process.stdin.flush()
            time.sleep(0.01)
    assert process.wait() == 0
    assert process.stderr.read() == b""


def test_a_console_without_our_characters_gets_escapes(pack: str) -> None:
    process = following(
        pack, "--lang", "zh-TW", stdin=subprocess.PIPE, env={"PYTHONIOENCODING": "ascii"}
    )
    shown = process.communicate("印表機 paper jam in tray 3\n".encode())[0]
    assert shown.isascii()
    assert "印表機" in json.loads(shown)["text"]
