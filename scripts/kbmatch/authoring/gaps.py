"""Error lines of logs that no signature explains, masked and grouped by their form.

Most lines of a log repeat. What is known of a line holds for all that differ from it in digits
only, so each form is masked once, and the gate of the log scan (matching/gate.py) says which
signatures are worth a look.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kbmatch.matching.context import LINES_AFTER, LINES_BEFORE
from kbmatch.matching.decode import decode_utf8, utf8_blocks
from kbmatch.matching.gate import Gate, make_gate
from kbmatch.matching.matcher import Hit, Matcher
from kbmatch.matching.normalise import normalise
from kbmatch.redaction import redact

from .core import core, without_codes
from .errors import MAX_LINE, looks_like_error
from .slots import slotted
from .wrappers import Wrappers

CHUNK = 400
"""Lines looked at together; the context of a message may stand on lines around it."""
SIMILARITY = 0.5
KNOWN_FORMS = 50_000
"""Lines that differ in digits and hex ids only are masked once; so many forms are remembered."""
# What a template masks anyway; statuses and names with digits tell lines apart.
_DIGITS = re.compile(
    r"\b(?=[a-f]*[0-9])[0-9a-f]{8,}\b|(?<![A-Za-z0-9_])(?![1-5][0-9]{2}(?![0-9]))[0-9]+"
)
_NAMED = re.compile(r"<([a-z]+)-\d+>")


@dataclass
class Group:
    """Lines of one form; `example` is the first of them, masked."""

    template: str
    count: int
    file: str
    line: int
    example: str
    near: bool
    """Whether it holds words of the knowledge's field, so that an entry would belong here."""


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
        self._wrappers = Wrappers(matcher)
        self._gate: Gate | None = None
        self._known: dict[tuple[str, str], int] = {}
        self._clusters: dict[int, Any] = {}
        self._first: dict[int, tuple[str, int, str]] = {}
        self._context = _vocabulary(matcher.settings)
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
        if self._gate is None:
            self._gate = make_gate(self._matcher)
        joined = "\n".join(lines)
        content = joined.encode("utf-8", "surrogatepass")
        candidates = {signature for _, signature in self._gate.places(content)}
        text = normalise(joined)
        hits: dict[int, list[Hit]] = {}
        for hit in self._matcher.hits(text, whole=False, only=candidates):
            first = text.line_of(hit.start)
            last = first + text.text.count("\n", hit.start, hit.end - 1)
            for place in range(first, last + 1):
                hits.setdefault(place, []).append(hit)
        for place in errors:
            rest = self._wrappers.rest(text, hits[place]) if place in hits else ""
            if rest or place not in hits:
                self._count(name, number + place - start, lines[place], rest)

    def _count(self, name: str, number: int, line: str, rest: str) -> None:
        """Count an unexplained line; of one whose wrapper is known, only the rest says its form."""
        self.unexplained += 1
        key = (_DIGITS.sub("0", line), "rest" if rest else "")
        known = self._known.get(key)
        if known is not None:
            self._clusters[known].size += 1
            return
        masked = _NAMED.sub(r"{\1}", slotted(redact(core(rest or line)), self._slots))
        found = self._miner.add_log_message(masked)
        cluster = int(found["cluster_id"])
        if len(self._known) < KNOWN_FORMS:
            self._known[key] = cluster
            self._clusters[cluster] = self._miner.drain.id_to_cluster[cluster]
        example = redact(without_codes(line.strip()))
        self._first.setdefault(cluster, (name, number, example))

    def groups(self) -> list[Group]:
        """Return the groups: those of the knowledge's field first, then the largest first."""
        result = []
        for cluster in self._miner.drain.clusters:
            file, line, example = self._first[cluster.cluster_id]
            template = cluster.get_template().replace("<*>", "…")
            said = normalise(example).text
            near = any(word in said for word in self._context)
            result.append(Group(template, cluster.size, file, line, example, near))
        key = operator.attrgetter("file", "line")
        return sorted(result, key=lambda group: (not group.near, -group.count, *key(group)))


def _vocabulary(settings: Mapping[str, Any]) -> frozenset[str]:
    """Return the words that show that a line is about the knowledge's field."""
    contexts = settings["contexts"].values()
    return frozenset(word for context in contexts for word in context["any"])


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
