"""Documents read from files, kept from one look at a directory to the next.

Whoever looks at the same directory again and again (`kb serve`, `kb validate --watch`) keeps a
store, and then only files that have changed are read and decoded. An unchanged file gives the very
same `Document`, so others can tell by identity what is new.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path

from . import files
from .decode import decode
from .documents import Document
from .model import Position
from .problems import Problem, problem
from .shapes import ENTRY_CLASSES
from .source import read

_YOUNG = 100_000_000
"""Nanoseconds: a file written that shortly before it was read may change again unnoticed, within
one tick of the file system's clock."""

_State = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Kept:
    state: _State
    languages: tuple[str, ...]
    file: files.SourceFile
    document: Document | None
    problems: tuple[Problem, ...]


class DocumentStore:
    """Reads documents, or returns them as they were when their files have not changed."""

    def __init__(self) -> None:
        self._before: dict[str, _Kept] = {}
        self._now: dict[str, _Kept] = {}

    def begin(self) -> None:
        """Start a new look; what the last one did not ask for is forgotten."""
        self._before, self._now = self._now, {}

    def read(
        self, file: files.SourceFile, languages: tuple[str, ...], problems: list[Problem]
    ) -> Document | None:
        """Return the document of a file, None when nothing of it can be used; add its problems."""
        path = str(file.path)
        started = time.time_ns()
        state = _state(file.path)
        kept = self._before.get(path)
        if (
            kept is None
            or kept.state != state
            or kept.languages != languages
            or kept.file != file
            or state is None
        ):
            found: list[Problem] = []
            document = _read(file, languages, found)
            if state is None or started - max(state[1:3]) < _YOUNG:
                state = (0, 0, 0, 0)  # never equal to a real one: read again next time
            kept = _Kept(state, languages, file, document, tuple(found))
        self._now[path] = kept
        problems.extend(kept.problems)
        return kept.document


def _state(path: Path) -> _State | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _read(
    file: files.SourceFile, languages: tuple[str, ...], problems: list[Problem]
) -> Document | None:
    shown = files.shown(file.path)
    if file.relative == "kb.yaml" and not file.path.exists():
        problems.append(problem("KB109", Position(shown, 1, 1)))
        return None
    reading = read(file.path, shown)
    problems.extend(reading.problems)
    if reading.source is None:
        return None
    kind = file.kind
    value = reading.source.value
    if kind in ENTRY_CLASSES and isinstance(value, dict) and "overrides" in value:
        kind = f"{kind}-override"
    decoded = decode(kind, reading.source, languages)
    problems.extend(decoded.problems)
    return Document(
        kind=kind,
        name=file.name,
        folder=file.folder,
        layer=file.layer,
        relative=file.relative,
        file=file.path,
        data=reading.data,
        digest=hashlib.sha256(reading.data).hexdigest(),
        source=reading.source,
        entry=decoded.value,
        texts=tuple(decoded.texts),
        broken=bool(reading.problems or decoded.problems),
    )
