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
    assert line_of(main) == b"True True"
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


def shell(run: list[str], line: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    """Run a shell line in which `kb` stands for `kb run --`."""
    program = " ".join(run)
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        ["bash", "-c", line.replace("kb ", f"{program} ")],
        capture_output=True, timeout=60, **options,
    )  # fmt: skip


def test_a_slow_reader_gets_everything(run: list[str]) -> None:
    assert shell(run, "kb seq 1 20000 | (sleep 2.5; wc -l)").stdout.strip() == b"20000"


@pytest.mark.parametrize("status", [0, 3])
def test_a_background_process_can_still_speak_and_nobody_waits_for_it(
    run: list[str], status: int
) -> None:
    command = f"kb sh -c '(sleep 4; echo late) & echo now; exit {status}' > >(cat)"
    start = time.monotonic()
    done = shell(run, f"{command}; echo status $? >&2")
    assert (done.stdout, done.stderr) == (b"now\nlate\n", f"status {status}\n".encode())
    ended = time.monotonic()
    shell(run, f"{command.replace('> >(cat)', '>/dev/null')} 2>&1")
    assert time.monotonic() - ended < 4 < ended - start + 1


@pytest.mark.parametrize("name", ["KILL", "SEGV", "ABRT", "PIPE", "USR1", "TERM", "HUP", "INT"])
def test_every_signal_that_ends_the_command_ends_us(run: list[str], name: str) -> None:
    done = subprocess.run([*run, "sh", "-c", f"kill -{name} $$"], capture_output=True)
    assert done.returncode == -getattr(signal, f"SIG{name}")
    assert b"Traceback" not in done.stderr


def test_the_order_of_both_streams_stays_where_they_go_to_one_place(run: list[str]) -> None:
    line = "for i in 1 2 3 4 5 6 7 8; do echo o$i; echo e$i >&2; done"
    assert shell(run, f"kb sh -c '{line}' 2>&1").stdout == shell(run, f"sh -c '{line}' 2>&1").stdout


def test_what_goes_wrong_with_the_knowledge_leaves_the_status_alone(
    run: list[str], tmp_path: Path
) -> None:
    (tmp_path / "kb.yaml").write_text("title: [")
    (tmp_path / "cut.kbpack").write_bytes(b"x")
    for place in (tmp_path, tmp_path / "cut.kbpack", tmp_path / "nothing"):
        command = [*run[:-2], str(place), "--", "sh", "-c", "echo out; exit 7"]
        done = subprocess.run(command, capture_output=True)
        assert (done.returncode, done.stdout) == (7, b"out\n")
        assert len(done.stderr.splitlines()) == 1
        assert b"error-kb" not in done.stderr and b"the command itself" in done.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_keep_the_command_running(
    run: list[str], closed: str, tmp_path: Path
) -> None:
    done = shell(run, f"kb sh -c 'echo x; touch {tmp_path}/done; exit 4' {closed}")
    assert done.returncode == 4 and (tmp_path / "done").exists()
    assert b"Traceback" not in done.stderr


def test_no_line_number_of_a_stream_nobody_has_seen(run: list[str]) -> None:
    done = call(run, "import sys; sys.stderr.write('paper jam in tray 3\\n'); sys.exit(7)")
    assert b"line 1" not in done.stderr


def line_of(terminal: int) -> bytes:
    """Read one line; a terminal may hand it over in pieces."""
    said = b""
    while not said.endswith(b"\n"):
        said += os.read(terminal, 1)
    return said.strip()


def test_a_resized_terminal_reaches_the_command(run: list[str]) -> None:
    import fcntl
    import struct
    import termios

    main, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    program = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGWINCH, lambda *a: print(os.get_terminal_size(1).columns, flush=True))\n"
        "print('up', flush=True)\n"
        "for _ in range(30): time.sleep(0.1)\n"
    )
    process = subprocess.Popen([*run, *PYTHON, program], stdout=child, stderr=child)
    assert line_of(main) == b"up"
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 132, 0, 0))
    process.send_signal(signal.SIGWINCH)
    assert line_of(main) == b"132"
    process.kill()
    process.wait()
    os.close(main)
    os.close(child)


def test_a_quit_signal_reaches_the_command_and_leaves_none_behind(run: list[str]) -> None:
    program = "import time; print('up', flush=True); time.sleep(30)"
    process = subprocess.Popen([*run, *PYTHON, program], stdout=subprocess.PIPE)
    assert process.stdout and process.stdout.readline() == b"up\n"
    process.send_signal(signal.SIGQUIT)
    assert process.wait(timeout=10) == -signal.SIGQUIT
    assert process.stdout.read() == b""
