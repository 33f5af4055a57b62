"""Where in a log a message could stand: fast, and never missing one.

For each signature the gate looks for the words of its longest stretch of literal text, in any
case, with up to 16 characters that are no letters or digits between two words (blanks, quotes,
punctuation, line ends, also written as `\\n`). A place that the gate passes over can't hold the
message, unless a line break inside it is followed by a deeper indentation than that. Hyperscan
looks for all of them in one pass; without it each expression's longest word is searched for, and
the expression is tried around it. Both find the same places.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Protocol

from .matcher import Matcher

_WORD = re.compile(rb"[a-z0-9\x80-\xff]+")
# Bounded, which makes Hyperscan twice as fast.
_BETWEEN = rb"[^a-z0-9]{1,16}(?:[nrt][^a-z0-9]{1,4})?"
_REACH = 200
"""How far from its longest word an expression is tried without Hyperscan, per word."""
HYPERSCAN_FROM = 3 << 20
"""Bytes from which on compiling for Hyperscan pays."""


class Gate(Protocol):
    """Finds (offset, signature number) pairs, sorted by offset."""

    def places(self, buffer: bytes, start: int, end: int) -> list[tuple[int, int]]: ...


def gate_words(phrases: Iterable[str]) -> tuple[bytes, ...]:
    """Return the words of the phrase with the most letters: long texts are rare texts.

    Quotes may be missing from a text, so words that only a quote parts don't stand together.
    """
    best: tuple[bytes, ...] = ()
    for phrase in phrases:
        for stretch in re.split(r'(?<=[a-z0-9])"+(?=[a-z0-9])', phrase):
            words = tuple(_WORD.findall(stretch.encode()))
            if sum(map(len, words)) > sum(map(len, best)):
                best = words
    return best


def expression(words: tuple[bytes, ...]) -> bytes:
    """Return the gate's regex for words of lower-case letters, digits and UTF-8 bytes."""
    return _BETWEEN.join(
        b"".join(b"\\x%02x" % byte if byte > 127 else bytes([byte]) for byte in word)
        for word in words
    )


def words_by_signature(matcher: Matcher) -> Mapping[int, tuple[bytes, ...]]:
    """Return the gate's words for every signature of a pack."""
    count = matcher.pack.count("signatures")
    return {number: gate_words(matcher.signature(number).phrases) for number in range(count)}


def _owners(words: Mapping[int, tuple[bytes, ...]]) -> dict[tuple[bytes, ...], list[int]]:
    owners: dict[tuple[bytes, ...], list[int]] = {}
    for number, sequence in words.items():
        owners.setdefault(sequence, []).append(number)
    return owners


class WordGate:
    """The gate without Hyperscan: the longest word of each expression by plain search."""

    def __init__(self, words: Mapping[int, tuple[bytes, ...]]) -> None:
        self._by_word: dict[bytes, list[tuple[re.Pattern[bytes], int, list[int]]]] = {}
        for sequence, numbers in _owners(words).items():
            longest = max(sequence, key=len)
            reach = sum(map(len, sequence)) + _REACH * len(sequence)
            compiled = re.compile(expression(sequence))
            self._by_word.setdefault(longest, []).append((compiled, reach, numbers))

    def places(self, buffer: bytes, start: int, end: int) -> list[tuple[int, int]]:
        """Return candidate places in `buffer[start:end]`: the last byte of the words."""
        lowered = buffer[start:end].lower()
        found: set[tuple[int, int]] = set()
        for word, expressions in self._by_word.items():
            at = lowered.find(word)
            while at >= 0:
                for compiled, reach, numbers in expressions:
                    low, high = max(0, at - reach), at + len(word) + reach
                    for match in compiled.finditer(lowered, low, high):
                        place = start + match.end() - 1
                        found.update((place, number) for number in numbers)
                at = lowered.find(word, at + len(word))
        return sorted(found)


class HyperscanGate:
    """The gate on Hyperscan: every expression in one pass at memory speed, in any thread."""

    def __init__(self, words: Mapping[int, tuple[bytes, ...]]) -> None:
        from .database import open_database

        owners = _owners(words)
        self._numbers = list(owners.values())
        self._database = open_database([expression(sequence) for sequence in owners])
        self._scratches = [self._database.scratch]  # one for each thread that scans just now

    def places(self, buffer: bytes, start: int, end: int) -> list[tuple[int, int]]:
        """Return candidate places in `buffer[start:end]`: the last byte of the words."""
        found: set[tuple[int, int]] = set()
        numbers = self._numbers

        def on_match(pattern: int, begin: int, finish: int, flags: int, context: object) -> None:
            place = start + finish - 1
            for number in numbers[pattern]:
                found.add((place, number))

        try:
            scratch = self._scratches.pop()
        except IndexError:
            scratch = self._database.scratch.clone()
        try:
            # Hyperscan lets other threads run meanwhile.
            self._database.scan(
                memoryview(buffer)[start:end], match_event_handler=on_match, scratch=scratch
            )
        finally:
            self._scratches.append(scratch)
        return sorted(found)


class GrowingGate:
    """Plain search first; Hyperscan once there is so much to read that compiling for it pays."""

    def __init__(self, words: Mapping[int, tuple[bytes, ...]]) -> None:
        self._words = words
        self._gate: Gate | None = None
        self._left = HYPERSCAN_FROM
        self._lock = Lock()

    def places(self, buffer: bytes, start: int, end: int) -> list[tuple[int, int]]:
        """Return candidate places in `buffer[start:end]`."""
        with self._lock:
            if 0 < self._left <= end - start:
                try:
                    self._gate = HyperscanGate(self._words)
                except ImportError:
                    pass  # not installed: plain search goes on
            self._left -= end - start
            if self._gate is None:
                self._gate = WordGate(self._words)
            gate = self._gate
        return gate.places(buffer, start, end)


def make_gate(matcher: Matcher, *, hyperscan: bool | None = None) -> Gate:
    """Return the gate for a pack; `hyperscan` asks for one kind from the start."""
    words = words_by_signature(matcher)
    if hyperscan is None:
        return GrowingGate(words)
    return HyperscanGate(words) if hyperscan else WordGate(words)
