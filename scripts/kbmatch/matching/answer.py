"""From text to an answer: which pages explain it, in which role, with the reader's own names.

`Answer.as_json()` is the contract of `kbmatch --format json`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from .normalise import NormalText, normalise, unwrap
from .precedence import Relations, drop_contained, rank

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, TypeAlias

    from .matcher import Hit, Matcher, Miss
    from .nearmiss import NearMiss
    from .precedence import Role

    Outcome: TypeAlias = Literal["match", "related", "none"]

TEXT_CHARACTERS = 400
WORD_CHARACTERS = 40
"""How far from its edge a shortened line may be cut to end with a word."""
HARVEST_CHARACTERS = 20000
KEPT_CHARACTERS = 4000
"""So much of a line is kept beside its shortened form, for what has to be masked as a whole."""


class Found:
    """One symptom found in the text: its role, where it first stands, how often, with what names.

    `line` counts from 1; `text` is that line, shortened; `quote` can shorten it again.
    """

    __slots__ = (
        "count",
        "id",
        "line",
        "origin",
        "quote",
        "role",
        "signature",
        "slots",
        "symptom",
        "text",
    )

    def __init__(
        self,
        symptom: int,
        id: str,
        role: Role,
        line: int,
        count: int,
        quote: Quote,
        signature: str,
        slots: Mapping[str, str],
    ) -> None:
        self.symptom = symptom
        self.id = id
        self.role = role
        self.line = line
        self.count = count
        self.quote = quote
        self.text = quote.shortened()
        self.signature = signature
        self.slots = slots
        self.origin = ""
        """The overlay the page comes from, if any, in the reader's language."""


