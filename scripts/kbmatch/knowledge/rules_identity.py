"""Rules about names: ids are unique, permanent and where their address says they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .decode import closest
from .documents import Document, Documents
from .model import Knowledge, Position
from .problems import Problem, problem
from .rules import RuleSet

RULES = RuleSet()

_FEW = 12
"""So many names are listed where one is unknown and none is close."""

_ENTRIES = ("symptom", "cause", "solution")


@RULES.rule("KB201", "KB212")
def ids_are_unique(knowledge: Knowledge, documents: Documents) -> Iterator[Problem]:
    """One id, one entry; an overlay that reuses an id would hide an entry silently."""
    for kind in (*_ENTRIES, "table"):
        first: dict[str, Document] = {}
        for document in documents.of_kind(kind):
            earlier = first.setdefault(document.entry.id, document)
            if earlier is not document and document.entry.id:
                at = earlier.position("id")
                code = "KB212" if document.layer > earlier.layer else "KB201"
                variant = "other" if kind == "table" else ""
                where = document.position("id")
                values = {"id": document.entry.id, "path": at.path, "line": at.line}
                yield problem(code, where, variant, **values).with_places(at)
    yield from _unique_links(documents)
    yield from _unique_terms(documents)
    yield from _unique_overrides(documents)


def _unique_links(documents: Documents) -> Iterator[Problem]:
    first: dict[str, tuple[Document, int]] = {}
    for document in documents.of_kind("links"):
        for index, link in enumerate(document.entry):
            earlier = first.setdefault(link.id, (document, index))
            if earlier != (document, index) and link.id:
                at = earlier[0].position(earlier[1], "id")
                code = "KB212" if document.layer > earlier[0].layer else "KB201"
                values = {"id": link.id, "path": at.path, "line": at.line}
                where = document.position(index, "id")
                yield problem(code, where, "other", **values).with_places(at)


def _unique_terms(documents: Documents) -> Iterator[Problem]:
    """An overlay that writes a term otherwise would turn the other texts into mistakes."""
    first: dict[str, tuple[Document, int]] = {}
    for document in documents.of_kind("glossary"):
        for index, term in enumerate(document.entry):
            earlier, place = first.setdefault(term.en.casefold(), (document, index))
            if document.layer > earlier.layer and term.en:
                at = earlier.position(place, "en")
                values = {"id": term.en, "path": at.path, "line": at.line}
                where = document.position(index, "en")
                yield problem("KB212", where, "term", **values).with_places(at)


def _unique_overrides(documents: Documents) -> Iterator[Problem]:
    """Of two overlays that replace the same text, one would win without a word."""
    for kind in _ENTRIES:
        first: dict[tuple[str, str], Document] = {}
        for document in documents.of_kind(f"{kind}-override"):
            identity = document.entry.overrides
            for key in document.entry.changes if identity and document.layer else ():
                earlier = first.setdefault((identity, key), document)
                if earlier.layer != document.layer:
                    at = earlier.key_position(key)
                    values = {"id": identity, "key": key, "path": at.path, "line": at.line}
                    where = document.key_position(key)
                    yield problem("KB212", where, "override", **values).with_places(at)


@RULES.rule("KB202")
def ids_are_file_names(knowledge: Knowledge, documents: Documents) -> Iterator[Problem]:
    """Whoever knows an id knows the file."""
    for document in documents.of_kind(*_ENTRIES, "table"):
        if document.entry.id and document.entry.id != document.name:
            yield problem(
                "KB202", document.position("id"), id=document.entry.id, name=document.name
            )


@RULES.rule("KB203")
def areas_are_folders(knowledge: Knowledge, documents: Documents) -> Iterator[Problem]:
    """The folder of an entry is its area."""
    for document in documents.of_kind(*_ENTRIES):
        if document.entry.area and document.entry.area != document.folder:
            yield problem(
                "KB203",
                document.position("area"),
                area=document.entry.area,
                folder=document.folder,
            )


@RULES.rule("KB209")
def retired_ids_are_free(knowledge: Knowledge, documents: Documents) -> Iterator[Problem]:
    """A retired id redirects, so no page and no other retirement may have it."""
    retired: dict[str, Document] = {}
    live = {document.entry.id: document for document in documents.of_kind("symptom")}
    for document in documents.of_kind("symptom"):
        for index, identity in enumerate(document.entry.retired_ids):
            taken = live.get(identity) or retired.get(identity)
            if taken is not None and identity:
                at = taken.position("id")
                where = document.position("retired_ids", index)
                yield problem("KB209", where, id=identity, path=at.path, line=at.line)
            retired.setdefault(identity, document)


@RULES.rule("KB210")
def signature_ids_are_unique(knowledge: Knowledge, documents: Documents) -> Iterator[Problem]:
    """Within a symptom a signature id names one signature."""
    for document in documents.of_kind("symptom"):
        seen = set()
        for index, signature in enumerate(document.entry.signatures):
            if signature.id and signature.id in seen:
                where = document.position("signatures", index, "id")
                yield problem("KB210", where, id=signature.id)
            seen.add(signature.id)


@RULES.rule("KB114")
def settings_name_once(knowledge: Knowledge, documents: Documents) -> Iterator[Problem]:
    """Areas, phases, platforms and tools are looked up by id; overlays only add."""
    for key in ("areas", "phases", "platforms", "tools"):
        seen: dict[str, Position] = {}
        for document in documents.of_kind("settings", "overlay"):
            for index, item in enumerate(getattr(document.entry, key, ())):
                where = document.position(key, index, "id")
                first = seen.setdefault(item.id, where)
                if item.id and first is not where:
                    yield _named_twice(where, first, item.id, key)
    slots: dict[str, Position] = {}
    for document in documents.of_kind("settings", "overlay"):
        for name in getattr(document.entry, "slots", ()):
            where = document.key_position("slots", name)
            first = slots.setdefault(name, where)
            if first is not where:
                yield _named_twice(where, first, name, "slots")


def _named_twice(where: Position, first: Position, id: str, key: str) -> Problem:
    found = problem("KB114", where, id=id, key=key, path=first.path, line=first.line)
    return found.with_places(first)


@RULES.rule("KB214")
def overrides_have_targets(knowledge: Knowledge, documents: Documents) -> Iterator[Problem]:
    """An override replaces texts of an entry that exists, once per overlay."""
    tables: dict[str, Any] = {
        "symptom": knowledge.symptoms,
        "cause": knowledge.causes,
        "solution": knowledge.solutions,
    }
    for kind, known in tables.items():
        seen: set[tuple[int, str]] = set()
        for document in documents.of_kind(f"{kind}-override"):
            identity = document.entry.overrides
            where = document.position("overrides")
            if not document.layer:
                yield problem("KB214", where, "base", kind=kind, id=identity)
            elif identity and identity not in known:
                yield missing("KB214", where, known, kind=kind, id=identity)
            elif (document.layer, identity) in seen:
                yield problem("KB214", where, "twice", kind=kind, id=identity)
            seen.add((document.layer, identity))


def missing(
    code: str, where: Any, known: Iterable[str], variant: str = "", **values: str
) -> Problem:
    """Make a problem about a name that isn't known, with the closest, or all when few."""
    names = tuple(known)
    close = closest(values["id"], names)
    found = "close" if close else "few" if 0 < len(names) <= _FEW else ""
    listed = ", ".join(names) if found == "few" else ""
    return problem(code, where, f"{variant} {found}", close=close, known=listed, **values)
