"""Error lines of logs that no signature explains, masked and grouped by their form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kbmatch.matching.context import LINES_AFTER, LINES_BEFORE
from kbmatch.matching.decode import decode_utf8, utf8_blocks
from kbmatch.matching.matcher import Matcher
from kbmatch.matching.normalise import normalise
from kbmatch.redaction import redact

from .errors import MAX_LINE, looks_like_error
from .slots import slotted

CHUNK = 400
"""Lines looked at together; the context of a message may stand on lines around it."""
SIMILARITY = 0.5
_NUMBER = re.compile(r"(?<![\w{])\d+(?:\.\d+)?(?=\b|[a-z]{1,2}\b)")
_REDACTED = re.compile(r"<([a-z]+)-\d+>")
_HEX = re.compile(r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b")


@dataclass
class Group:
    """Lines of one form; `example` is the first of them, masked."""

    template: str
    count: int
    file: str
    line: int
    example: str


class NoDrainError(Exception):
    """The library that groups lines is not installed."""


class Gaps:
    """Collects unexplained error lines of any number of logs in little memory."""

    def __init__(self, matcher: Matcher, slots: Mapping[str, Any]) -> None:
        try:
            from drain3 import TemplateMiner
            from drain3.template_miner_config import TemplateMinerConfig
        except ImportError as error:
            raise NoDrainError from error
        config = TemplateMinerConfig()
        config.drain_sim_th = SIMILARITY
        config.drain_max_clusters = 10_000
        config.profiling_enabled = False
        self._miner = TemplateMiner(config=config)
        self._matcher = matcher
        self._slots = slots
        self._first: dict[int, tuple[str, int, str]] = {}
        self.read = 0
        self.unexplained = 0

    def add(self, name: str, blocks: Iterable[bytes]) -> None:
        """Look through one log."""
        before: list[str] = []
        number = 1
        for chunk in _chunks(blocks):
            # The last lines wait for what follows them, so that each has its surroundings.
            settled = len(chunk.lines) if chunk.last else max(0, len(chunk.lines) - LINES_AFTER)
            self._look(name, before + chunk.lines, len(before), len(before) + settled, number)
            before = (before + chunk.lines)[: len(before) + settled][-LINES_BEFORE:]
            number += settled
        self.read += number - 1

    def _look(self, name: str, lines: list[str], start: int, end: int, number: int) -> None:
        errors = [place for place in range(start, end) if looks_like_error(lines[place])]
        if not errors:
            return
        text = normalise("\n".join(lines))
        explained: set[int] = set()
        for hit in self._matcher.hits(text, whole=False):
            first = text.line_of(hit.start)
            explained.update(
                range(first, first + 1 + text.text.count("\n", hit.start, hit.end - 1))
            )
        for place in errors:
            if place not in explained:
                self._count(name, number + place - start, lines[place])

    def _count(self, name: str, number: int, line: str) -> None:
        self.unexplained += 1
        plain = normalise(line).cased.strip("\n").replace("\n", " ")
        masked = _REDACTED.sub(r"{\1}", slotted(redact(plain), self._slots))
        masked = _NUMBER.sub("{number}", _HEX.sub("{hex}", masked))
        found = self._miner.add_log_message(masked)
        self._first.setdefault(int(found["cluster_id"]), (name, number, redact(line.strip())))

    def groups(self) -> list[Group]:
        """Return the groups, largest first."""
        result = []
        for cluster in self._miner.drain.clusters:
            file, line, example = self._first[cluster.cluster_id]
            template = cluster.get_template().replace("<*>", "…")
            result.append(Group(template, cluster.size, file, line, example))
        return sorted(result, key=lambda group: (-group.count, group.file, group.line))


@dataclass
class _Chunk:
    lines: list[str]
    last: bool


def _chunks(blocks: Iterable[bytes]) -> Iterator[_Chunk]:
    """Yield lines in chunks; the lines at a chunk's end come again at the start of the next."""
    lines: list[str] = []
    for line in _lines(blocks):
        lines.append(line)
        if len(lines) >= CHUNK:
            yield _Chunk(lines, last=False)
            lines = lines[-LINES_AFTER:]
    yield _Chunk(lines, last=True)


def _lines(blocks: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for block in utf8_blocks(iter(blocks)):
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            yield decode_utf8(line[:MAX_LINE]).rstrip("\r")
        rest = rest[:MAX_LINE]  # of a line that never ends only the start counts
    if rest:
        yield decode_utf8(rest).rstrip("\r")
