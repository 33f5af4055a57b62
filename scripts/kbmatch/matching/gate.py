"""Where in a log a message could stand: fast, and never missing one.

For each signature the gate looks for one or two neighbouring words of its literal text, in any
case, with at most `GAP` bytes of anything between them (blanks, quotes, escape codes, a line break
with a log prefix). Words of letters and digits survive every kind of dirt that normalisation
removes, so a place the gate passes over can't hold a message. Both gates look for the same words;
the one without Hyperscan only for the rarer word of each pair, and lets more through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Protocol

from .matcher import Matcher

GAP = 100
_WORD = re.compile(rb"[a-z0-9\x80-\xff]+")


class Gate(Protocol):
    """Finds (offset, signature number) pairs, sorted by offset."""

    def places(self, buffer: bytes, start: int, end: int) -> list[tuple[int, int]]: ...


def gate_words(literals: Iterable[str]) -> tuple[bytes, ...]:
    """Return the one or two neighbouring words that a gate looks for.

    The pair with the most letters: long words are rare words. Words cut by a slot stay usable
    because the search does not ask for word boundaries.
    """
    best: tuple[bytes, ...] = ()
    for literal in literals:
        words = _WORD.findall(literal.lower().encode())
        for pair in [*zip(words, words[1:], strict=False), *((word,) for word in words)]:
            if sum(map(len, pair)) > sum(map(len, best)):
                best = pair
    return best


def words_by_signature(matcher: Matcher) -> Mapping[int, tuple[bytes, ...]]:
    """Return the gate's words for every signature of a pack."""
    count = matcher.pack.count("signatures")
    return {number: gate_words(matcher.signature(number).literals) for number in range(count)}


class WordGate:
    """The gate without Hyperscan: the rarer word of each pair, by plain search."""

    def __init__(self, words: Mapping[int, tuple[bytes, ...]]) -> None:
        self._owners: dict[bytes, list[tuple[int, tuple[bytes, ...]]]] = {}
        for number, pair in words.items():
            self._owners.setdefault(max(pair, key=len), []).append((number, pair))

    def places(self, buffer: bytes, start: int, end: int) -> list[tuple[int, int]]:
        """Return candidate places in `buffer[start:end]`."""
        lowered = buffer[start:end].lower()
        found: set[tuple[int, int]] = set()
        for word, owners in self._owners.items():
            at = lowered.find(word)
            while at >= 0:
                near = lowered[max(0, at - GAP - 100) : at + len(word) + GAP + 100]
                for number, pair in owners:
                    if all(other in near for other in pair):
                        found.add((start + at, number))
                at = lowered.find(word, at + len(word))
        return sorted(found)


class HyperscanGate:
    """The gate on Hyperscan: every pair in one pass at memory speed."""

    def __init__(self, words: Mapping[int, tuple[bytes, ...]]) -> None:
        import hyperscan

        by_pattern: dict[bytes, list[int]] = {}
        for number, pair in words.items():
            by_pattern.setdefault(_expression(pair), []).append(number)
        self._owners = list(by_pattern.values())
        self._lengths = [len(max(words[owners[0]], key=len)) for owners in self._owners]
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        flag = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_DOTALL
        self._database.compile(
            expressions=list(by_pattern),
            ids=list(range(len(by_pattern))),
            flags=[flag] * len(by_pattern),
            elements=len(by_pattern),
        )

    def places(self, buffer: bytes, start: int, end: int) -> list[tuple[int, int]]:
        """Return candidate places in `buffer[start:end]`, at the last byte of the words."""
        found: list[tuple[int, int]] = []
        append = found.append

        def on_match(
            pattern: int, begin: int, finish: int, flags: int, context: object
        ) -> None:
            append((start + finish - 1, pattern))

        self._database.scan(buffer[start:end], match_event_handler=on_match)
        places = {(place, n) for place, pattern in found for n in self._owners[pattern]}
        return sorted(places)


def _expression(pair: tuple[bytes, ...]) -> bytes:
    escaped = [b"".join(b"\\x%02x" % byte if byte > 127 else bytes([byte]) for byte in word)
               for word in pair]
    return (b".{1,%d}" % GAP).join(escaped)


def make_gate(matcher: Matcher, *, hyperscan: bool | None = None) -> Gate:
    """Return the fastest gate there is; `hyperscan` asks for one kind."""
    words = words_by_signature(matcher)
    if hyperscan is not False:
        try:
            return HyperscanGate(words)
        except ImportError:
            if hyperscan:
                raise
    return WordGate(words)
