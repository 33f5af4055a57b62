"""The documents of a knowledge base as they were read: what rules point into.

The model says what the knowledge is; a document says where each part of it stands in which file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .model import Position, Text
from .source import Path as ValuePath
from .source import Source


@dataclass(frozen=True, slots=True)
class Document:
    """One file with what was made of it."""

    kind: str
    """One of `shapes.KINDS`."""
    name: str
    """The file's name without `.yaml`."""
    folder: str
    """The folder below symptoms/, causes/ or solutions/."""
    layer: int
    """0 for the knowledge itself, then its overlays in order."""
    relative: str
    file: Path
    data: bytes
    digest: str
    """Hex SHA-256 of `data`."""
    source: Source
    entry: Any
    """The model object; for links.yaml and glossary.yaml a tuple of them."""
    texts: tuple[tuple[ValuePath, Text], ...]
    """Every text with its place in the document."""
    broken: bool

    @property
    def path(self) -> str:
        """The path named in problems."""
        return self.source.path

    @property
    def label(self) -> str:
        """What translation records and messages call the document: `symptom/paper-jam`."""
        base = self.kind.removesuffix("-override")
        label = f"{base}/{self.name}" if base in _MANY else base
        return label if base == self.kind else f"{label}-override"

    def position(self, *path: str | int, needle: str = "") -> Position:
        """Return where a value stands, or where in it `needle` does."""
        return self.source.position(path, needle)

    def key_position(self, *path: str | int) -> Position:
        """Return where the key of a value stands."""
        return self.source.key_position(path)


_MANY = ("symptom", "cause", "solution", "table")


class Documents:
    """All documents of one knowledge base, with the look-ups that rules need."""

    def __init__(
        self,
        documents: tuple[Document, ...],
        languages: tuple[str, ...],
        settings_known: bool,
        unread: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        self.all = documents
        self.languages = languages
        self.settings_known = settings_known
        """False when kb.yaml can't be used, so nothing can be said about names it would declare."""
        self.unread = unread
        """Kind and name of files that can't be read: they exist, but what they say isn't known."""
        self._by_kind: dict[str, list[Document]] = {}
        self._by_id: dict[tuple[str, str], Document] = {}
        for document in documents:
            self._by_kind.setdefault(document.kind, []).append(document)
            if document.kind in _MANY:
                self._by_id.setdefault((document.kind, document.entry.id), document)

    def __iter__(self) -> Iterator[Document]:
        return iter(self.all)

    def of_kind(self, *kinds: str) -> list[Document]:
        """Return the documents of these kinds, in order of reading."""
        return [document for kind in kinds for document in self._by_kind.get(kind, ())]

    def unread_names(self, kind: str) -> list[str]:
        """Return the names of files of a kind that can't be read."""
        return [name for unread, name in self.unread if unread == kind]

    def of(self, kind: str, identity: str) -> Document:
        """Return the document of a symptom, cause, solution or table."""
        return self._by_id[kind, identity]

    def position(self, kind: str, identity: str, *path: str | int) -> Position:
        """Return where a value of an entry stands: `position("symptom", id, "signatures", 0)`."""
        return self.of(kind, identity).position(*path)
