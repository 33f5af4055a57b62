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
from .gate import Gate, make_gate
from .lookout import Look, Lookout
from .matcher import Hit, Matcher
from .normalise import NormalText, normalise
from .sieve import Sieve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .workers import Handed, Workers

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
"""So many pieces wait for the places in an earlier one, before we do."""


@dataclass(frozen=True, slots=True)
class Window:
    """Normalised lines of a log around candidate places, and the hits in them."""

    text: NormalText
    first_line: int
    hits: tuple[Hit, ...]


class _Piece(NamedTuple):
    """A piece of a log in memory: candidates in `start`-`end` are to be decided in it."""

    parts: tuple[bytes, ...]
    """What it consists of; most are never put together in this process."""
    start: int
    end: int
    own: int
    """So many bytes of it are not in the next piece."""

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return sum(map(len, self.parts))

    def seen_by(self, lookout: Lookout) -> Look:
        """Look for candidates in this process."""
        return lookout.look(b"".join(self.parts), *self[1:])


def scan(blocks: Iterable[bytes], matcher: Matcher, gate: Gate) -> Iterator[Window]:
    """Yield the windows of a log that hold hits, in order. Lines count from 1."""
    collector = Collector(matcher)
    lookout = Lookout(gate, Sieve(matcher, BEFORE_BYTES))
    line = 1
    for piece, seen in _looked_at(_pieces(utf8_blocks(iter(blocks))), lookout):
        if seen.places:
            buffer = b"".join(piece.parts) if seen.plain is None else seen.plain
            yield from _decide(buffer, line, seen.places, matcher, collector)
        line += seen.feeds


def _looked_at(pieces: Iterator[_Piece], lookout: Lookout) -> Iterator[tuple[_Piece, Look]]:
    """Yield each piece, and what is in it; in long logs other processes help."""
    # Once a block so large was freed, glibc keeps memory for the next ones of up to that size
    # instead of asking for new pages each time: a fifth of a scan. Its own pages are never touched.
    bytes(LARGEST_BLOCK)
    waiting: deque[tuple[_Piece, Handed | Look]] = deque()
    workers: Workers | None = None
    read = 0
    try:
        for piece in pieces:
            size = piece.size
            if read <= ALONE_BYTES < read + size:
                from .workers import start_workers

                workers = start_workers(lookout, 2 * SCAN_BYTES)
            read += size
            handed = workers.hand(*piece) if workers else None
            waiting.append((piece, handed or piece.seen_by(lookout)))
            while waiting and (len(waiting) > MOST_WAITING or _is_ready(waiting[0][1])):
                yield _result(*waiting.popleft(), lookout)
        for pair in waiting:
            yield _result(*pair, lookout)
    finally:
        if workers:
            workers.close()


def _is_ready(handed: Handed | Look) -> bool:
    return isinstance(handed, Look) or handed.done()


def _result(piece: _Piece, handed: Handed | Look, lookout: Lookout) -> tuple[_Piece, Look]:
    """Return a piece and what was seen in it; look ourselves when a worker is no more."""
    seen = handed if isinstance(handed, Look) else handed.look()
    return piece, seen or piece.seen_by(lookout)


def _pieces(blocks: Iterator[bytes]) -> Iterator[_Piece]:
    """Yield the log in long pieces, each beginning with the end of the one before."""
    carry = b""
    done = 0  # candidates before this offset have been decided
    for body in _gathered(blocks):
        head, before = [carry], len(carry)
        limit = _line_end(body, len(body) - AFTER_BYTES)  # the lines after it are at hand
        if limit <= CARRY_BYTES:  # of a long line, or short: what is kept begins in the carry
            head, before, body, limit = [], 0, carry + body, before + limit
            if limit <= done:
                carry = body
                continue
        keep = _line_end(body, limit - CARRY_BYTES)
        yield _Piece((*head, body), done, before + limit, before + keep)
        carry = body[keep:]
        done = limit - keep
    if len(carry) > done:
        yield _Piece((carry,), done, len(carry), len(carry))


def _gathered(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the log in pieces of at least so many bytes as are scanned at once, but for the end."""
    parts: list[bytes] = []
    size = 0
    for block in blocks:
        parts.append(block)
        size += len(block)
        if size >= SCAN_BYTES:
            yield parts[0] if len(parts) == 1 else b"".join(parts)
            parts, size = [], 0
    yield b"".join(parts)


def _line_end(buffer: bytes, most: int) -> int:
    """Return where the last line before `most` ends; in an endless line, where a character does."""
    most = max(0, most)
    return buffer.rfind(b"\n", 0, most) + 1 or _between_characters(buffer, most)


def _between_characters(buffer: bytes, at: int) -> int:
    """Return the nearest offset, not above `at`, that cuts no character of UTF-8."""
    for back in range(min(at, 3) + 1):
        if at - back == len(buffer) or buffer[at - back] & 0xC0 != 0x80:
            return at - back
    return at  # no UTF-8


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
    floor = _between_characters(buffer, max(0, place - BEFORE_BYTES))
    at = place
    for _ in range(LINES_BEFORE + 1):
        found = buffer.rfind(b"\n", floor, at)
        if found < 0:
            return floor
        at = found
    return at + 1


def _after(buffer: bytes, place: int) -> int:
    ceiling = _between_characters(buffer, min(len(buffer), place + AFTER_BYTES))
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
