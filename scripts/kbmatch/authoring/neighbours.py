"""What the knowledge says about an error already: the page that explains it, or the nearest."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from kbmatch.matching.answer import answer
from kbmatch.matching.documents import Documents
from kbmatch.matching.matcher import Matcher
from kbmatch.matching.normalise import normalise
from kbmatch.matching.pack import Pack
from kbmatch.search.related import related

from .importing import Existing
from .wrappers import Wrappers


class Neighbour(NamedTuple):
    """A page near an error text, with what a new entry may take over from it."""

    id: str
    title: str
    summary: str
    area: str
    phase: str
    tool: str


class Known(NamedTuple):
    """What is known of a text: `rest` is what stands behind a message that only wraps others."""

    explained: Neighbour | None = None
    wrapper: Neighbour | None = None
    rest: str = ""
    near: tuple[Neighbour, ...] = ()


class Neighbourhood:
    """A pack to be asked about any number of lines."""

    def __init__(self, pack: Pack, language: str) -> None:
        self._pack = pack
        self._language = language
        self._documents = Documents(pack)
        self._matcher = Matcher(pack)
        self._wrappers = Wrappers(self._matcher)

    def of(self, line: str) -> Known:
        """Return what the knowledge says about an error line."""
        found = answer(line, self._matcher, self._language).found
        rest, wrapper = "", None
        if found:
            text = normalise(line)
            rest = self._wrappers.rest(text, self._matcher.hits(text))
            first = self._page(found[0].id)
            if not rest:
                return Known(explained=first)
            wrapper = first
        near = related(self._pack, rest or line, self._language)
        pages = (self._page(page.id) for page in near)
        return Known(wrapper=wrapper, rest=rest, near=tuple(p for p in pages if p != wrapper))

    def _page(self, id: str) -> Neighbour:
        symptom = self._documents[f"symptoms/{id}"]
        return Neighbour(
            id,
            symptom["title"][self._language],
            symptom["summary"][self._language],
            symptom["area"],
            symptom["phase"],
            symptom["signatures"][0]["tools"][0],
        )


def existing(pack: Pack) -> Existing:
    """Return the ids and link addresses that an import must not use again."""
    documents = Documents(pack)
    kinds = ("symptoms", "causes", "solutions", "links")
    ids = {key.partition("/")[2] for kind in kinds for key in documents.keys(kind)}
    links = {documents[key]["url"]: key.partition("/")[2] for key in documents.keys("links")}
    return Existing(frozenset(ids), links)


def cause_ids(pack: Pack | None, directories: Iterable[Path]) -> set[str]:
    """Return the ids of causes that an entry may name: those published, and those just written."""
    found = {path.stem for folder in directories for path in folder.glob("causes/*/*.yaml")}
    if pack is not None:
        found |= {key.partition("/")[2] for key in Documents(pack).keys("causes")}
    return found
