"""`kb test`: case files are checked like knowledge, and failures say why."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from small_checkout import ROOT

GOOD = {"id": "p1", "kind": "line", "text": "printer: media jam in tray 3", "expect": ["paper-jam"]}


def run(cases: Path, *words: str, language: str = "C.UTF-8") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kbmatch.cli.kb", "test", "--kb", str(ROOT / "tests/printers"),
         str(cases), *words],
        capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "scripts"), "LC_ALL": language},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ("", "there is no case"),
        ("{", "not JSON"),
        ("[]", "a case is an object"),
        ({**GOOD, "kind": "lin"}, "there is no kind lin"),
        ({**GOOD, "expect": "paper-jam"}, "`expect` is a list"),
        ({**GOOD, "expect": ["paper-jm"]}, "did you mean paper-jam?"),
        ({**GOOD, "expect": ["zzz"]}, "no page has the id zzz"),
        ({"id": "p"}, "has no `kind`"),
    ],
)
def test_a_wrong_case_is_named_with_its_line(case: object, says: str, tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    line = case if isinstance(case, str) else json.dumps(case)
    path.write_text(f"{json.dumps(GOOD)}\n{line}\n" if line else "\n")
    done = run(path)
    assert done.returncode == 2 and says in done.stderr
    assert f"{path}:{2 if line else 1}:1" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    done = run(tmp_path / "missing.jsonl")
    assert done.returncode == 2 and "Errno" not in done.stderr
    assert done.stderr == f"kb: {tmp_path / 'missing.jsonl'}: No such file or directory\n"


def test_a_failure_says_what_was_expected_and_why(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    wrong = {**GOOD, "id": "p2", "text": "media jam in", "expect": ["printer-unreachable"]}
    path.write_text(f"{json.dumps(GOOD)}\n{json.dumps(wrong)}\n")
    done = run(path)
    assert done.returncode == 1
    assert (
        "p2: expected printer-unreachable, got" in done.stdout and "not in the text" in done.stdout
    )
    assert "1/2" in done.stdout
    assert "應為 printer-unreachable" in run(path, "--lang", "zh-TW").stdout


def test_many_failures_are_only_listed_when_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(
        json.dumps({**GOOD, "id": f"p{n}", "text": "nothing of ours"}) + "\n" for n in range(12)
    ))  # fmt: skip
    assert "12 cases fail; --failures" in run(path).stderr
    assert "p11: expected" in run(path, "--failures").stdout
