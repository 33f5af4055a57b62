"""The order of pages for a query: how much of it each covers, and how much it is about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import log

from .tokens import HAN_FACTOR, Query

Postings = Callable[[str], Mapping[int, float]]
"""From a token to the pages that hold it, each with its impact (0 to 1)."""

CONCEPT_WEIGHT = 0.7
COMPOUND_WEIGHT = 1.0
COVERAGE_POWER = 1.0
FULL = 0.8
"""From which impact on a page covers a word wholly; below, in proportion."""
UNKNOWN = 0.6
"""What a word that stands on no page weighs in a query, against the rarest that does."""
UNKNOWN_HAN = 0.3
"""The same for a pair of Chinese characters, which is often no word at all."""


class Ranked:
    """A page with its score and the share of the query (by weight of its words) it covers."""

    __slots__ = ("coverage", "number", "score")

    def __init__(self, number: int, score: float, coverage: float) -> None:
        self.number = number
        self.score = score
        self.coverage = coverage


def rank(query: Query, postings: Postings, total: int) -> list[Ranked]:
    """Return every page that holds something of the query, best first."""
    if not total:
        return []
    seen: dict[str, Mapping[int, float]] = {}
    scores: dict[int, float] = {}

    def look_up(token: str) -> Mapping[int, float]:
        if token not in seen:
            seen[token] = postings(token)
        return seen[token]

    def add(token: str, weight: float) -> None:
        found = look_up(token)
        value = weight * rarity(presence(found), total)
        for number, impact in found.items():
            scores[number] = scores.get(number, 0.0) + value * impact

    covered: dict[int, float] = {}
    mass = 0.0
    for unit in query.units:
        add(unit.token, unit.factor)
        holders: dict[int, float] = {}
        for token in (unit.token, *unit.concepts):
            for number, impact in look_up(token).items():
                if impact > holders.get(number, 0.0):
                    holders[number] = impact
        if holders:
            value = unit.factor * rarity(presence(holders), total)
        else:
            unknown = UNKNOWN_HAN if unit.factor == HAN_FACTOR else UNKNOWN
            value = unknown * rarity(1, total)
        mass += value
        for number, impact in holders.items():
            covered[number] = covered.get(number, 0.0) + value * min(1.0, impact / FULL)
    for token in query.extra:
        add(token, CONCEPT_WEIGHT if token[0] == "_" else COMPOUND_WEIGHT)
    result = []
    for number, score in scores.items():
        coverage = covered.get(number, 0.0) / mass if mass else 1.0
        result.append(Ranked(number, score * coverage**COVERAGE_POWER, coverage))
    return sorted(result, key=lambda ranked: (-ranked.score, ranked.number))


def presence(holders: Mapping[int, float]) -> float:
    """Return on how many pages a token stands, counting those less that only mention it."""
    return sum(holders.values())


def rarity(pages: float, total: int) -> float:
    """Return how much it says that a page holds a token which `pages` of `total` pages hold."""
    return log(1 + (total - pages + 0.5) / (pages + 0.5))
