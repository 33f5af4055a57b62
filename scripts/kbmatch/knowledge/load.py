"""A knowledge directory into one checked `Knowledge`, its overlays included.

Loading does what every reader of the knowledge relies on: documents decode, ids are unique,
references resolve. Rules about style and wording belong to `validate.py`, so that a build is not
slowed by them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from . import files, overlays, rules_identity, rules_references
from .documents import Documents
from .model import Knowledge, Text
from .problems import Problem, errors, in_order
from .rules import run_rules
from .settings import Settings
from .shapes import DEFAULT_LANGUAGES, OverlaySettings
from .store import DocumentStore

SHOWN = 10
"""So many problems are listed where knowledge was to be used."""
_EMPTY_TEXT = Text(MappingProxyType(dict.fromkeys(DEFAULT_LANGUAGES, "")))


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a directory holds; `knowledge` is None when anything in it is wrong."""

    knowledge: Knowledge | None
    problems: tuple[Problem, ...]
    draft: Knowledge
    """Everything that could be read, gaps filled with empty values; for rules and for authors."""
    documents: Documents
    directories: tuple[Path, ...]
    """The directory and its overlays: what a fingerprint has to cover."""


class KnowledgeError(Exception):
    """A knowledge base with problems was to be used."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(self.in_language("en"))

    def in_language(self, language: str) -> str:
        """Return the first problems, a line each, and how many more there are."""
        listed = [str(item.in_language(language)) for item in self.problems[:SHOWN]]
        more = len(self.problems) - SHOWN
        return "\n".join([*listed, f"… +{more}"] if more > 0 else listed)


def load_knowledge(
    directory: str | os.PathLike[str], store: DocumentStore | None = None
) -> LoadResult:
    """Read a knowledge directory and its overlays; `store` spares files that have not changed."""
    result = read_knowledge(directory, store)
    found = run_rules(
        (*rules_identity.RULES, *rules_references.RULES), result.draft, result.documents
    )
    problems = in_order((*result.problems, *found))
    knowledge = None if errors(problems) else result.draft
    return LoadResult(knowledge, problems, result.draft, result.documents, result.directories)


def load_or_raise(
    directory: str | os.PathLike[str], store: DocumentStore | None = None
) -> Knowledge:
    """Return the knowledge of a directory; raise `KnowledgeError` when anything is wrong."""
    result = load_knowledge(directory, store)
    if result.knowledge is None:
        raise KnowledgeError(result.problems)
    return result.knowledge


def read_knowledge(
    directory: str | os.PathLike[str], store: DocumentStore | None = None
) -> LoadResult:
    """Read and decode without applying any rule; `knowledge` of the result is None."""
    root = Path(directory)
    problems: list[Problem] = []
    store = store or DocumentStore()
    store.begin()
    settings_file = files.SourceFile(root / "kb.yaml", "settings", "kb", "", 0, "kb.yaml")
    settings_document = store.read(settings_file, DEFAULT_LANGUAGES, problems)
    settings = settings_document.entry if settings_document else None
    settings_known = isinstance(settings, Settings)
    if not isinstance(settings, Settings):
        settings = empty_settings()
    languages = settings.languages or DEFAULT_LANGUAGES
    if settings_document and tuple(languages) != DEFAULT_LANGUAGES:
        # The languages stand in the file itself, so it is decoded again with them.
        problems.clear()
        settings_document = store.read(settings_file, languages, problems)
        settings = settings_document.entry if settings_document else settings
    documents = [settings_document] if settings_document else []
    above = list(overlays.directories(root, settings, settings_document, problems))
    directories = [root, *(folder for _, folder in above)]
    layers = [files.find(root, 0, problems, but=directories)]
    for name, folder in above:
        layers.append(files.find(folder, len(layers), problems, prefix=name, but=directories))
    unread = set()
    for found in (file for layer in layers for file in layer):
        if found.kind == "settings":
            continue
        document = store.read(found, languages, problems)
        if document is None:
            unread.add((found.kind, found.name))
        else:
            documents.append(document)
    index = Documents(tuple(documents), tuple(languages), settings_known, frozenset(unread))
    draft = _assemble(index, settings, problems)
    return LoadResult(None, in_order(problems), draft, index, tuple(directories))


def empty_settings() -> Settings:
    """Return settings that name nothing, in place of a kb.yaml that can't be used."""
    return Settings(
        title=_EMPTY_TEXT, description=_EMPTY_TEXT, languages=DEFAULT_LANGUAGES, areas=(),
        phases=(), platforms=(), tools=(), fixers=(), slots=MappingProxyType({}),
    )  # fmt: skip


def _assemble(documents: Documents, settings: Settings, problems: list[Problem]) -> Knowledge:
    """Join the documents of all layers; what is twice is kept once, the rules report it."""
    origins = {
        document.layer: document.entry.title
        for document in documents
        if isinstance(document.entry, OverlaySettings)
    }
    merged = overlays.merge_settings(settings, documents)
    order = {area.id: number for number, area in enumerate(merged.areas)}
    entries: dict[str, dict[str, Any]] = {"symptom": {}, "cause": {}, "solution": {}}
    for document in sorted(documents, key=lambda d: (order.get(d.folder, len(order)), d.name)):
        if document.kind in entries and document.entry.id:
            origin = overlays.origin(origins, document.layer, documents.languages)
            chosen = entries[document.kind]
            if document.entry.id not in chosen or document.layer == 0:
                chosen[document.entry.id] = overlays.with_origin(document.entry, origin)
    overlays.apply_overrides(entries, documents, origins)
    links: dict[str, Any] = {}
    for document in documents.of_kind("links"):
        origin = overlays.origin(origins, document.layer, documents.languages)
        for link in document.entry:
            if link.id:
                links.setdefault(link.id, overlays.with_origin(link, origin))
    return Knowledge(
        settings=merged,
        symptoms=MappingProxyType(entries["symptom"]),
        causes=MappingProxyType(entries["cause"]),
        solutions=MappingProxyType(entries["solution"]),
        links=MappingProxyType(links),
        glossary=tuple(t for d in documents.of_kind("glossary") for t in d.entry),
        tables=tuple(d.entry for d in documents.of_kind("table")),
        source_hash=_source_hash(documents),
        origins=MappingProxyType(
            {title.get(documents.languages[0]): title for title in origins.values()}
        ),
    )


def _source_hash(documents: Documents) -> str:
    import hashlib

    total = hashlib.sha256()
    for document in sorted(documents, key=lambda d: (d.layer, d.relative)):
        total.update(f"{document.layer}\0{document.relative}\0{document.digest}\n".encode())
    return total.hexdigest()
