"""Every command on consoles that are not UTF-8, with nowhere to write to, and with wrong words."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from small_checkout import ROOT

KNOWLEDGE = ROOT / "tests/printers"
COMMANDS = (
    f"explain paper-jam --kb {KNOWLEDGE}",
    f"search 卡紙 paper --kb {KNOWLEDGE}",
    f"search 卡紙 --format json --kb {KNOWLEDGE}",
    f"export ripgrep --kb {KNOWLEDGE}",
    f"export json --kb {KNOWLEDGE}",
    f"validate {KNOWLEDGE} --format json",
    f"l10n status --format json --kb {KNOWLEDGE}",
    f"new jam-two --stdout --kb {KNOWLEDGE}",
    f"test --kb {KNOWLEDGE} {ROOT}/tests/data/printers.jsonl",
    "schema symptom",
    "completion zsh",
    "search --help",
    "--help",
)
LOG = ROOT / "tests/data/odd.log"
# What asks for more than the cheap matrix above: each on every console, in one language.
HEAVIER = (
    f"gaps {LOG} --kb {KNOWLEDGE}",
    f"gaps {LOG} --format json --kb {KNOWLEDGE}",
    f"import {ROOT}/tests/data/acr-network-article.md --kb {KNOWLEDGE}",
    f"import {ROOT}/tests/data/acr-network-article.md --format json --kb {KNOWLEDGE}",
    f"new lost-tray --from-log {LOG} --stdout --kb {KNOWLEDGE}",
    f"run --kb {KNOWLEDGE} -- cat {LOG}",
    "verify --help",
    "serve --help",
    "scan --help",
    "build --help",
    "bundle --help",
)
UNUSABLE = (
    "gaps /dev/null/none.log",
    "import /dev/null/none.md",
    "new x --from-log /dev/null/none.log",
    "run -- /dev/null/none",
    "l10n accept --kb /dev/null/none",
    "test /dev/null/none.jsonl",
    "scan /dev/null/none.log",
    "serve --kb /dev/null/none",
    "bundle --kb /dev/null/none",
    "verify /dev/null/none",
    "build --kb /dev/null/none",
)
DATA = ("export json", "search 卡紙 --format json", "schema symptom", "l10n status --format json")


def kb(line: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{sys.executable} -m kbmatch.cli.kb {line}"],
        capture_output=True,
        timeout=120,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "scripts"),
            "HOME": f"{__file__}/home",  # no directory, and none that even root could make
            **environment,
        },
    )


@pytest.mark.parametrize("encoding", ["cp950", "ascii", "cp437"])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda line: " ".join(line.split()[:3]))
def test_a_console_that_is_not_utf8(command: str, encoding: str) -> None:
    for language in ("zh_TW", "en_US"):
        done = kb(command, LC_ALL=language, PYTHONIOENCODING=encoding)
        assert b"Traceback" not in done.stderr, done.stderr.decode("utf-8", "replace")
        assert done.returncode in (0, 1) and done.stdout, done.stderr
        if command.startswith(DATA):
            assert json.loads(done.stdout)
            assert b"?" not in done.stdout or not command.startswith("search")


@pytest.mark.parametrize("encoding", ["cp950", "ascii"])
@pytest.mark.parametrize("command", HEAVIER, ids=lambda line: " ".join(line.split()[:3]))
def test_logs_and_articles_on_such_a_console(command: str, encoding: str) -> None:
    done = kb(command, LC_ALL="zh_TW", PYTHONIOENCODING=encoding)
    assert b"Traceback" not in done.stderr, done.stderr.decode("utf-8", "replace")
    assert done.returncode in (0, 1) and done.stdout, done.stderr
    if "--format json" in command:
        assert json.loads(done.stdout)


@pytest.mark.parametrize("line", UNUSABLE, ids=lambda line: line.split()[0])
@pytest.mark.parametrize("output", ["", ">/dev/full", ">&- 2>&-"])
def test_what_cannot_work_says_so_anywhere(line: str, output: str) -> None:
    done = kb(f"{line} {output}", LC_ALL="C")
    # A command that is not there ends as in a shell.
    wanted = (126, 127) if line.startswith("run") else (1, 2)
    assert done.returncode in wanted, done.stderr
    assert b"Traceback" not in done.stderr and b"Exception" not in done.stderr
    if not output:
        assert 0 < done.stderr.count(b"\n") <= 3, done.stderr


@pytest.mark.parametrize("command", HEAVIER, ids=lambda line: " ".join(line.split()[:3]))
def test_logs_and_articles_with_nowhere_to_write_to(command: str) -> None:
    full = kb(f"{command} >/dev/full")
    assert full.returncode == 2 or command.startswith("run"), full
    assert b"Traceback" not in full.stderr, full.stderr
    for output in (">&-", ">&- 2>&-", "| true"):
        done = kb(f"{command} {output}", LC_ALL="C")
        assert done.returncode in (0, 1), (output, done.stderr)
        assert b"Traceback" not in done.stderr and b"Exception" not in done.stderr


@pytest.mark.parametrize("command", COMMANDS, ids=lambda line: " ".join(line.split()[:3]))
def test_nowhere_to_write_to(command: str) -> None:
    full = kb(f"{command} >/dev/full")
    assert full.returncode == 2, full
    assert b"No space left" in full.stderr and full.stderr.count(b"\n") <= 2, full.stderr
    for output in (">&-", "2>&-", ">&- 2>&-", "<&-"):
        done = kb(f"{command} {output}")
        assert done.returncode in (0, 1), (output, done.stderr)
        assert b"Traceback" not in done.stderr and b"Exception" not in done.stderr
    gone = kb(f"{command} | true")
    assert b"Traceback" not in gone.stderr and b"Broken" not in gone.stderr, gone.stderr


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("serch x", b"did you mean search?"),
        ("search --fromat json x", b"did you mean --format?"),
        ("l10n stauts", b"did you mean status?"),
        ("l10n status --formt json", b"did you mean --format?"),
        ("explain", b"missing: ID"),
        ("search --limit", b"needs a value"),
        ("validate --format sarrif", b"did you mean sarif?"),
    ],
)
def test_wrong_use_is_two_lines_with_what_was_meant(line: str, says: bytes) -> None:
    done = kb(line)
    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize("line", ["serch x", "explain", "search --limit", "l10n stauts"])
def test_wrong_use_speaks_chinese(line: str) -> None:
    said = kb(line, LC_ALL="zh_TW.UTF-8").stderr.decode()
    assert "請看 kb" in said
    assert not any(word in said for word in ("argument", "choose", "expected", "required"))


@pytest.mark.parametrize("line", ["--help", "l10n --help", "l10n accept --help", "search --help"])
def test_help_in_chinese_holds_no_english_of_argparse(line: str) -> None:
    shown = kb(line, LC_ALL="zh_TW.UTF-8").stdout.decode()
    for words in ("usage:", "positional", "options:", "show this help", "and exit"):
        assert words not in shown


def test_a_full_disk_names_no_file_but_an_unreadable_file_is_named() -> None:
    done = kb("test /nonexistent/cases.jsonl")
    assert done.returncode == 2
    assert b"/nonexistent/cases.jsonl" in done.stderr and b"Errno" not in done.stderr
