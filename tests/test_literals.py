"""The literals for ripgrep: a sieve that lets through what kbmatch knows, and little else."""

import argparse
import shutil
import subprocess
from pathlib import Path

import pytest

from good_logs.generate import good_log
from kbmatch.cli.commands import export
from kbmatch.exports.literals import literals
from kbmatch.matching.answer import Found
from kbmatch.matching.compile import compile_pack
from kbmatch.matching.normalise import normalise
from kbmatch.matching.pack import Pack
from kbmatch.matching.scan import answer_stream
from kbmatch.texts import load as load_texts
from real_knowledge import matcher
from real_texts import case_texts
from small_knowledge import knowledge as small
from small_knowledge import symptom

GOOD_SHARE = 0.10
"""Of the lines of healthy logs, full of registries' own access logs, so many pass at most."""
HIDDEN_SHARE = 0.005
"""Of cases, those whose words a terminal wrapped or an encoder escaped: raw text has none of them."""

FILLER = "all is well with this line, it says nothing\n" * 100
SKIP = 7
"""Every so many cases are enough here."""
BEHIND_SHARE = 0.99
"""All cases at once: 2,868 findings of 2,878 (measured 2026-11-27)."""


def test_every_case_passes_the_sieve_but_for_the_stated_differences() -> None:
    made = literals(matcher().pack)
    without = set(made.without)
    hidden, known = [], 0
    for given in case_texts():
        ids = {matcher().signature(hit.signature).id for hit in matcher().hits(normalise(given))}
        known += bool(ids)
        if not ids - without or any(literal in given.lower() for literal in made.literals):
            continue
        flat = normalise(given).text.replace("\n", " ")
        assert any(literal in flat for literal in made.literals), given
        hidden.append(given)
    assert len(hidden) <= HIDDEN_SHARE * known, hidden


def test_few_messages_are_left_out_and_each_is_named() -> None:
    made = literals(matcher().pack)
    every = {matcher().signature(n).id for n in range(matcher().pack.count("signatures"))}
    assert set(made.without) <= every
    assert len(made.without) < 0.02 * len(every)


def test_healthy_lines_rarely_pass() -> None:
    lines = b"".join(good_log(1 << 20)).decode().lower().splitlines()
    text = "\n".join(lines)
    found = [literal for literal in literals(matcher().pack).literals if literal in text]
    passing = sum(any(literal in line for literal in found) for line in lines)
    assert 0 < passing < GOOD_SHARE * len(lines)


def test_words_that_any_line_holds_are_no_literals() -> None:
    made = set(literals(matcher().pack).literals)
    assert not made & {"", "docker", "message", "errors", "not found", "https://", "http/1.1"}
    assert not made & {literal.strip() for literal in made if len(literal.encode()) < 6}


def test_quotes_are_written_as_tools_write_them() -> None:
    words = [
        '"errors": [{{"code": "DENIED"',
        "errors",
        "denied",
        *(f"code {n} x" for n in "abcdefg"),
    ]
    symptoms = [symptom(f"s{n}", f"{word} again") for n, word in enumerate(words)]
    made = literals(Pack(compile_pack(small(*symptoms)), "small"))
    assert '"errors": [{"code": "denied" again' in made.literals
    assert r"\"errors\": [{\"code\": \"denied\" again" in made.literals
    assert "errors: [{code: denied again" in made.literals


def test_a_message_of_shared_words_is_named_on_stderr(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    same = [
        symptom(f"s{n}", f"paper jam {{number}} tray {word}") for n, word in enumerate("abcdefgh")
    ]
    pack = tmp_path / "p.kbpack"
    pack.write_bytes(compile_pack(small(symptom("plain", "paper jam {number} tray"), *same)))
    parser = argparse.ArgumentParser()
    export.configure(parser, load_texts("kb", "en"))
    assert export.run(parser.parse_args(["ripgrep", "--kb", str(pack)])) == 0
    shown = capsys.readouterr()
    assert "plain/s" in shown.err
    assert "paper jam" not in shown.out.splitlines()


@pytest.mark.skipif(not shutil.which("rg"), reason="ripgrep is not installed")
def test_kbmatch_behind_ripgrep_counts_what_it_counts_alone(tmp_path: Path) -> None:
    """With the lines around each hit, as the guide says; a line in a hundred is a case."""
    words, log = tmp_path / "literals.txt", tmp_path / "cases.log"
    made = literals(matcher().pack)
    words.write_text("".join(f"{literal}\n" for literal in made.literals), "utf-8")
    log.write_text(FILLER.join(f"{text}\n" for text in case_texts()[::SKIP]), "utf-8")
    sieve = ["rg", "-i", "-F", "-a", "-I", "-B", "60", "-A", "20", "-f", str(words), str(log)]
    sieved = subprocess.run(sieve, capture_output=True, check=True).stdout
    alone = {found.id: found.count for found in answered(log.read_bytes())}
    behind = {found.id: found.count for found in answered(sieved)}
    assert set(behind) <= set(alone)
    assert sum(behind.values()) >= BEHIND_SHARE * sum(alone.values())


def answered(log: bytes) -> tuple[Found, ...]:
    return answer_stream(iter([log]), matcher(), "en").found
