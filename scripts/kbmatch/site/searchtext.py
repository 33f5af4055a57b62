"""The text of all pages, as one script a language: what the search scans, whole, for any word.

Chinese has no blanks, so no index of words finds every one; a scan of the text itself does. Texts
that many pages share (a fix, a link's summary) stand in it once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from typing import Any

from .page import Page, SearchEntry

KINDS = {"symptom": "error", "solution": "fix", "area": "list", "tables": "reference"}
"""What a page is to somebody who looks for it, by the template that made it; else `list`."""
WRITTEN = "page"
"""A page written by hand."""

_HEADING = re.compile(r"<h([1-6])[^>]*?id=\"([^\"]*)\"[^>]*>(.*?)</h\1>", re.DOTALL)
_BLOCK = re.compile(
    r"</?(?:p|li|tr|pre|table|div|ul|ol|dl|dt|dd|figure|figcaption)\b[^>]*>|<br ?/?>"
)
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class WrittenPage:
    """A page written by hand, as the site generator has made it."""

    path: str
    """Below the language's root."""
    title: str
    description: str
    html: str
    words: tuple[str, ...] = ()
    """What people type who look for it, where its headings don't say so."""

    def entries(self) -> tuple[SearchEntry, ...]:
        """Return an entry for the page and one for each section."""
        parts = _HEADING.split(self.html)
        entries = [SearchEntry("", self.title, (self.description, *self.words, *_texts(parts[0])))]
        for at in range(1, len(parts), 4):
            _, anchor, title, html = parts[at : at + 4]
            entries.append(SearchEntry(anchor, " ".join(_texts(title)), _texts(html)))
        return tuple(entries)


def search_text(pages: Iterable[Page], written: Iterable[WrittenPage]) -> dict[str, Any]:
    """Return texts, and for each page the numbers of its texts by the part they stand in."""
    numbers: dict[str, int] = {}

    def number(text: str) -> int:
        return numbers.setdefault(text, len(numbers))

    def part(entry: SearchEntry) -> list[Any]:
        return [entry.anchor, number(entry.title), *map(number, dict.fromkeys(entry.texts))]

    listed = [
        {
            "path": page.path,
            "kind": kind_of(page),
            "title": page.title,
            "parts": [part(entry) for entry in page.search],
        }
        for page in pages
        if page.search
    ]
    listed += [
        {
            "path": page.path,
            "kind": WRITTEN,
            "title": page.title,
            "parts": [part(entry) for entry in page.entries()],
        }
        for page in sorted(written, key=lambda page: page.path)
    ]
    return {"texts": list(numbers), "pages": listed}


def kind_of(page: Page) -> str:
    """Return what a generated page is to somebody who looks for it."""
    return "reference" if page.kind == "glossary" else KINDS.get(page.kind, "list")


def _texts(html: str) -> tuple[str, ...]:
    lines = _TAG.sub("", _BLOCK.sub("\n", html.replace("\n", " "))).split("\n")
    return tuple(text for line in lines if (text := " ".join(unescape(line).split())))
