"""The closest pages to a text that no signature explains; none when nothing is near."""

from __future__ import annotations

from collections.abc import Mapping

from kbmatch.matching.answer import Related, page_address

from .index import SearchIndex, open_index
from .ranking import rank, rarity
from .tokens import read_query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from kbmatch.matching.pack import Pack

LIMIT = 5
MAX_CHARACTERS = 2000
MIN_COVERAGE = 0.2
"""How much of a query (by weight of its words) a page must cover to be called near."""
MIN_COVERAGE_FOREIGN = 0.6
"""The same when the query names something else, such as a database, and no registry."""
MIN_SCORE = 0.3
"""What a page must score, in relation to one word that stands on a single page."""
MIN_OF_BEST = 0.25
"""What a page must score, compared with the best one, to be worth showing."""


def related(pack: Pack, text: str, language: str, limit: int = LIMIT) -> tuple[Related, ...]:
    """Return the pages nearest to `text`."""
    settings = pack.json_section("settings")
    try:
        return closest(open_index(pack), settings, text, language, limit)
    except Exception:  # damage that only reading brings to light; a second failure is a real one
        return closest(open_index(pack, anew=True), settings, text, language, limit)


def closest(
    index: SearchIndex, settings: Mapping[str, Any], text: str, language: str, limit: int = LIMIT
) -> tuple[Related, ...]:
    """Return the symptoms nearest to `text` by an opened index."""
    query = read_query(text[-MAX_CHARACTERS:], index.concepts)
    pages = index.pages_of("symptom")
    ranked = rank(query, lambda token: index.postings(token, pages), len(pages))
    if not ranked:
        return ()
    least = MIN_COVERAGE_FOREIGN if is_foreign(text, settings) else MIN_COVERAGE
    best = ranked[0]
    if best.coverage < least or best.score < MIN_SCORE * rarity(1, len(pages)):
        return ()
    near = [item for item in ranked[:limit] if item.score >= best.score * MIN_OF_BEST]
    return tuple(_related(index.page(item.number), item.score, language) for item in near)


def is_foreign(text: str, settings: Mapping[str, Any]) -> bool:
    """Whether a text names something of another field and nothing of ours."""
    lowered = text.lower()
    if not any(word in lowered for word in settings["foreign"]):
        return False
    contexts = settings["contexts"].values()
    return not any(word in lowered for context in contexts for word in context["any"])


def _related(page: Mapping[str, Any], score: float, language: str) -> Related:
    id = page["id"]
    return Related(
        id,
        page["titles"][language],
        page_address(id, language),
        round(score, 2),
        page["origin"] or "",
    )
