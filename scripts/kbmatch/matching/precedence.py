"""What wins when a text holds several messages: one primary, then also, wrappers folded.

A message inside a longer message of another symptom is part of it and goes. A symptom that only
wraps others is folded when one of those is there; one that yields stands back for the one that says
more. Among the rest the earliest in the text is first: later errors are consequences and fallbacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from .matcher import Hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    Role: TypeAlias = Literal["primary", "also", "wrapper"]


class Relations:
    """How one symptom stands to others."""

    __slots__ = ("id", "wraps", "yields_to")

    def __init__(self, id: str, wraps: Iterable[str], yields_to: Iterable[str]) -> None:
        self.id = id
        self.wraps = frozenset(wraps)
        self.yields_to = frozenset(yields_to)


def drop_contained(hits: Sequence[Hit], relations: Mapping[int, Relations]) -> list[Hit]:
    """Return `hits` without those that are part of a longer message of another symptom."""
    kept = []
    ordered = sorted(hits, key=lambda hit: (hit.start, -hit.end))
    begun: list[Hit] = []
    for place, hit in enumerate(ordered):
        begun = [other for other in begun if other.end > hit.start]
        around = chain(begun, _behind(ordered, place))
        if not any(_contains(other, hit) and _absorbs(relations, other, hit) for other in around):
            kept.append(hit)
        begun.append(hit)
    return kept


def _behind(ordered: Sequence[Hit], place: int) -> Iterator[Hit]:
    """Yield the hits after `place` that start where it starts."""
    for index in range(place + 1, len(ordered)):
        if ordered[index].start > ordered[place].start:
            return
        yield ordered[index]


def _absorbs(relations: Mapping[int, Relations], outer: Hit, inner: Hit) -> bool:
    """Whether the outer symptom says all: it is no wrapper and does not yield to the inner one."""
    own = relations[outer.symptom]
    return not own.wraps and relations[inner.symptom].id not in own.yields_to


def _contains(outer: Hit, inner: Hit) -> bool:
    if outer.symptom == inner.symptom or outer is inner:
        return False
    if not (outer.start <= inner.start and inner.end <= outer.end):
        return False
    if outer.end - outer.start == inner.end - inner.start:
        return False
    return all(inner.end <= start or end <= inner.start for start, end in outer.free)


def rank(order: Sequence[int], relations: Mapping[int, Relations]) -> list[tuple[int, Role]]:
    """Return the symptoms with their roles, the answer first.

    `order` holds the symptoms by first appearance in the text.
    """
    present = {relations[symptom].id: symptom for symptom in order}

    def stands_back(symptom: int, others: frozenset[str]) -> bool:
        mine = relations[symptom].id
        for name, other in present.items():
            back = relations[other]
            forward = _claim(others, name) if name != mine else 0
            backward = max(_claim(back.wraps, mine), _claim(back.yields_to, mine))
            earlier = order.index(other) < order.index(symptom)
            if forward > backward or (forward and forward == backward and earlier):
                return True
        return False

    wrappers = [s for s in order if stands_back(s, relations[s].wraps)]
    yielding = [s for s in order if s not in wrappers and stands_back(s, relations[s].yields_to)]
    leading = [s for s in order if s not in wrappers and s not in yielding]
    ranked = [*leading, *yielding, *wrappers]
    roles: list[tuple[int, Role]] = []
    for place, symptom in enumerate(ranked):
        role: Role = "wrapper" if symptom in wrappers else "also"
        roles.append((symptom, "primary" if place == 0 else role))
    return roles


def _claim(names: frozenset[str], name: str) -> int:
    """Return how strongly `names` claims `name`: 2 by name, 1 by `*`, 0 not at all."""
    return 2 if name in names else int("*" in names)
