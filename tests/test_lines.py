"""Lines that never exceed their width, Chinese broken by its rules, commands that stay pasteable."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbmatch.cli.lines import columns, cut, cut_lines, fold_command, wrap
from kbmatch.cli.slots import fill
from real_knowledge import knowledge

TEXT = st.text(alphabet="ab 中文，。「」（）.,:/…é", max_size=200)


@given(TEXT, st.integers(12, 80), st.sampled_from(["", "  ", "     "]))
def test_no_line_is_wider_and_no_character_is_lost(text: str, width: int, indent: str) -> None:
    wrapped = wrap(text, width, indent)
    assert all(columns(line) <= width for line in wrapped.split("\n"))
    assert "".join(wrapped.split()) == "".join(text.split())


def test_chinese_punctuation_takes_the_character_before_it_along() -> None:
    for width in range(12, 60):
        lines = wrap("這台機器用的伺服器（在「這裡」）查不到，所以：連線還沒有開始。", width).split(
            "\n"
        )
        assert all(columns(line) <= width for line in lines)
        assert not any(line[0] in "，。：）」" for line in lines)
        assert not any(line[-1] in "（「" for line in lines)


@given(TEXT, st.integers(2, 40))
def test_a_cut_text_fits_and_says_that_it_was_cut(text: str, width: int) -> None:
    short = cut(text, width)
    assert columns(short) <= width
    assert short == text or short.endswith("…")
    lines = wrap(text, width + 10).split("\n")
    kept = cut_lines("\n".join(lines), 2, width + 10).split("\n")
    assert len(kept) <= 2 and all(columns(line) <= width + 10 for line in kept)


def understood(command: str) -> str:
    """Return a command as bash has read it."""
    done = subprocess.run(
        ["bash", "-c", f"f() {{\n{command}\n}}; declare -f f"], capture_output=True, text=True
    )
    return done.stdout.replace("''", "") + done.stderr


def long_commands() -> list[str]:
    examples = {name: slot.example for name, slot in knowledge().settings.slots.items()}
    return sorted(
        {
            line
            for cause in knowledge().causes.values()
            for command in cause.check.commands
            if command.shell == "sh"
            for line in fill(command.run, {}, examples).splitlines()
            if len(line) > 75
        }
    )


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_every_long_command_of_the_knowledge_fits_and_means_the_same() -> None:
    for command in long_commands():
        lines = fold_command(command, "sh", 75)
        assert all(columns(line) <= 75 for line in lines), lines
        if not lines[-1].endswith("…"):
            assert understood("\n".join(lines)) == understood(command)
    cut_off = [c for c in long_commands() if fold_command(c, "sh", 75)[-1].endswith("…")]
    assert not cut_off


@pytest.mark.parametrize(
    ("command", "shell"),
    [
        ("a " * 50 + "| Select-String b", "powershell"),
        ("x" * 100, "powershell"),
        ("| summarize requests = count() by Identity, CallerIpAddress, bin(T, 1m), More", "kql"),
        ("key: " + "value " * 30, "file"),
        ("cat <<EOF " + "word " * 30, "sh"),
    ],
)
def test_other_shells_fit_too(command: str, shell: str) -> None:
    lines = fold_command(command, shell, 75)
    assert all(columns(line) <= 75 for line in lines)
    if shell == "powershell" and " " in command:
        assert all(line.endswith(" `") for line in lines[:-1])


@given(st.text(alphabet="ab \"'$()\\`,|/=", max_size=120))
def test_no_command_is_ever_too_wide(command: str) -> None:
    command = command.replace("\n", " ")
    assert all(columns(line) <= 40 for line in fold_command(command, "sh", 40))
