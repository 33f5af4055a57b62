"""YAML files into plain values with a position for each, whatever the files contain.

PyYAML's own loaders build Python objects from tags, expand aliases without limit and keep the last
of two equal keys. Here its parser only delivers events; values are built from them with a stack of
our own, so that nothing is constructed, nothing recurses and every limit is checked as we go.
Scalars stay the text the author wrote, except plain `true`, `false` and nothing at all.
"""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

import yaml

from .model import Position
from .problems import Problem, problem

try:
    from yaml.cyaml import CParser as _Parser  # type: ignore[attr-defined]
except ImportError:  # PyYAML built without libyaml: slower, same events
    from yaml import SafeLoader as _Parser  # type: ignore[assignment]

Path = tuple[str | int, ...]
Value = Any
"""None, bool, str, list of values, or dict from str to value."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read before it is refused."""

    size: int = 2 * 1024 * 1024
    nodes: int = 100_000
    depth: int = 32


DEFAULT_LIMITS = Limits()


@dataclass(slots=True)
class Source:
    """One YAML document: its text, its plain value, and where each part of the value stands."""

    path: str
    text: str
    value: Value
    marks: dict[Path, tuple[int, int]] = field(default_factory=dict)
    """Start and end offset of each value."""
    keys: dict[Path, int] = field(default_factory=dict)
    """Offset of the key of each mapping entry."""

    def position(self, path: Path = (), needle: str = "") -> Position:
        """Return where the value at `path` stands; with `needle`, where in it that text stands.

        A path inside an alias has no place of its own and gets the alias's.
        """
        while path and path not in self.marks:
            path = path[:-1]
        start, end = self.marks.get(path, (0, 0))
        if needle:
            found = self.text.find(needle, start, end)
            start = found if found >= 0 else start
        return self.at(start)

    def key_position(self, path: Path) -> Position:
        """Return where the key of the mapping entry at `path` stands."""
        offset = self.keys.get(path)
        return self.position(path) if offset is None else self.at(offset)

    def at(self, offset: int) -> Position:
        """Return line and column of an offset in the text."""
        line = self.text.count("\n", 0, offset) + 1
        return Position(self.path, line, offset - self.text.rfind("\n", 0, offset))


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one file; `source` is None when nothing of it can be used."""

    source: Source | None
    problems: tuple[Problem, ...] = ()
    data: bytes = b""


def read(file: FilePath, shown: str = "", limits: Limits = DEFAULT_LIMITS) -> Reading:
    """Read one file; `shown` is the path named in problems."""
    shown = shown or str(file)
    start = Position(shown, 1, 1)
    try:
        # Checked before opening: opening a named pipe would wait for ever.
        if not stat.S_ISREG(file.stat().st_mode):
            kind = "directory" if file.is_dir() else "special"
            return Reading(None, (problem("KB001", start, kind),))
        with file.open("rb") as stream:
            data = stream.read(limits.size + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        kind = "dangling" if file.is_symlink() and not file.exists() else ""
        return Reading(None, (problem("KB001", start, kind, reason=reason),))
    if len(data) > limits.size:
        return Reading(None, (problem("KB003", start, limit=f"{limits.size // 1024} KiB"),))
    reading = read_bytes(data, shown, limits)
    return Reading(reading.source, reading.problems, data)


def read_bytes(data: bytes, shown: str, limits: Limits = DEFAULT_LIMITS) -> Reading:
    """Read a document from bytes, as a file named `shown` would be read."""
    start = Position(shown, 1, 1)
    if data.startswith(_UTF16_MARKS):
        return Reading(None, (problem("KB002", start, "utf16"),))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = len(data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8")) + 1
        where = Position(shown, line, column)
        return Reading(None, (problem("KB002", where, byte=f"0x{data[error.start]:02x}"),))
    control = _CONTROL.search(text)
    if control:
        where = Source(shown, text, None).at(control.start())
        name = f"U+{ord(control.group()):04X}"
        return Reading(None, (problem("KB002", where, "control", character=name),))
    builder = _Builder(shown, text, limits)
    try:
        builder.build()
    except _Refused as refusal:
        return Reading(None, (*builder.problems, refusal.problem))
    except yaml.MarkedYAMLError as error:
        return Reading(None, (*builder.problems, _syntax_problem(error, shown, text)))
    except yaml.YAMLError as error:
        detail = str(error).splitlines()[0]
        return Reading(None, (*builder.problems, problem("KB004", start, detail=detail)))
    return Reading(builder.source, tuple(builder.problems))


_CONFLICT = re.compile(r"^(?:<{7} |={7}$|>{7} )", re.MULTILINE)
_BARE_SLOT = re.compile(r"\s*(?:- +)?(?:[\w-]+: +)?\{[a-z0-9_:]+\}")
_BARE_KEY = re.compile(r"\s*(?:- +)?[\w-]+")


def _syntax_problem(error: yaml.MarkedYAMLError, shown: str, text: str) -> Problem:
    """Say what the parser stumbled over, and what authors most likely did to make it stumble."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    detail = ", ".join(part for part in (error.context, error.problem) if part)
    written = (text.split("\n")[line - 1 : line] or [""])[0]
    conflict = _CONFLICT.search(text)
    variant = ""
    if conflict:
        at = Source(shown, text, None).at(conflict.start())
        return problem("KB004", at, "conflict", detail=detail)
    if "\t" in written[: len(written) - len(written.lstrip())]:
        variant = "tab"
    elif _BARE_SLOT.match(written):
        variant = "slot"
    elif "mapping values are not allowed" in detail:
        # The first colon of the line ends a key; then it is the key that stands wrongly.
        variant = "indent" if _BARE_KEY.fullmatch(written[: column - 1]) else "colon"
    elif "cannot start any token" in detail:
        variant = "token"
    elif "expected key" in detail or "simple key" in detail:
        variant = "indent"
    return problem("KB004", Position(shown, line, column), variant, detail=detail)


