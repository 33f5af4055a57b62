"""The passage of a page that answers a query best, and which of its characters say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from .tokens import _PART, _RUN, Concepts, Query, close_up, stem, traditional

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from kbmatch.matching.documents import Documents

MAX_CHARACTERS = 160
BEFORE = 40
Span = tuple[int, int]


def page_texts(documents: Documents, kind: str, id: str, language: str) -> Iterator[str]:
    """Yield the texts of a page in one language, in the order a reader meets them."""
    if kind in ("table", "term"):
        entries = documents["tables" if kind == "table" else "glossary"]
        key = "id" if kind == "table" else "en"
        entry: Mapping[str, Any] = next((item for item in entries if item[key] == id), {})
        if kind == "term":
            note = entry.get("note", {}).get(language, "")
            yield from (note, "、".join((entry.get("zh_TW", ""), *entry.get("synonyms", ()))))
        else:
            yield from _strings([entry["intro"], entry["columns"], entry["rows"]], language)
        return
    entry = documents[f"{kind}s/{id}"]
    if kind == "solution":
        yield from _fix(entry, language)
        return
    yield entry["summary"][language]
    for signature in entry["signatures"]:
        yield from signature["samples"]
    for ranked in entry.get("causes", ()):
        cause = documents[f"causes/{ranked['cause']}"]
        yield cause["title"][language]
        parts = [cause["explanation"], ranked.get("note", {}), cause["check"]]
        yield from _strings(parts, language)
        for fix in cause.get("solutions", ()):
            solution = documents[f"solutions/{fix}"]
            yield solution["title"][language]
            yield from _fix(solution, language)
    yield from _strings([look["difference"] for look in entry.get("look_alikes", ())], language)


def _fix(solution: Mapping[str, Any], language: str) -> Iterator[str]:
    yield from _strings([solution["steps"], solution["verify"], solution.get("risk", {})], language)


def _strings(value: Any, language: str) -> Iterator[str]:
    """Yield the strings inside a plain value, of texts in several languages only one."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        if language in value:
            yield value[language]
        else:
            for key, item in value.items():
                if key not in ("on", "shell", "who", "id"):
                    yield from _strings(item, language)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item, language)


def best_passage(
    texts: Iterable[str], query: Query, concepts: Concepts
) -> tuple[str, tuple[Span, ...]]:
    """Return the passage that holds most of the query, cut to size, with the spans that match."""
    best, most = "", 0
    best_spans: tuple[Span, ...] = ()
    for text in texts:
        text = close_up(" ".join(text.split()))
        spans, count = _matches(text, query, concepts)
        if count > most:
            best, best_spans, most = text, spans, count
    return _cut(best, best_spans)


def marked_spans(text: str, query: Query, concepts: Concepts) -> tuple[Span, ...]:
    """Return which characters of a text match the query."""
    return _matches(text, query, concepts)[0]


def _matches(text: str, query: Query, concepts: Concepts) -> tuple[tuple[Span, ...], int]:
    wanted = {unit.token for unit in query.units} | query.extra
    folded = traditional(text)
    spans: list[Span] = []
    seen: set[str] = set()
    for match in _RUN.finditer(folded):
        run, start = match[0], match.start()
        if run[0] >= "\u3400":
            for place in range(len(run)):
                for token in (run[place], run[place : place + 2]):
                    if token in wanted:
                        spans.append((start + place, start + place + len(token)))
                        seen.add(token)
            continue
        if run.lower() in wanted:
            spans.append(match.span())
            seen.add(run.lower())
        for part in _PART.finditer(run):
            token = stem(part[0].lower())
            if token in wanted:
                spans.append((start + part.start(), start + part.end()))
                seen.add(token)
    if any(token[0] == "_" for token in wanted):
        for token, begin, end in concepts.find(folded.lower()):
            if token in wanted:
                spans.append((begin, end))
                seen.add(token)
    return _joined(spans), len(seen)


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


def _cut(text: str, spans: tuple[Span, ...]) -> tuple[str, tuple[Span, ...]]:
    """Cut a long passage around its first match; the spans move with it."""
    if len(text) <= MAX_CHARACTERS:
        return text, spans
    low = max(0, spans[0][0] - BEFORE) if spans else 0
    if low:
        blank = text.find(" ", low, low + 15)
        low = blank + 1 if blank >= 0 else low
    high = min(len(text), low + MAX_CHARACTERS)
    head, tail = "…" if low else "", "…" if high < len(text) else ""
    shift = len(head) - low
    kept = tuple((a + shift, b + shift) for a, b in spans if a >= low and b <= high)
    return head + text[low:high] + tail, kept
