"""The closest pages to a text that no signature explains, best first, or none when nothing is near."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kbmatch.matching.answer import Related, page_address

from .index import open_index
from .tokens import query_tokens

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whoosh.searching import Results

    from kbmatch.matching.pack import Pack

WEIGHTS: Mapping[str, float] = {
    "title": 4.0,
    "alias": 5.0,
    "message": 1.6,
    "summary": 2.0,
    "body": 0.7,
}
LIMIT = 5
MAX_CHARACTERS = 4000
MIN_SHARE = 0.34
"""How much of what a query asks for a page must hold to be called near."""


def related(pack: Pack, text: str, language: str, limit: int = LIMIT) -> tuple[Related, ...]:
    """Return the pages nearest to `text`."""
    index, concepts = open_index(pack)
    tokens = query_tokens(text[-MAX_CHARACTERS:], concepts)
    if not tokens:
        return ()
    from whoosh.query import And, Or, Term
    from whoosh.scoring import BM25F

    with index.searcher(weighting=BM25F(B=0.5, K1=1.4)) as searcher:
        terms = [
            Term(field, token, boost=WEIGHTS[field] * weight)
            for token, weight in tokens.items()
            for field in WEIGHTS
        ]
        results = searcher.search(And([Term("kind", "symptom", boost=0.0), Or(terms)]), limit=limit)
        return tuple(_related(results, language))


def _related(results: Results, language: str) -> Iterable[Related]:
    for hit in results:
        symptom = hit["key"].partition("/")[2]
        title = hit["shown"][language]
        yield Related(symptom, title, page_address(symptom, language), round(hit.score, 2))
