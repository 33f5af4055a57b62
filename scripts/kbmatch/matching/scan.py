"""Logs of any size: a gate finds the few places worth a look, the matcher decides them.

Blocks of the log pass a gate (gate.py), Hyperscan where it is installed, that never misses a place
where a message could stand. Around each such place a window of lines goes through the same matcher
as pasted text. Memory stays constant: a window's worth of lines is carried from block to block.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from .answer import Answer, Collector, found_titles
from .context import LINES_AFTER, LINES_BEFORE
from .decode import decode_utf8, utf8_blocks
from .gate import Gate, Look, look, make_gate
from .matcher import Hit, Matcher
from .normalise import NormalText, is_plain, made_plain, normalise
from .sieve import Sieve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .workers import GateWorkers, Handed

BEFORE_BYTES = 16 << 10
AFTER_BYTES = 8 << 10
WINDOW_BYTES = 256 << 10
"""Where places stand close together, a window begins anew after so much."""
CARRY_BYTES = 64 << 10
"""More than a message with its surroundings; longer lines are cut, and looked at in pieces."""
SCAN_BYTES = 2 << 20
ALONE_BYTES = 16 << 20
"""So much of a log is read before other processes are started to help."""
LARGEST_BLOCK = 31 << 20
"""Just under the size up to which glibc lets itself be taught (mallopt(3), M_MMAP_THRESHOLD)."""
MOST_WAITING = 8
"""So many stretches wait for the places in an earlier one, before we do."""


@dataclass(frozen=True, slots=True)
class Window:
    """Normalised lines of a log around candidate places, and the hits in them."""

    text: NormalText
    first_line: int
    hits: tuple[Hit, ...]


class _Stretch(NamedTuple):
    """A piece of a log in memory: candidates in `start`-`end` are to be decided in it."""

    buffer: bytes
    start: int
    end: int
    own: int
    """So many bytes of it are not in the next stretch."""


def scan(blocks: Iterable[bytes], matcher: Matcher, gate: Gate) -> Iterator[Window]:
    """Yield the windows of a log that hold hits, in order. Lines count from 1."""
    collector = Collector(matcher)
    sieve = Sieve(matcher, BEFORE_BYTES)
    for stretch, line, candidates in _with_places(_stretches(utf8_blocks(iter(blocks))), gate):
        places = [place for place in candidates if sieve.passes(stretch.buffer, *place)]
        if places:
            yield from _decide(stretch.buffer, line, places, matcher, collector)


def _with_places(
    stretches: Iterator[_Stretch], gate: Gate
) -> Iterator[tuple[_Stretch, int, list[tuple[int, int]]]]:
    """Yield each stretch, the number of its first line, and the candidate places in it.

    In long logs other processes help.
    """
    # Once a block so large was freed, glibc keeps memory for the next ones of up to that size
    # instead of asking for new pages each time: a fifth of a scan. Its own pages are never touched.
    bytes(LARGEST_BLOCK)
    waiting: deque[tuple[_Stretch, Handed | Look]] = deque()
    workers: GateWorkers | None = None
    read, line = 0, 1
    try:
        for stretch in stretches:
            if read <= ALONE_BYTES < read + len(stretch.buffer):
                from .workers import start_workers

                workers = start_workers(gate, 2 * SCAN_BYTES)
            read += len(stretch.buffer)
            handed = workers.hand(stretch.buffer, stretch.own) if workers else None
            waiting.append((stretch, handed or look(gate, stretch.buffer, stretch.own)))
            while waiting and (len(waiting) > MOST_WAITING or _is_ready(waiting[0][1])):
                done, seen = _looked(*waiting.popleft())
                yield done, line, seen.places
                line += seen.feeds
        for pair in waiting:
            done, seen = _looked(*pair)
            yield done, line, seen.places
            line += seen.feeds
    finally:
        if workers:
            workers.close()


def _is_ready(handed: Handed | Look) -> bool:
    return isinstance(handed, Look) or handed.done()


def _looked(stretch: _Stretch, handed: Handed | Look) -> tuple[_Stretch, Look]:
    """Return a stretch with the places that are its own.

    A message may begin in the stretch before; it belongs to the stretch it ends in.
    """
    seen = handed if isinstance(handed, Look) else handed.look()
    places = [place for place in seen.places if stretch.start <= place[0] < stretch.end]
    return stretch, Look(places, seen.feeds)


def _stretches(blocks: Iterator[bytes]) -> Iterator[_Stretch]:
    """Yield the log in long stretches, each beginning with the end of the one before."""
    carry = b""
    done = 0  # candidates before this offset have been decided
    for parts in _gather(blocks):
        buffer = b"".join((carry, *parts))
        limit = _decidable(buffer)
        if limit <= done:
            carry = buffer
            continue
        keep = max(0, limit - CARRY_BYTES)
        keep = buffer.rfind(b"\n", 0, keep) + 1 or keep
        yield _Stretch(buffer, done, limit, keep)
        carry = buffer[keep:]
        done = limit - keep
    if len(carry) > done:
        yield _Stretch(carry, done, len(carry), len(carry))


def _gather(blocks: Iterator[bytes]) -> Iterator[list[bytes]]:
    """Yield parts that make long stretches of text in UTF-8, without what hides words.

    Plain ASCII passes as it is; anything else is put into form by whole lines.
    """
    parts: list[bytes] = []
    size = 0
    rest = b""  # the begin of a line that is not plain
    for block in blocks:
        if rest or not is_plain(block):
            end = block.rfind(b"\n") + 1
            if not end and len(rest) + len(block) < SCAN_BYTES:
                rest += block
                continue
            end = end or len(block)
            whole, rest = b"".join((rest, memoryview(block)[:end])), block[end:]
            block = made_plain(whole)
        parts.append(block)
        size += len(block)
        if size >= SCAN_BYTES:
            yield parts
            parts, size = [], 0
    if parts or rest:
        yield [*parts, made_plain(rest)]


def _decidable(buffer: bytes) -> int:
    """Return the offset up to which every candidate has the lines after it at hand."""
    limit = max(0, len(buffer) - AFTER_BYTES)
    end = buffer.rfind(b"\n", 0, limit) + 1
    return end or limit


def _decide(
    buffer: bytes,
    number: int,
    places: list[tuple[int, int]],
    matcher: Matcher,
    collector: Collector,
) -> Iterator[Window]:
    counted = 0
    for low, high, inside in _windows(buffer, places):
        number += buffer.count(b"\n", counted, low)
        counted = low
        text = normalise(decode_utf8(buffer[low:high]))
        numbers = {signature for _, signature in inside}
        lines = _lines_of(buffer, low, inside)
        hits = collector.settle(matcher.hits(text, whole=False, only=numbers))
        kept = tuple(hit for hit in hits if _touches(text, hit, lines))
        if kept:
            yield Window(text, number, kept)


def _lines_of(buffer: bytes, low: int, places: list[tuple[int, int]]) -> set[int]:
    """Return the numbers, from the one at `low`, of the lines that places (in order) stand on."""
    lines = set()
    number = 0
    for place, _ in places:
        number += buffer.count(b"\n", low, place)
        low = place
        lines.add(number)
    return lines


def _touches(text: NormalText, hit: Hit, lines: set[int]) -> bool:
    """Whether a hit stands on a candidate's line: elsewhere its surroundings may be cut off."""
    first = text.line_of(hit.start)
    last = first + text.text.count("\n", hit.start, hit.end)
    return any(number in lines for number in range(first, last + 1))


def _windows(
    buffer: bytes, places: list[tuple[int, int]]
) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """Join places whose surroundings overlap, within bounds; yield their bounds and places."""
    low = high = line_end = 0
    inside: list[tuple[int, int]] = []
    for place, signature in places:
        if inside and place < high and place - low < WINDOW_BYTES:
            inside.append((place, signature))
            if place > line_end:
                high = max(high, _after(buffer, place))
                line_end = buffer.find(b"\n", place)
            continue
        if inside:
            yield low, high, inside
        low, high = _before(buffer, place), _after(buffer, place)
        line_end = buffer.find(b"\n", place)
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
