"""Which files of a directory are knowledge, and which only look like it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .model import Position
from .problems import Problem, problem

_FOLDERS = {"symptoms": "symptom", "causes": "cause", "solutions": "solution"}
_SINGLE = {"links.yaml": "links", "glossary.yaml": "glossary"}
# Read by `translations.py`, not part of the knowledge itself.
_ELSEWHERE = ("translations",)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to read, and what its place says about it."""

    path: Path
    kind: str
    name: str
    folder: str
    layer: int
    relative: str


def shown(path: str | os.PathLike[str]) -> str:
    """Return a path as problems name it; bytes that are no text show as escapes."""
    text = os.fspath(path).replace(os.sep, "/")
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def find(
    root: Path,
    layer: int,
    problems: list[Problem],
    *,
    prefix: str = "",
    but: Iterable[Path] = (),
) -> list[SourceFile]:
    """List the knowledge files below `root` in a fixed order; report those nothing reads.

    `prefix` tells the files of an overlay apart where only relative paths are compared. The
    directories of `but` are knowledge of their own, also where they lie below this one.
    """
    found = []
    others = {folder.resolve() for folder in but}
    for relative in _walk(root, problems, others):
        name = relative.rsplit("/", 1)[-1]
        start = Position(shown(root / relative), 1, 1)
        if not _is_text(name):
            problems.append(problem("KB107", start, "name"))
            continue
        if name.endswith(".yml"):
            problems.append(problem("KB107", start, "suffix"))
            continue
        if not name.endswith(".yaml"):
            continue
        parts = relative.split("/")
        stem = name.removesuffix(".yaml")
        if relative == "kb.yaml":
            kind, folder = ("overlay" if layer else "settings"), ""
        elif relative in _SINGLE:
            kind, folder = _SINGLE[relative], ""
        elif len(parts) == 2 and parts[0] == "tables":
            kind, folder = "table", ""
        elif len(parts) == 3 and parts[0] in _FOLDERS:
            kind, folder = _FOLDERS[parts[0]], parts[1]
        elif parts[0] in _ELSEWHERE:
            continue
        else:
            problems.append(problem("KB107", start))
            continue
        label = f"{prefix}/{relative}" if prefix else relative
        found.append(SourceFile(root / relative, kind, stem, folder, layer, label))
    return found


def _walk(root: Path, problems: list[Problem], others: set[Path]) -> Iterator[str]:
    """Yield the paths of all files below `root`, sorted; a directory named *.yaml is one too."""
    pending = [""]
    while pending:
        below = pending.pop()
        try:
            with os.scandir(root / below) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            if below or not isinstance(error, FileNotFoundError):
                where = Position(shown(root / below), 1, 1)
                reason = error.strerror or type(error).__name__
                problems.append(problem("KB001", where, reason=reason))
            continue
        folders = []
        for entry in listed:
            # Hidden files and those editors leave behind are nobody's knowledge.
            if entry.name.startswith((".", "#")) or entry.name.endswith("~"):
                continue
            relative = f"{below}/{entry.name}" if below else entry.name
            if entry.is_symlink() and entry.is_dir() and not entry.name.endswith(".yaml"):
                # Followed, it could lead round in circles; ignored, entries would seem published.
                where = Position(shown(root / relative), 1, 1)
                problems.append(problem("KB107", where, "link"))
            elif entry.is_dir(follow_symlinks=False) and not entry.name.endswith(".yaml"):
                if len(others) < 2 or (root / relative).resolve() not in others:
                    folders.append(relative)
            else:
                yield relative
        pending.extend(reversed(folders))


def _is_text(name: str) -> bool:
    """Whether a file's name is text; others can't be an id, and break every output."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
