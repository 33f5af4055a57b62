"""Descriptions in words lead to the right page among the first three; other topics to none."""

from __future__ import annotations

from pathlib import Path

import pytest

from kbmatch.cli.cases import Result, read_cases, run_cases, tally
from kbmatch.matching.answer import Answer, answer
from kbmatch.matching.matcher import Matcher
from kbmatch.search.index import SearchIndex, open_index
from kbmatch.search.related import closest, is_foreign
from search_packs import TESTS, registries

CASES = TESTS / "cases"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        return open_index(registries())


def run_file(path: Path, index: SearchIndex) -> list[Result]:
    matcher = Matcher(registries())

    def ask(text: str, language: str) -> Answer:
        found = answer(text, matcher, language)
        if not found.found:
            found.related = closest(index, matcher.settings, text, language)
        return found

    return run_cases(read_cases(path), ask)


@pytest.mark.parametrize("name", ["words", "zh", "given-words", "given-zh"])
def test_the_right_page_is_among_the_first_three(name: str, index: SearchIndex) -> None:
    results = run_file(CASES / f"{name}.jsonl", index)
    for measure, (passed, total) in tally(results).items():
        if measure.startswith("words"):
            missed = [r.case.text for r in results if not r.passed]
            assert passed / total >= 0.9, missed


@pytest.mark.parametrize("name", ["words", "zh"])
def test_other_topics_are_never_a_match_and_seldom_near(name: str, index: SearchIndex) -> None:
    unrelated = [r for r in run_file(CASES / f"{name}.jsonl", index) if not r.case.expect]
    assert all(r.outcome != "match" for r in unrelated)
    assert sum(r.outcome == "none" for r in unrelated) >= len(unrelated) * 0.6


def test_both_languages_and_mixtures_reach_the_same_page(index: SearchIndex) -> None:
    settings = Matcher(registries()).settings
    for text in (
        "registry certificate expired",
        "登錄的憑證過期",
        "registry 憑證 expired",
        "镜像仓库证书过期",
    ):
        found = [page.id for page in closest(index, settings, text, "zh-TW")]
        assert "tls-certificate-expired" in found[:3], text


def test_nothing_near_gives_nothing(index: SearchIndex) -> None:
    settings = Matcher(registries()).settings
    assert closest(index, settings, "qwertz uiop", "en") == ()
    assert closest(index, settings, "", "en") == ()
    assert closest(index, settings, "！？…", "zh-TW") == ()


def test_words_of_another_field_are_told_apart() -> None:
    settings = Matcher(registries()).settings
    assert is_foreign("postgres connection refused", settings)
    assert not is_foreign("docker pull fails while installing postgres", settings)
