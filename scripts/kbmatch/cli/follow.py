"""`kbmatch --follow`: a growing stream in, one JSON object per finding out, in constant memory.

Made for `kubectl logs -f`, Vector's exec source and Fluent Bit's standard input: each finding is
written and flushed at once. The lines before a finding are its context; a message that generic
words make doubtful waits for no lines after it.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from errno import EBADF

from kbmatch.matching.answer import Answer, Collector, found_titles
from kbmatch.matching.context import LINES_BEFORE
from kbmatch.matching.decode import decode_utf8
from kbmatch.matching.gate import make_gate
from kbmatch.matching.matcher import Matcher
from kbmatch.matching.normalise import normalise
from kbmatch.matching.plain import made_plain

from .common import json_text
from .masking import mask, redact_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, BinaryIO

    from .arguments import Options

_OF_A_WHOLE_TEXT = frozenset({"role", "count"})
READ_BYTES = 1 << 16
MAX_LINE = 64 << 10
JOINED_LINES = 4
"""A message may be wrapped over this many lines."""
CONTEXT_BYTES = 64 << 10
"""So much of the lines before a finding is kept, however long each is."""


def follow(options: Options, matcher: Matcher, language: str) -> int:
    """Read until the stream ends; return 0 when anything was found, 1 otherwise."""
    from .match import inputs

    masked = bool(options.redact)
    names = [name for name, _ in inputs(options)]
    shown = redact_all(names) if masked else names
    found = False
    for name, label in zip(names, shown, strict=True):
        for finding in _read(name, matcher, language, masked):
            found = True
            named = {**finding, "file": label} if len(names) > 1 else finding
            sys.stdout.write(json_text(named, None) + "\n")
            sys.stdout.flush()
    return 0 if found else 1


def _read(name: str, matcher: Matcher, language: str, masked: bool) -> Iterator[dict[str, Any]]:
    """Yield the findings of a file or, for `-`, of standard input. Raises OSError."""
    if name != "-":
        with open(name, "rb") as file:
            yield from findings(file, matcher, language, masked=masked)
    elif sys.stdin is None:
        raise OSError(EBADF, os.strerror(EBADF))
    else:
        yield from findings(sys.stdin.buffer, matcher, language, masked=masked)


def findings(
    file: BinaryIO, matcher: Matcher, language: str, *, masked: bool = False
) -> Iterator[dict[str, Any]]:
    """Yield a finding for each message as soon as the line that completes it is in."""
    gate = make_gate(matcher)
    before: deque[bytes] = deque(maxlen=LINES_BEFORE)
    seen: deque[tuple[int, int]] = deque(maxlen=256)
    for first, raw in _chunks(file):
        chunk = made_plain(raw).text
        lines = chunk.split(b"\n")[:-1] if chunk.endswith(b"\n") else chunk.split(b"\n")
        context = b"\n".join(before)
        joined = context + b"\n" + chunk if before else chunk
        offset = len(joined) - len(chunk)
        start = max(0, offset - _bytes_of(before, JOINED_LINES))
        places = gate.places(joined[start:])
        if places:
            numbers = {signature for _, signature in places}
            collector = Collector(matcher)
            text = normalise(decode_utf8(joined))
            hits = collector.settle(matcher.hits(text, whole=False, only=numbers))
            base = first - len(before)
            for hit in hits:
                line = base + text.line_of(max(hit.end - 1, hit.start))
                if line < first or (line, hit.symptom) in seen:
                    continue  # reported when its line came in
                seen.append((line, hit.symptom))
                one = Collector(matcher)
                one.add(text, [hit], base)
                yield _finding(one, matcher, language, masked)
        _remember(before, lines)


def _remember(before: deque[bytes], lines: list[bytes]) -> None:
    """Keep the last lines as context, in bounded memory; of a longer one its end."""
    before.extend(line[-CONTEXT_BYTES:] for line in lines[-LINES_BEFORE:])
    size = _bytes_of(before, len(before))
    while size > CONTEXT_BYTES and len(before) > 1:
        size -= len(before.popleft()) + 1


def _bytes_of(lines: deque[bytes], count: int) -> int:
    return sum(len(line) + 1 for line in list(lines)[-count:])


def _finding(collector: Collector, matcher: Matcher, language: str, masked: bool) -> dict[str, Any]:
    found = collector.found()
    titles = found_titles(matcher, found, language)
    answer = Answer(language, found, titles)
    if masked:
        mask([], [answer])
    (finding,) = answer.as_json()["matches"]
    return {"version": 1, **{key: finding[key] for key in finding if key not in _OF_A_WHOLE_TEXT}}


def _chunks(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield (number of the first line, whole lines) as they arrive; endless lines in pieces."""
    handle = file.fileno()
    rest = b""
    number = 1
    while True:
        block = os.read(handle, READ_BYTES)
        if not block:
            break
        rest += block
        end = rest.rfind(b"\n") + 1
        if not end and len(rest) < MAX_LINE:
            continue
        chunk, rest = (rest[:end], rest[end:]) if end else (rest, b"")
        yield number, chunk
        number += chunk.count(b"\n")
    if rest:
        yield number, rest
