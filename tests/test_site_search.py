"""The text the search scans: each page's own, shared texts once, hand-written pages by section."""

from __future__ import annotations

import json

from kbmatch.site.box import search_assets
from kbmatch.site.page import Page, SearchEntry
from kbmatch.site.searchtext import WrittenPage, search_text
from real_knowledge import knowledge


def page(path: str, *entries: SearchEntry, kind: str = "symptom") -> Page:
    return Page(path, "en", kind, "T", "", "", search=entries)


def test_texts_that_pages_share_stand_in_it_once() -> None:
    found = search_text(
        [
            page("a.html", SearchEntry("", "A", ("own", "shared"))),
            page("b.html", SearchEntry("", "B", ("shared",)), SearchEntry("c", "C", ("own",))),
        ],
        [],
    )
    assert found["texts"] == ["A", "own", "shared", "B", "C"]
    assert [item["parts"] for item in found["pages"]] == [
        [["", 0, 1, 2]],
        [["", 3, 2], ["c", 4, 1]],
    ]


def test_pages_say_what_they_are() -> None:
    kinds = ("symptom", "solution", "tables", "glossary", "by-tool")
    pages = [page(f"{kind}.html", SearchEntry("", kind), kind=kind) for kind in kinds]
    found = [item["kind"] for item in search_text(pages, [])["pages"]]
    assert found == ["error", "fix", "reference", "reference", "list"]


def test_a_written_page_is_cut_by_its_headings_and_loses_its_marks() -> None:
    html = (
        '<h1 id="t">Title</h1><p>One &amp; <em>two</em>\nthree</p>'
        '<h2 id="more">More</h2><pre><code>az acr login</code></pre><ul><li>a</li><li>b</li></ul>'
    )
    entries = WrittenPage("x.html", "Title", "What it is", html).entries()
    assert entries == (
        SearchEntry("", "Title", ("What it is",)),
        SearchEntry("t", "Title", ("One & two three",)),
        SearchEntry("more", "More", ("az acr login", "a", "b")),
    )


def test_a_written_page_is_found_by_the_words_it_names() -> None:
    page = WrittenPage("x.html", "Title", "What it is", "<p>Text</p>", ("who did it",))
    assert "who did it" in page.entries()[0].texts
    (known, _) = search_assets(knowledge(), "en", [], [page])
    value = json.loads(known.content.partition(" = ")[2].rstrip(";\n"))
    assert value["others"][0]["words"] == ["who did it"]


def test_scripts_hold_no_line_end_that_old_browsers_break_at() -> None:
    written = [WrittenPage("x.html", "A\u2028B", "", "")]
    for asset in search_assets(knowledge(), "en", [], written):
        assert "\u2028" not in asset.content and asset.content.startswith("window.kbBox")
        value = json.loads(asset.content.partition(" = ")[2].rstrip(";\n"))
        assert "A\u2028B" in json.dumps(value, ensure_ascii=False)


def test_the_check_of_the_first_cause_is_there_and_no_other() -> None:
    (known, _) = search_assets(knowledge(), "en", [], [])
    value = json.loads(known.content.partition(" = ")[2].rstrip(";\n"))
    firsts = {symptom.causes[0].cause for symptom in knowledge().symptoms.values()}
    assert {id for id, cause in value["causes"].items() if "commands" in cause} == firsts
