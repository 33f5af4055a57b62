"""Which solutions belong to which cause of an article, and which causes to which symptoms.

Articles say it by a link, by equal numbers, or by the order of their headings. Where none of these
tells, nothing is joined: a wrong pair would look like knowledge.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class CauseFound:
    """A cause as the article has it."""

    text: str
    explanation: str
    line: int
    scope: int
    """Which group of symptoms it follows."""
    place: int
    """Its place among all causes and solutions."""
    number: int | None = None
    targets: list[str] = field(default_factory=list)
    """Anchors of its solutions."""
    is_heading: bool = False


@dataclass
class SolutionFound:
    """A solution as the article has it."""

    id: str
    scope: int
    place: int
    number: int | None = None


class Joiner:
    """Tells the solutions of each cause of one article."""

    def __init__(self, causes: Sequence[CauseFound], solutions: Sequence[SolutionFound]) -> None:
        self._all = list(solutions)
        self._causes: dict[int, list[CauseFound]] = {}
        self._solutions: dict[int, list[SolutionFound]] = {}
        self._order: dict[int, int] = {}
        """Place of a cause among those of its group."""
        for cause in causes:
            group = self._causes.setdefault(cause.scope, [])
            self._order[cause.place] = len(group)
            group.append(cause)
        for solution in solutions:
            self._solutions.setdefault(solution.scope, []).append(solution)

    def solutions_of(self, cause: CauseFound) -> list[str] | None:
        """Return the ids of a cause's solutions; None when the article doesn't tell which."""
        mine = self._solutions.get(cause.scope) or self._all
        rivals = self._causes[cause.scope]
        if len(mine) < 2 or len(rivals) < 2:
            return [s.id for s in mine]
        if cause.number is not None:
            equal = [s.id for s in mine if s.number == cause.number]
            if equal:
                return equal
        order = self._order[cause.place]
        # Only where the headings take turns does nearness mean anything.
        if cause.is_heading and mine[0].place < rivals[-1].place:
            following = rivals[order + 1].place if order + 1 < len(rivals) else None
            places = [s.place for s in mine]
            end = len(mine) if following is None else bisect_left(places, following)
            near = [s.id for s in mine[bisect_left(places, cause.place) : end]]
            if near:
                return near
        if len(mine) == len(rivals) and not any(s.number is not None for s in mine):
            return [mine[order].id]
        return None


def causes_of(scope: int, causes: Sequence[CauseFound]) -> list[int]:
    """Return the places of the causes of a group of symptoms.

    A group without any shares those of the next group that has some, else of the one before.
    """
    scopes = sorted({cause.scope for cause in causes})
    later = [found for found in scopes if found >= scope]
    chosen = later[0] if later else scopes[-1] if scopes else None
    return [place for place, cause in enumerate(causes) if cause.scope == chosen]
