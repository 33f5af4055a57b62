"""What is searched: every page's whole text, by how much each part says about the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from .tokens import Concepts, index_tokens

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from kbmatch.matching.documents import Documents

WEIGHTS: Mapping[str, float] = {
    "title": 5.0,
    "alias": 5.0,
    "summary": 2.0,
    "message": 1.8,
    "cause": 1.6,
    "body": 1.0,
    "fix": 0.4,
}
"""How much a word counts, by where it stands."""
LENGTH = 1.0
"""How much longer parts make each of their words count less (0 not at all, 1 in proportion)."""
PART_SATURATION = 1.4
SATURATION = 4.0


class Page:
    """One page to search: its key, what to show of it, and its texts by part."""

    __slots__ = ("id", "kind", "origin", "parts", "place", "titles")

    def __init__(
        self,
        kind: str,
        id: str,
        titles: Mapping[str, str],
        place: str,
        parts: Mapping[str, Iterable[str]],
        origin: str = "",
    ) -> None:
        self.kind = kind
        self.id = id
        self.titles = titles
        self.place = place
        """The address below a language's root."""
        self.parts = {name: list(texts) for name, texts in parts.items()}
        self.origin = origin


def pages(documents: Documents) -> Iterator[Page]:
    """Yield every page, symptoms first."""
    everything = documents.all()
    for key, document in everything.items():
        if key.startswith("symptoms/"):
            yield _symptom(document, everything)
    for key, document in everything.items():
        if key.startswith("solutions/"):
            yield _solution(document, everything)
    shelves: set[str] = set()
    for table in everything["tables"]:
        shelf = table["id"].partition("-")[0]
        anchor = f"#{table['id']}" if shelf in shelves else ""
        shelves.add(shelf)
        yield Page("table", table["id"], table["title"], f"{shelf}.html{anchor}", {
            "title": strings([table["title"], table["id"]]),
            "body": strings([table["intro"], table["columns"], table["rows"]]),
        })  # fmt: skip
    for term in everything["glossary"]:
        titles = {"en": term["en"], "zh-TW": term["zh_TW"]}
        yield Page("term", term["en"], titles, "glossary.html", {
            "title": [term["en"], term["zh_TW"]],
            "alias": term.get("synonyms", ()),
            "body": strings(term.get("note", {})),
        })  # fmt: skip


def _symptom(symptom: Mapping[str, Any], documents: Mapping[str, Any]) -> Page:
    ranking = symptom.get("causes", ())
    causes = [documents[f"causes/{ranked['cause']}"] for ranked in ranking]
    fixes = {
        id: documents[f"solutions/{id}"] for cause in causes for id in cause.get("solutions", ())
    }
    looks = symptom.get("look_alikes", ())
    parts = {
        "title": [*symptom["title"].values(), symptom["id"], *symptom.get("codes", ())],
        "alias": strings(symptom.get("aliases", {})),
        "message": strings([[s["message"], s["samples"]] for s in symptom["signatures"]]),
        "summary": strings([symptom["summary"], symptom.get("applies_to", {})]),
        "cause": strings([cause["title"] for cause in causes]),
        "body": strings(
            [[cause["explanation"], cause["check"]] for cause in causes]
            + [ranked.get("note", {}) for ranked in ranking]
            + [look["difference"] for look in looks]
            + [documents[f"symptoms/{look['id']}"]["title"] for look in looks]
            + [_links(symptom, documents)]
        ),
        "fix": strings([[fix["title"], *_fix(fix)] for fix in fixes.values()]),
    }
    place = f"symptoms/{symptom['id']}.html"
    origin = symptom.get("origin", "")
    return Page("symptom", symptom["id"], symptom["title"], place, parts, origin)


def _solution(solution: Mapping[str, Any], documents: Mapping[str, Any]) -> Page:
    parts = {
        "title": [*solution["title"].values(), solution["id"]],
        "body": strings([*_fix(solution), _links(solution, documents)]),
    }
    place = f"solutions/{solution['id']}.html"
    origin = solution.get("origin", "")
    return Page("solution", solution["id"], solution["title"], place, parts, origin)


def _fix(solution: Mapping[str, Any]) -> list[Any]:
    return [solution["steps"], solution["verify"], solution.get("risk", {})]


def _links(entry: Mapping[str, Any], documents: Mapping[str, Any]) -> list[Any]:
    links = [documents[f"links/{id}"] for id in entry.get("links", ())]
    return [[link["title"], link["summary"]] for link in links]


def strings(value: Any) -> list[str]:
    """Return every string inside a plain value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        value = value.values()
    if isinstance(value, Iterable):
        return [text for item in value for text in strings(item)]
    return []


def impacts(group: Iterable[Page], concepts: Concepts) -> Iterator[tuple[Page, dict[str, float]]]:
    """Yield each page with how much each token says about it, from 0 to 1.

    Everything that does not depend on the query is done here: counts are set in relation to the
    length of their part and saturated there, so that a long part never outweighs a title; the parts
    are weighed and added up, and the sum saturates too.
    """
    known: dict[str, list[str]] = {}  # causes and fixes are shared by many pages
    return weigh([(page, _count(page, concepts, known)) for page in group])


def weigh(
    counted: list[tuple[Page, dict[str, Counter[str]]]],
) -> Iterator[tuple[Page, dict[str, float]]]:
    """Yield each page with the impact of its tokens, from their counts by part."""
    means: dict[str, float] = {}
    for name in WEIGHTS:
        lengths = [sum(counts[name].values()) for _, counts in counted if counts[name]]
        means[name] = sum(lengths) / len(lengths) if lengths else 1.0
    for page, counts in counted:
        weights: dict[str, float] = {}
        for name, weight in WEIGHTS.items():
            length = sum(counts[name].values()) / means[name]
            low = PART_SATURATION * (1 - LENGTH + LENGTH * length)
            for token, count in counts[name].items():
                weights[token] = weights.get(token, 0.0) + weight * count / (count + low)
        yield page, {token: w / (SATURATION + w) for token, w in weights.items()}


def _count(page: Page, concepts: Concepts, known: dict[str, list[str]]) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {name: Counter() for name in WEIGHTS}
    for name, texts in page.parts.items():
        for text in texts:
            if text not in known:
                known[text] = index_tokens(text, concepts)
            counts[name].update(known[text])
    return counts
