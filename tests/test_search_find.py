"""kb search: every page that holds the words, best first, with the passage that says so."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from kbmatch.cli.commands import search as command
from kbmatch.cli.kb import main
from kbmatch.matching.documents import Documents
from kbmatch.search.find import find
from kbmatch.search.index import SearchIndex, open_index
from kbmatch.search.passages import page_texts
from kbmatch.search.tokens import close_up
from search_packs import registries

HAN = re.compile("[\u4e00-\u9fff]{2,}")
TESTED_WORDS = 80


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        return open_index(registries())


def pages_by_kind() -> dict[tuple[str, str], str]:
    documents = Documents(registries())
    pages = {}
    for kind in ("symptom", "solution"):
        for key in documents.keys(f"{kind}s"):
            id = key.partition("/")[2]
            texts = page_texts(documents, kind, id, "zh-TW")
            pages[kind, id] = "\n".join(close_up(text) for text in texts)
    return pages


def chinese_words(pages: dict[tuple[str, str], str]) -> list[str]:
    """Take words of two to four characters, frequent and rare, from all over the pages."""
    counts: Counter[str] = Counter()
    for text in pages.values():
        for run in HAN.findall(text):
            for size in (2, 3, 4):
                counts.update(run[at : at + size] for at in range(0, len(run) - size + 1, size))
    ordered = sorted(counts, key=lambda word: (counts[word], word))
    step = len(ordered) // TESTED_WORDS
    return ordered[::step][:TESTED_WORDS]


def test_every_page_that_holds_a_chinese_word_is_found(index: SearchIndex) -> None:
    pages = pages_by_kind()
    words = chinese_words(pages)
    assert len(words) >= 60
    for word in words:
        holding = {page for page, text in pages.items() if word in text}
        found = find(index, registries(), word, "zh-TW", 10_000).results
        assert holding <= {(result.kind, result.id) for result in found}, word


def test_snippets_hold_what_matches(index: SearchIndex) -> None:
    first = find(index, registries(), "憑證過期", "zh-TW", 1).results[0]
    assert first.marks
    marked = "".join(first.snippet[start:end] for start, end in first.marks)
    assert "憑證" in marked or "過期" in marked


@pytest.mark.parametrize(
    ("words", "better"),
    [
        ("certifcate", "certificate"),
        ("憑証過期", "憑證過期"),
        ("registry certifcate", "certificate"),
    ],
)
def test_did_you_mean(index: SearchIndex, words: str, better: str) -> None:
    suggested = find(index, registries(), words, "en", 3).did_you_mean
    assert suggested is not None and better in suggested


def test_known_words_are_not_corrected(index: SearchIndex) -> None:
    assert find(index, registries(), "certificate 憑證 鏡像", "en", 3).did_you_mean is None


def test_a_longer_word_is_not_taken_for_a_slip(index: SearchIndex) -> None:
    # Two letters more than a word of ours (`content`) make another word, two fewer are a slip.
    assert find(index, registries(), "continent", "en", 3).did_you_mean is None
    assert find(index, registries(), "certicate", "en", 3).did_you_mean == "certificate"


@pytest.mark.parametrize("words", ["鏡像", "映像檔", "镜像"])
def test_synonyms_of_every_kind_meet(index: SearchIndex, words: str) -> None:
    total = find(index, registries(), "映像", "zh-TW", 1).total
    assert find(index, registries(), words, "zh-TW", 1).total >= total * 0.9


def test_all_kinds_of_page_are_found(index: SearchIndex) -> None:
    found = find(index, registries(), "private endpoint 私人端點", "en", 10_000).results
    assert {result.kind for result in found} == {"symptom", "solution", "table", "term"}


def test_the_command_prints_text_and_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    printers = str(Path(__file__).parent / "printers")
    assert main(["search", "--kb", printers, "--format", "json", "paper", "jam"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["results"][0]["id"] == "paper-jam"
    assert found["results"][0]["page"] == "en/symptoms/paper-jam.html"
    assert main(["search", "--kb", printers, "--lang", "zh-TW", "卡紙"]) == 0
    assert "zh-TW/symptoms/paper-jam.html" in capsys.readouterr().out
    assert main(["search", "--kb", printers, "qqzzqq"]) == 1


def test_origin_of_an_overlay_is_shown() -> None:
    from kbmatch.cli.render import Style
    from kbmatch.search.find import Found, Result
    from kbmatch.texts import load

    result = Result("symptom", "x", "X", "en/symptoms/x.html", "Contoso", 1.0)
    lines = list(command._lines(Found([result], 1, None), "x", load("search", "en"), Style(False)))
    assert "Contoso" in lines[0]
    assert command.as_json(Found([result], 1, None), "x", "en")["results"] == [
        {
            "kind": "symptom", "id": "x", "title": "X", "page": "en/symptoms/x.html",
            "score": 1.0, "snippet": "", "marks": [], "origin": "Contoso",
        }
    ]  # fmt: skip
