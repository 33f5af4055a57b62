"""What all drafts of one article share: ids given out once, texts in its language, its date."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from kbmatch.search.tokens import traditional

from .drafts import Writer, today

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})|(\d{4})-(\d\d)-(\d\d)")
_DATE_KEYS = ("ms.date", "date", "updated", "lastmod")


class Ids:
    """Gives out ids, each once."""

    def __init__(self) -> None:
        self._used: set[str] = set()
        self._counters: dict[str, int] = {}

    def new(self, wanted: str, fallback: str) -> str:
        """Return `wanted`, or `fallback` with a number where it is empty, not given out yet."""
        stem = wanted or fallback
        id = wanted or f"{fallback}-1"
        while id in self._used:
            self._counters[stem] = self._counters.get(stem, 1) + 1
            id = f"{stem}-{self._counters[stem]}"
        self._used.add(id)
        return id


class Wording:
    """Words the article's texts as texts of drafts."""

    def __init__(
        self,
        writer: Writer,
        hints: Mapping[str, Mapping[str, str]],
        language: str,
        simplified: bool,
    ) -> None:
        self.language = language
        self._writer = writer
        self._hints = hints
        self._simplified = simplified

    def text(self, text: str) -> dict[str, str]:
        """Return a text in the article's language; Simplified Chinese is only a start."""
        if not self._simplified:
            return self._writer.text(self.language, text)
        texts = self._writer.text("", self.words(text))
        return {known: texts[known] for known in self._writer.languages}

    def words(self, text: str) -> str:
        """Return words of the article in the characters its language is written in."""
        return traditional(text) if self._simplified else text

    def blank(self, hint: str) -> dict[str, str]:
        """Return a text that is all to be written; `hint` names what belongs there."""
        return self._writer.blank(self._hints[hint])

    def mark(self, hint: str) -> str:
        """Return a plain string that is all to be written."""
        return self._writer.mark(self._hints[hint])


def date_of(front_matter: Mapping[str, Any]) -> str:
    """Return the article's own date, which is when its links led somewhere; else today."""
    for key in _DATE_KEYS:
        match = _DATE.search(str(front_matter.get(key, "")))
        if match:
            month, day, year, *iso = match.groups()
            parts = (year, month, day) if year else tuple(iso)
            try:
                return date(*map(int, parts)).isoformat()
            except ValueError:
                continue
    return today()
