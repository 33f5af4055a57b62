"""Logs of any size: a gate finds the few places worth a look, the matcher decides them.

Blocks of the log pass a gate (gate.py), Hyperscan where it is installed, that never misses a place
where a message could stand. Around each such place a window of lines goes through the same matcher
as pasted text. Memory stays constant: a window's worth of lines is carried from block to block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .answer import Answer, Collector, found_titles
from .context import LINES_AFTER, LINES_BEFORE
from .decode import as_utf8, decode_utf8, utf8_blocks
from .gate import Gate, make_gate
from .matcher import Hit, Matcher
from .normalise import NormalText, normalise, strip_escape_codes

BEFORE_BYTES = 16 << 10
AFTER_BYTES = 8 << 10
CARRY_BYTES = 64 << 10
"""More than a window; longer lines are cut, and looked at in pieces."""
SCAN_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Window:
    """Normalised lines of a log around candidate places, and the hits in them."""

    text: NormalText
    first_line: int
    hits: tuple[Hit, ...]


def scan(blocks: Iterable[bytes], matcher: Matcher, gate: Gate) -> Iterator[Window]:
    """Yield the windows of a log that hold hits, in order. Lines count from 1."""
    collector = Collector(matcher)
    buffer = b""
    line = 1
    done = 0  # candidates before this offset have been decided
    for block in _gather(utf8_blocks(iter(blocks))):
        buffer += block
        limit = _decidable(buffer)
        if limit > done:
            yield from _decide(buffer, done, limit, line, matcher, gate, collector)
            keep = max(0, min(limit, len(buffer)) - CARRY_BYTES)
            keep = buffer.rfind(b"\n", 0, keep) + 1 or keep
            line += buffer.count(b"\n", 0, keep)
            buffer = buffer[keep:]
            done = limit - keep
    if len(buffer) > done:
        yield from _decide(buffer, done, len(buffer), line, matcher, gate, collector)


def _gather(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Join small blocks to long stretches of whole lines, in UTF-8, without escape codes."""
    parts: list[bytes] = []
    size = 0
    for block in blocks:
        parts.append(block)
        size += len(block)
        if size >= SCAN_BYTES:
            joined = b"".join(parts)
            end = joined.rfind(b"\n") + 1 or len(joined)
            yield strip_escape_codes(as_utf8(joined[:end]))
            parts = [joined[end:]]
            size = len(parts[0])
    if size:
        yield strip_escape_codes(as_utf8(b"".join(parts)))


def _decidable(buffer: bytes) -> int:
    """Return the offset up to which every candidate has the lines after it at hand."""
    limit = max(0, len(buffer) - AFTER_BYTES)
    end = buffer.rfind(b"\n", 0, limit) + 1
    return end or limit


def _decide(
    buffer: bytes,
    start: int,
    end: int,
    line: int,
    matcher: Matcher,
    gate: Gate,
    collector: Collector,
) -> Iterator[Window]:
    places = gate.places(buffer, start, end)
    counted, number = 0, line
    for low, high, inside in _windows(buffer, places):
        number += buffer.count(b"\n", counted, low)
        counted = low
        text = normalise(decode_utf8(buffer[low:high]))
        numbers = {signature for _, signature in inside}
        lines = {buffer.count(b"\n", low, place) for place, _ in inside}
        hits = collector.settle(matcher.hits(text, whole=False, only=numbers))
        kept = tuple(hit for hit in hits if _touches(text, hit, lines))
        if kept:
            yield Window(text, number, kept)


def _touches(text: NormalText, hit: Hit, lines: set[int]) -> bool:
    """Whether a hit stands on a candidate's line: elsewhere its surroundings may be cut off."""
    first = text.line_of(hit.start)
    last = first + text.text.count("\n", hit.start, hit.end)
    return any(number in lines for number in range(first, last + 1))


def _windows(
    buffer: bytes, places: list[tuple[int, int]]
) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """Join places whose surroundings overlap; yield their bounds and places."""
    low = high = 0
    inside: list[tuple[int, int]] = []
    for place, signature in places:
        if inside and place < high:
            inside.append((place, signature))
            high = max(high, _after(buffer, place))
            continue
        if inside:
            yield low, high, inside
        low, high = _before(buffer, place), _after(buffer, place)
        inside = [(place, signature)]
    if inside:
        yield low, high, inside


def _before(buffer: bytes, place: int) -> int:
    floor = max(0, place - BEFORE_BYTES)
    at = place
    for _ in range(LINES_BEFORE + 1):
        found = buffer.rfind(b"\n", floor, at)
        if found < 0:
            return floor
        at = found
    return at + 1


def _after(buffer: bytes, place: int) -> int:
    ceiling = min(len(buffer), place + AFTER_BYTES)
    at = place
    for _ in range(LINES_AFTER + 1):
        found = buffer.find(b"\n", at, ceiling)
        if found < 0:
            return ceiling
        at = found + 1
    return at


def answer_stream(blocks: Iterable[bytes], matcher: Matcher, language: str) -> Answer:
    """Return the answer for a log of any size, in constant memory."""
    collector = Collector(matcher)
    for window in scan(blocks, matcher, make_gate(matcher)):
        collector.add(window.text, list(window.hits), window.first_line)
    found = collector.found()
    return Answer(language, found, found_titles(matcher, found, language))
