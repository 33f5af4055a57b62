"""Did you mean: the closest words the knowledge really uses, for words it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .tokens import HAN, stop_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .fields import Page
    from .index import SearchIndex

_WORD = re.compile(rf"[A-Za-z][A-Za-z0-9-]{{3,}}|[{HAN}]{{2,8}}")
_PARTS = ("title", "alias", "summary", "message", "cause")
MIN_LENGTH = 4
MIN_HAN = 3


def written_words(page: Page) -> Iterator[str]:
    """Yield the words of a page as written, each once: Latin words and short Chinese phrases."""
    seen = set()
    for name in _PARTS:
        for text in page.parts.get(name, ()):
            for word in _WORD.findall(text):
                if word.isascii() or name in ("title", "alias"):
                    seen.add(word.lower())
    yield from sorted(seen - stop_words())


def suggest(index: SearchIndex, query: str, unknown: set[str]) -> str | None:
    """Return the query with words that stand nowhere replaced by the closest known ones, or None.

    `unknown` holds the spans' words that were not found, in lower case.
    """
    from .index import WORDS

    changed = False
    pieces: list[str] = []
    last = 0
    for match in _WORD.finditer(query):
        word = match[0].lower()
        if word not in unknown:
            continue
        better = _closest(index, WORDS, word)
        if better is not None:
            pieces += [query[last : match.start()], better]
            last = match.end()
            changed = True
    return "".join([*pieces, query[last:]]) if changed else None


def _closest(index: SearchIndex, field: str, word: str) -> str | None:
    """Return the known word within one or two edits that stands on the most pages."""
    reader = index.reader
    longest = 1 if len(word) < 6 or not word.isascii() else 2
    if len(word) < (MIN_LENGTH if word.isascii() else MIN_HAN):
        return None
    for distance in range(1, longest + 1):
        near = [
            known
            for known in reader.terms_within(field, word, distance, prefix=1)
            if known != word and known.isascii() == word.isascii()
        ]
        if near:
            return max(near, key=lambda known: (reader.doc_frequency(field, known), known))
    return None
