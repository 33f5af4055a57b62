"""Where in a log a message could stand: fast, and never missing one.

The log is reduced to the letters that the stretches of messages were reduced to (stretches.py).
A place that the gate passes over can't hold the message. Hyperscan looks for all stretches in one
pass; groups.py does without it. Stretches in a script without ASCII letters are looked for in the
log as it is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate, compress
from typing import Protocol

from .groups import GroupSearch
from .matcher import Matcher
from .stretches import DROPPED, IS_KEPT, LOWER, Owned, read_gate_section

_CHUNK = 512
_OFTEN = 50
"""A stretch that stands so often in a text is seldom part of its message."""


class Gate(Protocol):
    """Finds (offset, signature number) pairs, sorted by offset."""

    def places(self, text: bytes, rest: bytes | None = None) -> list[tuple[int, int]]: ...


class Reduced:
    """A text without anything but those letters and digits, in lower case, and the way back."""

    def __init__(self, text: bytes) -> None:
        self._source = text
        self.text = text.translate(LOWER, DROPPED)
        self._kept: list[int] | None = None
        self._chunks: dict[int, list[int]] = {}

    def source(self, index: int) -> int:
        """Return the offset that the byte at `index` of the reduced text had."""
        if self._kept is None:  # most texts are never asked
            starts = range(0, len(self._source), _CHUNK)
            chunks = (self._source[start : start + _CHUNK] for start in starts)
            self._kept = list(
                accumulate((len(c.translate(None, DROPPED)) for c in chunks), initial=0)
            )
        number = bisect_right(self._kept, index) - 1
        start = number * _CHUNK
        offsets = self._chunks.get(number)
        if offsets is None:
            chunk = self._source[start : start + _CHUNK]
            offsets = list(compress(range(len(chunk)), chunk.translate(IS_KEPT)))
            self._chunks[number] = offsets
        return start + offsets[index - self._kept[number]]


class _Searcher(Protocol):
    """Finds (index of the last byte, number of the stretch) pairs in reduced or other text."""

    def __init__(self, owned: list[Owned]) -> None: ...

    def find(self, sought: bytes, text: bytes) -> Iterable[tuple[int, int]]: ...


class TwoGate:
    """The gate: a search in the reduced text, and one as it is in text that is not ASCII."""

    def __init__(self, matcher: Matcher, searcher: type[_Searcher]):
        owned = read_gate_section(matcher.pack)
        self._parts: list[tuple[bool, list[Owned], _Searcher]] = []
        for reduced in (True, False):
            part = [one for one in owned if one.stretch.reduced == reduced]
            if part:
                self._parts.append((reduced, part, searcher(part)))

    def places(self, text: bytes, rest: bytes | None = None) -> list[tuple[int, int]]:
        """Return candidate places in `text`: the last byte of the words.

        `rest` is what of the text is no ASCII, where somebody knows that.
        """
        found: set[tuple[int, int]] = set()
        for reduced, owned, searcher in self._parts:
            if not reduced and not _may_hold(searcher, text, rest):
                continue
            small = Reduced(text) if reduced else None
            sought = small.text if small else text
            ends: dict[int, list[int]] = {}
            for at, number in searcher.find(sought, text):
                ends.setdefault(number, []).append(at)
            for number, those in ends.items():
                for at, signatures in _with_company(owned[number], those, sought):
                    place = small.source(at) if small else at
                    found.update((place, signature) for signature in signatures)
        return sorted(found)


def _with_company(owned: Owned, ends: list[int], text: bytes) -> Iterator[tuple[int, list[int]]]:
    """Yield each end of a stretch with the signatures whose other letters stand beside it."""
    length, owners = len(owned.stretch.letters), owned.owners
    if len(ends) > _OFTEN:  # one search for what must stand beside them all
        owners = {
            other: numbers
            for other, numbers in owners.items()
            if other is None or other.letters in text
        }
    for at in ends if owners else ():
        signatures = [
            signature
            for other, numbers in owners.items()
            if other is None or other.stands(text, at + 1 - length, at + 1)
            for signature in numbers
        ]
        if signatures:
            yield at, signatures


def _may_hold(searcher: _Searcher, text: bytes, rest: bytes | None) -> bool:
    """Whether a text may hold a stretch without ASCII; its rest, much shorter, tells it sooner."""
    if text.isascii():
        return False
    return rest is None or any(True for _ in searcher.find(rest, rest))


class HyperscanSearch:
    """All stretches in one pass at memory speed."""

    def __init__(self, owned: list[Owned]) -> None:
        import hyperscan

        count = len(owned)
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=[
                b"".join(b"\\x%02x" % byte for byte in one.stretch.letters) for one in owned
            ],
            ids=list(range(count)),
            flags=[0] * count,
            elements=count,
        )

    def find(self, sought: bytes, text: bytes) -> Iterable[tuple[int, int]]:
        """Return the index of the last byte and the number of every stretch in `sought`."""
        found: list[tuple[int, int]] = []

        def on_match(pattern: int, begin: int, finish: int, flags: int, context: object) -> None:
            found.append((finish - 1, pattern))

        self._database.scan(sought, match_event_handler=on_match)
        return found


def make_gate(matcher: Matcher, *, hyperscan: bool | None = None) -> Gate:
    """Return the gate for a pack; `hyperscan` asks for one kind, else what is installed decides."""
    if hyperscan is not False:
        try:
            return TwoGate(matcher, HyperscanSearch)
        except Exception:  # not installed, or not for this processor: the plain search goes on
            if hyperscan:
                raise
    return TwoGate(matcher, GroupSearch)
