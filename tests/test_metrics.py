"""`--format openmetrics` gives counters that a collector can read."""

from kbmatch.cli.metrics import openmetrics
from kbmatch.matching.answer import answer
from small_knowledge import matcher, symptom

MATCHER = matcher(symptom("jam", "paper jam in tray {number}"))


def test_counts_are_per_symptom_and_file() -> None:
    found = answer("fine\npaper jam in tray 3\npaper jam in tray 4\n", MATCHER, "en")
    lines = openmetrics([('a"b.log', found)]).splitlines()
    assert lines[0] == "# TYPE kbmatch_lines gauge"
    assert lines[-1] == "# EOF"
    assert lines[2] == 'kbmatch_lines{symptom="jam",role="primary",file="a\\"b.log"} 2'


def test_a_silent_log_is_an_empty_set() -> None:
    assert openmetrics([("a.log", answer("fine", MATCHER, "en"))]).endswith("# EOF")
