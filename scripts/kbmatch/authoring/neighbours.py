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


def neighbours(line: str, pack: Pack, language: str) -> Known:
    """Return what the knowledge of a pack says about an error line."""
    documents = Documents(pack)
    matcher = Matcher(pack)
    found = answer(line, matcher, language).found
    rest, wrapper = "", None
    if found:
        text = normalise(line)
        rest = Wrappers(matcher).rest(text, matcher.hits(text))
        first = _neighbour(found[0].id, documents, language)
        if not rest:
            return Known(explained=first)
        wrapper = first
    near = related(pack, rest or line, language)
    pages = (_neighbour(page.id, documents, language) for page in near)
    return Known(wrapper=wrapper, rest=rest, near=tuple(p for p in pages if p != wrapper))


def _neighbour(id: str, documents: Documents, language: str) -> Neighbour:
    symptom = documents[f"symptoms/{id}"]
    return Neighbour(
        id,
        symptom["title"][language],
        symptom["summary"][language],
        symptom["area"],
        symptom["phase"],
        symptom["signatures"][0]["tools"][0],
    )


def cause_ids(pack: Pack | None, directories: Iterable[Path]) -> set[str]:
    """Return the ids of causes that an entry may name: those published, and those just written."""
    found = {path.stem for folder in directories for path in folder.glob("causes/*/*.yaml")}
    if pack is not None:
        found |= {key.partition("/")[2] for key in Documents(pack).keys("causes")}
    return found
