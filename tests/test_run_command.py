"""`kb run` changes nothing of the command it runs, and explains only failures, on stderr."""

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kbmatch.matching.compile import compile_pack
from small_knowledge import knowledge, symptom


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    pack = tmp_path_factory.mktemp("pack") / "p.kbpack"
    pack.write_bytes(compile_pack(knowledge(symptom("jam", "paper jam in tray {number}"))))
    return [sys.executable, "-m", "kbmatch.cli.kb", "run", "--kb", str(pack), "--"]


PYTHON = [sys.executable, "-c"]


def call(run: list[str], program: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*run, *PYTHON, program], capture_output=True, **options)  # type: ignore[call-overload,no-any-return]


def test_success_is_passed_through_untouched(run: list[str]) -> None:
    done = call(run, "import sys; print('paper jam in tray 3'); sys.stderr.write('note\\n')")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"paper jam in tray 3\n", b"note\n")


def test_bytes_and_status_of_a_failure_are_kept_and_explained_on_stderr(run: list[str]) -> None:
    program = "import sys; sys.stdout.buffer.write(b'\\xff\\x00\\r\\n'); sys.stderr.write('paper jam in tray 3\\n'); sys.exit(7)"
    done = call(run, program)
    assert (done.returncode, done.stdout) == (7, b"\xff\x00\r\n")
    assert done.stderr.startswith(b"paper jam in tray 3\n")
    assert b"Title of jam" in done.stderr


def test_an_unknown_failure_gets_no_words_from_us(run: list[str]) -> None:
    done = call(run, "import sys; sys.stderr.write('who knows\\n'); sys.exit(3)")
    assert (done.returncode, done.stderr) == (3, b"who knows\n")


def test_standard_input_reaches_the_command(run: list[str]) -> None:
    assert call(run, "print(input()[::-1])", input=b"abc\n").stdout == b"cba\n"


def test_a_signal_reaches_the_command_and_ends_us_the_same_way(run: list[str]) -> None:
    program = "import time; print('up', flush=True); time.sleep(30)"
    process = subprocess.Popen([*run, *PYTHON, program], stdout=subprocess.PIPE)
    assert process.stdout and process.stdout.readline() == b"up\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == -signal.SIGTERM


def test_a_missing_command_is_127_as_in_a_shell(run: list[str]) -> None:
    done = subprocess.run([*run, "/no/such/command"], capture_output=True)
    assert done.returncode == 127
    assert b"/no/such/command" in done.stderr


def test_a_command_on_a_terminal_still_has_one(run: list[str]) -> None:
    main, child = pty.openpty()
    program = "import sys; print(sys.stdout.isatty(), sys.stderr.isatty())"
    process = subprocess.Popen([*run, *PYTHON, program], stdout=child, stderr=child)
    os.close(child)
    assert process.wait(timeout=10) == 0
    assert os.read(main, 1000).strip() == b"True True"
    os.close(main)


def test_nothing_to_run_is_wrong_use(run: list[str]) -> None:
    assert subprocess.run(run, capture_output=True).returncode == 2


def test_output_appears_while_the_command_runs(run: list[str], tmp_path: Path) -> None:
    program = "import time; print('first', flush=True); time.sleep(3)"
    process = subprocess.Popen([*run, *PYTHON, program], stdout=subprocess.PIPE)
    start = time.monotonic()
    assert process.stdout and process.stdout.readline() == b"first\n"
    assert time.monotonic() - start < 2.5
    process.kill()
    process.wait()