class _Refused(Exception):  # noqa: N818 - not an error of the program but of the file
    def __init__(self, refused: Problem) -> None:
        super().__init__(refused.message)
        self.problem = refused


class _Frame:
    """A list or mapping that is being filled."""

    __slots__ = ("anchor", "container", "key", "nodes_before", "path")

    def __init__(self, container: Any, path: Path, anchor: str | None, nodes: int) -> None:
        self.container = container
        self.path = path
        self.anchor = anchor
        self.nodes_before = nodes
        self.key: str | None = None


class _Builder:
    """Builds the value of one document from parser events."""

    def __init__(self, shown: str, text: str, limits: Limits) -> None:
        self.source = Source(shown, text, None)
        self.problems: list[Problem] = []
        self._limits = limits
        self._nodes = 0
        self._stack: list[_Frame] = []
        # Anchor -> value and how many nodes it stands for; absent while still being built.
        self._anchors: dict[str, tuple[Value, int]] = {}

    def build(self) -> None:
        parser: Any = _Parser(self.source.text)
        try:
            self._run(parser)
        finally:
            # The C parser may hold a reference cycle with its input.
            if hasattr(parser, "dispose"):
                parser.dispose()

    def _run(self, parser: Any) -> None:
        documents = 0
        while True:
            event = parser.get_event()
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind is yaml.MappingStartEvent:
                self._open({}, event)
            elif kind is yaml.SequenceStartEvent:
                self._open([], event)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._close(event)
            elif kind is yaml.AliasEvent:
                self._alias(event)
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self._refuse("KB009", event)
            elif kind is yaml.StreamEndEvent or event is None:
                break
        if documents == 0:
            raise _Refused(problem("KB009", self.source.at(0), "empty"))

    def _scalar(self, event: Any) -> None:
        frame = self._stack[-1] if self._stack else None
        if event.tag is not None:
            self._refuse("KB005", event, tag=event.tag)
        if frame is not None and type(frame.container) is dict and frame.key is None:
            self._key(frame, event)
            return
        self._count(event, 1)
        value: Value = event.value
        if not event.style and value in _PLAIN:
            value = _PLAIN[value]
        path = self._place(value, event)
        self.source.marks[path] = (event.start_mark.index, event.end_mark.index)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, 1)

    def _key(self, frame: _Frame, event: Any) -> None:
        key = event.value
        path = (*frame.path, key)
        offset = event.start_mark.index
        if event.anchor is not None:
            self._anchors[event.anchor] = (key, 1)
        if key in frame.container:
            first = self.source.at(self.source.keys[path])
            self.problems.append(problem("KB007", self.source.at(offset), key=key, line=first.line))
        self.source.keys.setdefault(path, offset)
        frame.key = key

    def _open(self, container: Any, event: Any) -> None:
        if event.tag is not None:
            self._refuse("KB005", event, tag=event.tag)
        self._refuse_complex_key(event)
        if len(self._stack) >= self._limits.depth:
            self._refuse("KB008", event, limit=self._limits.depth)
        before = self._nodes
        self._count(event, 1)
        path = self._place(container, event)
        self.source.marks[path] = (event.start_mark.index, event.end_mark.index)
        if event.anchor is not None:
            self._anchors.pop(event.anchor, None)
        self._stack.append(_Frame(container, path, event.anchor, before))

    def _close(self, event: Any) -> None:
        frame = self._stack.pop()
        start = self.source.marks[frame.path][0]
        self.source.marks[frame.path] = (start, event.end_mark.index)
        if frame.anchor is not None:
            self._anchors[frame.anchor] = (frame.container, self._nodes - frame.nodes_before)

    def _alias(self, event: Any) -> None:
        self._refuse_complex_key(event)
        known = self._anchors.get(event.anchor)
        if known is None:
            inside = any(frame.anchor == event.anchor for frame in self._stack)
            self._refuse("KB006", event, "loop" if inside else "unknown", name=event.anchor)
            return
        value, nodes = known
        if self._nodes + nodes > self._limits.nodes:
            self._refuse("KB006", event, name=event.anchor, limit=self._limits.nodes)
        self._nodes += nodes
        path = self._place(value, event)
        self.source.marks[path] = (event.start_mark.index, event.end_mark.index)

    def _place(self, value: Value, event: Any) -> Path:
        """Put a value where it belongs and return its path."""
        if not self._stack:
            self.source.value = value
            return ()
        frame = self._stack[-1]
        if type(frame.container) is list:
            frame.container.append(value)
            return (*frame.path, len(frame.container) - 1)
        key = frame.key
        assert key is not None
        frame.key = None
        # The first of two equal keys is kept; the second has its problem already.
        frame.container.setdefault(key, value)
        return (*frame.path, key)

    def _count(self, event: Any, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > self._limits.nodes:
            self._refuse("KB003", event, "nodes", limit=self._limits.nodes)

    def _refuse_complex_key(self, event: Any) -> None:
        frame = self._stack[-1] if self._stack else None
        if frame is not None and type(frame.container) is dict and frame.key is None:
            self._refuse("KB010", event)

    def _refuse(self, code: str, event: Any, variant: str = "", **values: object) -> None:
        raise _Refused(problem(code, self.source.at(event.start_mark.index), variant, **values))


_PLAIN: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