class Quote:
    """A line of the text and the place in it that matters."""

    __slots__ = ("line", "place")

    def __init__(self, line: str, place: int) -> None:
        low = max(0, min(place - KEPT_CHARACTERS // 2, len(line) - KEPT_CHARACTERS))
        self.line = f"{'…' if low else ''}{line[low : low + KEPT_CHARACTERS]}"
        if low + KEPT_CHARACTERS < len(line):
            self.line += "…"
        self.place = place - low + bool(low)

    def shortened(self) -> str:
        """Return the line, shortened around its place."""
        return shorten(self.line, self.place)


class Related:
    """A page near the query though no signature matched."""

    __slots__ = ("id", "origin", "page", "score", "title")

    def __init__(self, id: str, title: str, page: str, score: float, origin: str = "") -> None:
        self.id = id
        self.title = title
        self.page = page
        self.score = score
        self.origin = origin
        """The overlay the page comes from, if any."""


class Answer:
    """What a text is about. `found[0]` is the answer; `related` only where nothing was found."""

    __slots__ = ("empty", "found", "language", "misses", "related", "titles")

    def __init__(
        self,
        language: str,
        found: tuple[Found, ...],
        titles: Mapping[str, str],
        misses: tuple[NearMiss, ...] | None = None,
        related: tuple[Related, ...] = (),
    ) -> None:
        self.language = language
        self.found = found
        self.titles = titles
        self.misses = misses
        """What nearly matched, where that was asked for."""
        self.empty = False
        """Whether there was no text at all."""
        self.related = related

    @property
    def outcome(self) -> Outcome:
        """`match`, `related` (nothing matched, but pages are near) or `none`."""
        if self.found:
            return "match"
        return "related" if self.related else "none"

    def as_json(self) -> dict[str, Any]:
        """Return the contract's object."""
        return {
            "version": 1,
            "outcome": self.outcome,
            "language": self.language,
            "matches": [
                {
                    "id": found.id,
                    "title": self.titles[found.id],
                    "page": page_address(found.id, self.language),
                    "role": found.role,
                    "line": found.line,
                    "count": found.count,
                    "text": found.text,
                    "signature": found.signature,
                    "slots": dict(found.slots),
                    **({"origin": found.origin} if found.origin else {}),
                }
                for found in self.found
            ],
            "related": [
                {
                    "id": page.id,
                    "title": page.title,
                    "page": page.page,
                    "score": page.score,
                    **({"origin": page.origin} if page.origin else {}),
                }
                for page in self.related
            ],
            **({} if self.misses is None else {"misses": [m.as_json() for m in self.misses]}),
        }


def page_address(symptom: str, language: str) -> str:
    """Return the address of a symptom's page below the site root."""
    return f"{language}/symptoms/{symptom}.html"


class Tally:
    """What has been seen of one symptom so far; memory does not grow with the log."""

    __slots__ = ("count", "first", "last", "quote", "signature", "slots")

    def __init__(self, line: int, quote: Quote, signature: int, slots: dict[str, str]) -> None:
        self.first = self.last = line
        self.count = 1
        self.quote = quote
        self.signature = signature
        self.slots = slots


class Collector:
    """Gathers hits from one text or from the windows of a log into an answer."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._relations: dict[int, Relations] = {}
        self._tallies: dict[int, Tally] = {}

    def relations(self, symptoms: Iterable[int]) -> Mapping[int, Relations]:
        """Return how these symptoms stand to each other, reading each once."""
        for symptom in symptoms:
            if symptom not in self._relations:
                record = self._matcher.pack.json_record("relations", symptom)
                self._relations[symptom] = Relations(
                    record["id"], record["wraps"], record["yields_to"]
                )
        return self._relations

    def settle(self, hits: list[Hit]) -> list[Hit]:
        """Drop hits that are part of longer ones."""
        if len(hits) < 2:
            return hits
        return drop_contained(hits, self.relations({hit.symptom for hit in hits}))

    def add(self, text: NormalText, hits: list[Hit], line_numbers: int | list[int]) -> None:
        """Count hits; `line_numbers` is the number of the text's first line, or one per line."""
        for hit in hits:
            index = text.line_of(hit.start)
            number = line_numbers + index if isinstance(line_numbers, int) else line_numbers[index]
            tally = self._tallies.get(hit.symptom)
            if tally is None:
                start, end = text.line_span(hit.start, hit.end)
                self._tallies[hit.symptom] = Tally(
                    number,
                    Quote(text.cased[start:end], hit.start - start),
                    hit.signature,
                    self._fill(dict(hit.slots), text, hit),
                )
            else:
                if number != tally.last:
                    tally.count += 1
                    tally.last = number
                for name, value in hit.slots.items():
                    tally.slots.setdefault(name, value)

    def _fill(self, slots: dict[str, str], text: NormalText, hit: Hit) -> dict[str, str]:
        """Add what the surroundings and the slots themselves tell: registry, repository, tag."""
        settings = self._matcher.settings
        derive(slots, settings["derivations"])
        low = max(0, hit.start - HARVEST_CHARACTERS // 2)
        high = min(len(text.text), hit.end + HARVEST_CHARACTERS // 2)
        first, last = text.line_span(hit.start, hit.end)
        for template in settings["harvest"]:
            if all(group in slots for group in template["groups"]):
                continue
            for start, end in ((first - 1, last + 1), (low, high)):
                found = read_template(template, text, start, end)
                if found:
                    for name, value in found.items():
                        slots.setdefault(name, value)
                    break
        derive(slots, settings["derivations"])
        return slots

    def found(self) -> tuple[Found, ...]:
        """Return what was gathered, ranked, the answer first."""
        order = sorted(self._tallies, key=lambda symptom: self._tallies[symptom].first)
        relations = self.relations(order)
        result = []
        for symptom, role in rank(order, relations):
            tally = self._tallies[symptom]
            result.append(
                Found(
                    symptom,
                    relations[symptom].id,
                    role,
                    tally.first,
                    tally.count,
                    tally.quote,
                    self._matcher.signature(tally.signature).id,
                    tally.slots,
                )
            )
        return tuple(result)


def shorten(line: str, around: int) -> str:
    """Return a line with line feeds as blanks, cut between words around the place that matters."""
    line = line.replace("\n", " ")
    if len(line) <= TEXT_CHARACTERS:
        return line
    start = max(0, min(around - TEXT_CHARACTERS // 4, len(line) - TEXT_CHARACTERS))
    end = start + TEXT_CHARACTERS
    if start:
        start = line.find(" ", start, min(start + WORD_CHARACTERS, around)) + 1 or start
    if end < len(line):
        blank = line.rfind(" ", end - WORD_CHARACTERS, end)
        end = blank if blank >= 0 else end
    return f"{'…' if start else ''}{line[start:end]}{'…' if end < len(line) else ''}"


def read_template(
    template: Mapping[str, Any], text: NormalText, start: int, end: int
) -> dict[str, str] | None:
    """Return the slot values of a template's first match in part of a text."""
    area = text.text[start:end]
    flat = area.replace("\n", " ")
    if not all(run in flat for phrase in template["phrases"] for run in phrase.split('"')):
        return None
    match = _compiled(template["regex"]).search(text.text, start, end)
    if match is None:
        return None
    values: dict[str, str] = {}
    for number, name in enumerate(template["groups"], 1):
        value = text.cased[slice(*match.span(number))].strip(" .,;)").rstrip(":")
        if value and set(value) - set("*."):
            values.setdefault(name, value)
    return values


def derive(slots: dict[str, str], derivations: Iterable[Mapping[str, Any]]) -> None:
    """Read further slots out of the values of those at hand (registry out of login server).

    Of the templates for one slot, the first that fits says what is in it.
    """
    read: set[str] = set()
    for rule in derivations:
        value = slots.get(rule["from"])
        if value is None or rule["from"] in read:
            continue
        padded = NormalText(f"\n{value}\n")
        match = _compiled(rule["regex"]).search(padded.text)
        if match is None or match.start() > 1 or match.end() < len(padded.text) - 1:
            continue
        read.add(rule["from"])
        for number, name in enumerate(rule["groups"], 1):
            slots.setdefault(name, padded.cased[slice(*match.span(number))])


_cache: dict[str, re.Pattern[str]] = {}


def _compiled(source: str) -> re.Pattern[str]:
    if source not in _cache:
        _cache[source] = re.compile(source)
    return _cache[source]


def answer(
    text: str,
    matcher: Matcher,
    language: str,
    *,
    why: bool = False,
    titles: bool = True,
    only: Collection[int] | None = None,
) -> Answer:
    """Return the answer for a whole text held in memory (a message, a pasted log).

    `why` collects near misses. Without `titles` a pack that has no pages will do. `only` names the
    signatures to try.
    """
    misses: list[Miss] | None = [] if why else None
    collector = Collector(matcher)
    normal = normalise(text)
    hits = collector.settle(matcher.hits(normal, misses=misses, only=only))
    collector.add(normal, hits, 1)
    found = collector.found()
    if not found or all(collector.relations([f.symptom])[f.symptom].wraps for f in found):
        unwrapped = unwrap(text)
        if unwrapped is not None:
            joined, starts = unwrapped
            normal = normalise(joined)
            collector = Collector(matcher)
            hits = collector.settle(matcher.hits(normal, only=only))
            collector.add(normal, hits, [number + 1 for number in starts])
            found = collector.found() or found
    shown = found_titles(matcher, found, language) if titles else {}
    near = None
    if misses is not None:
        from .nearmiss import near_misses

        near = near_misses(matcher, normal, misses, {f.symptom for f in found})
    result = Answer(language, found, shown, near)
    result.empty = not text.strip()
    return result


def found_titles(matcher: Matcher, found: Iterable[Found], language: str) -> dict[str, str]:
    """Return the titles of the symptoms found, and note where their pages come from."""
    titles = {}
    for one in found:
        page = matcher.pack.json_record(f"pages.{language}", one.symptom)
        titles[one.id] = page["title"]
        one.origin = page.get("origin", "")
    return titles
