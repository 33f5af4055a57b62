"""Shell completion, tried in real shells; help of every command in both languages."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from kbmatch.cli.arguments import OPTIONS
from kbmatch.cli.commands.completion import programs
from kbmatch.cli.kb import COMMANDS, command_module, main
from kbmatch.cli.shells import SHELLS, WORDS, bash, fish, zsh


def complete(words: list[str], script: str) -> list[str]:
    return complete_raw(words, script).split()


def lines_of(shown: str) -> list[str]:
    return sorted(shown.splitlines())


def complete_raw(words: list[str], script: str) -> str:
    quoted = " ".join(f"'{word}'" for word in words)
    code = (
        f"{script}\nCOMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}\n"
        f"_{words[0]}_complete; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["kb", "sea"], ["search"]),
        (["kb", "search", "--for"], ["--format"]),
        (["kb", "search", "--format", ""], ["text", "json"]),
        (["kb", "completion", ""], ["bash", "zsh", "fish"]),
        (["kb", "gaps", "--lang", "z"], ["zh-TW"]),
        (["kb", "search", "--limit", ""], []),
        (["kbmatch", "--lang", ""], ["en", "zh-TW"]),
        (["kbmatch", "--format", "j"], ["json"]),
        (["kbmatch", "--redac"], ["--redact"]),
        (["kb", "--vers"], ["--version"]),
        (["kb", "l10n", ""], ["status", "accept"]),
        (["kb", "l10n", "stat"], ["status"]),
        (["kb", "l10n", "status", "--for"], ["--format"]),
        (["kb", "l10n", "status", "--format", ""], ["text", "json"]),
        (["kb", "test", "--for"], ["--format"]),
        (["kb", "run", "--k"], ["--kb"]),
        (["kb", "run", "--", "sh", "--he"], []),
        (["kb", "search", "run", "--for"], ["--format"]),
    ],
)
def test_bash(words: list[str], expected: list[str]) -> None:
    assert complete(words, bash(programs("en"))) == expected


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_bash_completes_files_after_options_that_take_one(tmp_path: Path) -> None:
    (tmp_path / "trouble.log").write_text("")
    script = f"cd {tmp_path}\n{bash(programs('en'))}"
    assert complete(["kbmatch", "--file", "trou"], script) == ["trouble.log"]


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_bash_completes_names_with_blanks_and_directories(tmp_path: Path) -> None:
    (tmp_path / "my logs").mkdir()
    (tmp_path / "my file").write_text("")
    script = f"cd {tmp_path}\n{bash(programs('en'))}"
    assert lines_of(complete_raw(["kbmatch", "-f", "my"], script)) == ["my file", "my logs"]
    assert lines_of(complete_raw(["kb", "new", "--output", "my"], script)) == ["my logs"]


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_bash_hands_the_command_of_run_over_to_its_own_completion() -> None:
    script = f'_command_offset() {{ COMPREPLY=("offset $1"); }}\n{bash(programs("en"))}'
    words = ["kb", "run", "--lang", "en", "--", "git", "--ver"]
    assert lines_of(complete_raw(words, script)) == ["offset 5"]
    without = f"{bash(programs('en'))}"
    assert "bash" in complete(["kb", "run", "--", "bas"], without)


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_bash_asks_the_knowledge_for_ids_and_slots() -> None:
    fake = (
        "kb() { case $3 in ids) printf 'paper-jam\\nprinter-off\\n' ;; slots) echo host= ;; esac; }"
    )
    script = f"{fake}\n{bash(programs('en'))}"
    assert complete(["kb", "explain", "paper"], script) == ["paper-jam"]
    assert complete(["kb", "l10n", "accept", "printer"], script) == ["printer-off"]
    assert complete(["kb", "explain", "x", "--set", "h"], script) == ["host="]


@pytest.mark.parametrize("kind", WORDS)
def test_the_knowledge_tells_its_words(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "--words", kind]) == 0
    words = capsys.readouterr().out.split()
    assert len(words) > 3 and len(words) == len(set(words))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_scripts_are_valid(shell: str, language: str, tmp_path: Path) -> None:
    if not shutil.which(shell):
        pytest.skip(f"needs {shell}")
    script = tmp_path / "script"
    script.write_text(SHELLS[shell](programs(language)), "utf-8")
    assert subprocess.run([shell, "-n", str(script)], capture_output=True).stderr == b""


def test_every_command_and_every_option_is_completed() -> None:
    for script in (bash(programs("en")), zsh(programs("en")), fish(programs("en"))):
        for command in COMMANDS:
            assert command in script
        for spelling, _ in OPTIONS:
            name = spelling.rpartition("--")[2].split()[0]
            assert name in script


@pytest.mark.parametrize("language", ["en_US.UTF-8", "zh_TW.UTF-8"])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(
    command: str,
    language: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    try:
        command_module(command)
    except ModuleNotFoundError as error:
        pytest.skip(str(error))
    monkeypatch.setenv("LC_ALL", language)
    assert main([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert command in shown
    if language.startswith("zh"):
        assert any("\u4e00" <= character <= "\u9fff" for character in shown)
