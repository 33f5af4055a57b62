"""Did you mean: the closest words the knowledge really uses, for words it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .tokens import HAN, Query, stem, stop_words, traditional

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .fields import Page
    from .index import SearchIndex

_WORD = re.compile(rf"[A-Za-z][A-Za-z0-9-]{{3,}}|[{HAN}]{{2,8}}")
_PARTS = ("title", "alias", "summary", "message", "cause")
MIN_LENGTH = 4
MIN_HAN = 3
TOO_MANY = 2


def written_words(page: Page) -> Iterator[str]:
    """Yield the words of a page as written, each once: Latin words and short Chinese phrases."""
    seen = set()
    for name in _PARTS:
        for text in page.parts.get(name, ()):
            for word in _WORD.findall(text):
                if word.isascii() or name in ("title", "alias"):
                    seen.add(word.lower())
    yield from sorted(seen - stop_words())


def suggest(index: SearchIndex, words: str, query: Query) -> str | None:
    """Return the query with words that stand nowhere replaced by close ones, or None."""
    unknown = _unknown(index, query)
    if not unknown:
        return None
    pieces: list[str] = []
    last = 0
    for match in _WORD.finditer(words):
        word = match[0].lower()
        if not _holds(traditional(word), unknown):
            continue
        better = _closest(index, word)
        if better is not None:
            pieces += [words[last : match.start()], better]
            last = match.end()
    return "".join([*pieces, words[last:]]) if pieces else None


def _unknown(index: SearchIndex, query: Query) -> set[str]:
    """Return the query's words that stand on no page, nor any concept they are part of."""
    everything = range(index.reader.doc_count_all())
    return {
        unit.token
        for unit in query.units
        if not any(index.postings(token, everything) for token in (unit.token, *unit.concepts))
    }


def _holds(word: str, unknown: set[str]) -> bool:
    if word.isascii():
        return stem(word) in unknown
    return any(word[start : start + 2] in unknown for start in range(len(word) - 1))


def _closest(index: SearchIndex, word: str) -> str | None:
    """Return the known word within one or two edits that stands on the most pages."""
    from .index import WORDS

    reader = index.reader
    longest = 1 if len(word) < 6 or not word.isascii() else 2
    if len(word) < (MIN_LENGTH if word.isascii() else MIN_HAN):
        return None
    swapped = [known for known in _swapped(word) if (WORDS, known) in reader]
    if swapped:
        return max(swapped, key=lambda known: (reader.doc_frequency(WORDS, known), known))
    for distance in range(1, longest + 1):
        near = [
            known
            for known in reader.terms_within(WORDS, word, distance, prefix=1)
            if known != word
            and known.isascii() == word.isascii()
            # Letters get lost in typing; two too many make another word: continent, content.
            and len(word) - len(known) < TOO_MANY
        ]
        if near:
            best: str = max(near, key=lambda known: (reader.doc_frequency(WORDS, known), known))
            return best
    return None


def _swapped(word: str) -> Iterator[str]:
    """Yield the word with two neighbouring letters swapped, the commonest slip of all."""
    for at in range(len(word) - 1):
        if word[at] != word[at + 1]:
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
