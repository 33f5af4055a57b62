"""Searching in words: every page that holds them, best first, with the passage that does."""

from __future__ import annotations

from kbmatch.matching.documents import Documents

from .index import KINDS, SearchIndex
from .passages import Span, best_passage, marked_spans, page_texts
from .ranking import Ranked, rank
from .suggest import suggest
from .tokens import Query, read_query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kbmatch.matching.pack import Pack

KIND_WEIGHTS = {"symptom": 1.0, "solution": 0.8, "table": 0.7, "term": 0.4}
"""An error page answers more than a reference page that holds the same words."""


class Result:
    """A page found; `marks` and `title_marks` are the spans of matching characters."""

    __slots__ = (
        "id",
        "kind",
        "marks",
        "origin",
        "page",
        "score",
        "snippet",
        "title",
        "title_marks",
    )

    def __init__(
        self, kind: str, id: str, title: str, page: str, origin: str, score: float
    ) -> None:
        self.kind = kind
        self.id = id
        self.title = title
        self.page = page
        self.origin = origin
        self.score = score
        self.snippet = ""
        self.marks: tuple[Span, ...] = ()
        self.title_marks: tuple[Span, ...] = ()


class Found:
    """What a search found: the best results, how many there are, and a better spelling if any."""

    __slots__ = ("did_you_mean", "results", "total")

    def __init__(self, results: list[Result], total: int, did_you_mean: str | None) -> None:
        self.results = results
        self.total = total
        self.did_you_mean = did_you_mean


def find(index: SearchIndex, pack: Pack, words: str, language: str, limit: int) -> Found:
    """Return the best `limit` pages for a query in either language or both."""
    query = read_query(words, index.concepts)
    ranked = _ranked(index, query)
    documents = Documents(pack)
    results = []
    for item in ranked[:limit]:
        page = index.page(item.number)
        address = f"{language}/{page['place']}"
        title = page["titles"][language]
        result = Result(
            page["kind"], page["id"], title, address, page["origin"] or "", round(item.score, 2)
        )
        result.title_marks = marked_spans(title, query, index.concepts)
        for tongue in (language, *(other for other in page["titles"] if other != language)):
            texts = page_texts(documents, page["kind"], page["id"], tongue)
            result.snippet, result.marks = best_passage(texts, query, index.concepts)
            if result.marks:
                break
        results.append(result)
    return Found(results, len(ranked), suggest(index, words, query))


def _ranked(index: SearchIndex, query: Query) -> list[Ranked]:
    everything = range(index.pages_of(KINDS[-1]).stop)
    ranked = rank(query, lambda token: index.postings(token, everything), len(everything))
    for kind, weight in KIND_WEIGHTS.items():
        pages = index.pages_of(kind)
        for item in ranked:
            if item.number in pages:
                item.score *= weight
    return sorted(ranked, key=lambda item: (-item.score, item.number))
