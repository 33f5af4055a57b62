"""`--format openmetrics` gives what a strict collector takes, and the same series every time."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from kbmatch.cli.metrics import openmetrics
from kbmatch.matching.answer import Answer, answer
from kbmatch.matching.compile import compile_pack
from small_knowledge import knowledge, matcher, symptom

SYMPTOMS = (
    symptom("jam", "paper jam in tray {number}"),
    symptom("job", "print job failed", wraps=("jam",)),
)
MATCHER = matcher(*SYMPTOMS)
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"'
SAMPLE = re.compile(
    r"(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)"
    rf"\{{(?P<labels>{LABEL}(?:,{LABEL})*)\}} (?P<value>[0-9]+)"
)


def parsed(text: str) -> dict[str, int]:
    """Read a set as the format's grammar wants it: one family, no series twice, ended by EOF."""
    assert text.endswith("# EOF\n")
    lines = text.split("\n")[:-2]
    assert lines[0] == "# TYPE kbmatch_lines gauge"
    assert lines[1].startswith("# HELP kbmatch_lines ")
    series: dict[str, int] = {}
    for line in lines[2:]:
        sample = SAMPLE.fullmatch(line)
        assert sample and sample["name"] == "kbmatch_lines", line
        assert sample["labels"] not in series, line
        series[sample["labels"]] = int(sample["value"])
    return series


def found(text: str) -> Answer:
    return answer(text, MATCHER, "en")


def test_counts_are_per_symptom_and_file() -> None:
    made = openmetrics(
        [('a"b\\c\n.log', found("fine\npaper jam in tray 3\npaper jam in tray 4\n"))]
    )
    assert parsed(made + "\n") == {r'symptom="jam",file="a\"b\\c\n.log"': 2}


def test_a_silent_log_is_an_empty_set() -> None:
    assert parsed(openmetrics([("a.log", found("fine"))]) + "\n") == {}


def test_a_series_keeps_its_name_whatever_else_is_in_the_log() -> None:
    alone = parsed(openmetrics([("a.log", found("print job failed\n"))]) + "\n")
    both = parsed(openmetrics([("a.log", found("print job failed\npaper jam in tray 1\n"))]) + "\n")
    assert alone == {'symptom="job",file="a.log"': 1}
    assert alone.items() < both.items()


def test_equal_names_make_one_series() -> None:
    """Masked names, or names no text can hold, may come out equal."""
    jam = found("paper jam in tray 3\n")
    made = openmetrics([("<path-1>", jam), ("<path-1>", jam), ("\udcff", jam), ("\udcfe", jam)])
    assert sorted(parsed(made + "\n").values()) == [2, 2]


@pytest.mark.parametrize("encoding", ["utf-8", "cp950", "ascii"])
def test_a_file_named_twice_is_read_once_on_any_console(encoding: str, tmp_path: Path) -> None:
    pack = tmp_path / "p.kbpack"
    pack.write_bytes(compile_pack(knowledge(*SYMPTOMS)))
    log = tmp_path / "記錄é.log"
    log.write_text("paper jam in tray 3\n")
    (tmp_path / "link.log").symlink_to(log)
    names = [str(log), str(tmp_path / "*.log"), str(tmp_path / "." / log.name)]
    done = subprocess.run(
        [sys.executable, "-m", "kbmatch.cli.match", "--kb", str(pack), "--format", "openmetrics"]
        + [word for name in names for word in ("-f", name)],
        env={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
    )
    assert parsed(done.stdout.decode()) == {f'symptom="jam",file="{log}"': 1}
