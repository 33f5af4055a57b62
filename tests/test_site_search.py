"""The header search's index: cut so that Chinese words are found, one a language."""

from __future__ import annotations

import json

from kbmatch.site.page import Page, SearchEntry
from kbmatch.site.searchindex import cut, entries_below, entries_of, index_json, index_script

Z = "\u200b"


def test_every_han_character_stands_alone() -> None:
    assert cut("防火牆 firewall") == f"防{Z}火{Z}牆{Z} firewall"
    assert cut("abc") == "abc"
    assert cut("") == ""


def test_entries_point_into_the_language_and_are_safe_as_html() -> None:
    page = Page("a.html", "en", "x", "T", "", "", search=(SearchEntry("c", "A<b", "x & y"),))
    assert entries_of([page]) == [{"location": "a.html#c", "title": "A&lt;b", "text": "x &amp; y"}]


def test_a_site_wide_index_is_split_by_language() -> None:
    entries = [
        {"location": "en/a.html", "title": "A", "text": "a"},
        {"location": "zh-TW/a.html", "title": "甲", "text": "乙"},
    ]
    assert [e["location"] for e in entries_below("zh-TW", entries)] == ["a.html"]


def test_index_is_sorted_and_unicode() -> None:
    entries = [
        {"location": "b", "title": "", "text": "牆"},
        {"location": "a", "title": "", "text": ""},
    ]
    index = index_json({"lang": ["en"]}, entries)
    assert [doc["location"] for doc in json.loads(index)["docs"]] == ["a", "b"]
    assert "牆" in index
    assert index_script(index).startswith("var __index = {")
