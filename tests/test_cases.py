"""Real error texts reach the right page, unrelated ones reach none: the bars of the design."""

import json
from functools import cache

import pytest

from kbmatch.cli.cases import Result, read_cases, run_cases, tally
from kbmatch.matching.answer import Answer, answer
from kbmatch.search.related import related
from real_knowledge import CASES, knowledge, matcher

FILES = sorted(CASES.glob("*.jsonl"))
BARS = {"lines": 0.92, "logs": 0.88, "unrelated": 0.98, "words en": 0.9, "words zh-TW": 0.9}


def ask(text: str, language: str) -> Answer:
    found = answer(text, matcher(), language)
    if not found.found:
        found.related = related(matcher().pack, text, language)
    return found


@cache
def results() -> dict[str, list[Result]]:
    return {path.name: run_cases(read_cases(path), ask) for path in FILES}


@pytest.mark.parametrize("name", [path.name for path in FILES])
@pytest.mark.parametrize("measure", BARS)
def test_the_bar_is_reached(name: str, measure: str) -> None:
    counts = tally(results()[name])
    if measure in counts:
        passed, total = counts[measure]
        failed = [r.case.id for r in results()[name] if r.case.measure == measure and not r.passed]
        assert passed / total >= BARS[measure], f"{passed}/{total}, failed: {failed}"


def test_every_expected_page_exists() -> None:
    known = set(knowledge().symptoms)
    for path in FILES:
        for case in read_cases(path):
            assert set(case.expect) <= known, case.id


def test_case_ids_are_unique() -> None:
    ids = [
        json.loads(line)["id"] for path in FILES for line in path.read_text("utf-8").splitlines()
    ]
    assert len(ids) == len(set(ids))
