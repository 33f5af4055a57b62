"""Text to search tokens: Latin words whole and in parts, Chinese by bigrams, terms as concepts.

The same function cuts pages and queries, so a word that stands on a page is always found: Chinese
words by their bigrams, `myregistry.azurecr.io` whole and by its labels, `ImagePullBackOff` also by
its humps. A glossary term adds one concept token whatever language or synonym it is written in, so
that 鏡像, 映像檔 and image meet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/@*+-]*[A-Za-z0-9]|[A-Za-z0-9]|[\u3400-\u9fff\uf900-\ufaff]+")
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_LATIN = re.compile(r"[a-z0-9]+")
_STOP = frozenset(
    "a an and are as at be been but by can could do does for from get gets had has have how i if in "
    "is it its me my not of on or our s so t that the their then there they this to too was we what "
    "when where which while who why will with you your "
    "的 了 是 我 你 在 要 就 也 還 都 嗎 呢".split()
)
_SUFFIXES = ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "ed", "es", "s")
MIN_STEM = 4


class Concepts:
    """The glossary as concepts: every way to write a term leads to one token."""

    def __init__(self, terms: Iterable[Iterable[str]]) -> None:
        self._han: dict[str, list[str]] = {}
        self._latin: dict[tuple[str, ...], list[str]] = {}
        for number, writings in enumerate(terms):
            token = f"_{number}"
            for writing in writings:
                lowered = writing.lower().strip()
                if not lowered:
                    continue
                if lowered.isascii():
                    words = tuple(stem(word) for word in _LATIN.findall(lowered))
                    if words and (len(words) > 1 or words[0] not in _STOP):
                        self._latin.setdefault(words, []).append(token)
                else:
                    self._han.setdefault(lowered, []).append(token)
        self._longest = max(map(len, self._latin), default=0)

    def tokens(self, text: str) -> Iterator[str]:
        """Yield the concept of every term in lower-case `text`."""
        for writing, tokens in self._han.items():
            if writing in text:
                yield from tokens
        words = [stem(word) for word in _LATIN.findall(text)]
        for start in range(len(words)):
            for length in range(1, min(self._longest, len(words) - start) + 1):
                yield from self._latin.get(tuple(words[start : start + length]), ())


@lru_cache(maxsize=20000)
def stem(word: str) -> str:
    """Cut common English endings, so that pulls, pulled and pulling meet pull."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= MIN_STEM:
            word = word[: -len(suffix)]
            break
    if len(word) > MIN_STEM and word[-1] == word[-2] and word[-1] not in "aeiou":
        word = word[:-1]
    return word[:-1] if len(word) > MIN_STEM and word.endswith("e") else word


def words(text: str) -> Iterator[str]:
    """Yield the tokens of `text` without concepts."""
    for match in _RUN.finditer(text):
        run = match[0]
        if run[0] >= "\u3400":
            yield from _bigrams(run)
            continue
        whole = run.lower()
        parts = [part.lower() for part in _PART.findall(run)]
        if len(parts) > 1:
            yield whole
            compact = _LATIN.findall(whole)
            if compact != parts:
                yield from (stem(word) for word in compact if len(compact) > 1)
        for part in parts:
            if part not in _STOP:
                yield stem(part)


def _bigrams(run: str) -> Iterator[str]:
    if len(run) == 1:
        if run not in _STOP:
            yield run
        return
    for start in range(len(run) - 1):
        yield run[start : start + 2]


def index_tokens(text: str, concepts: Concepts) -> list[str]:
    """Return the tokens a page is indexed by; Chinese characters also one by one."""
    tokens = list(words(text))
    tokens += [c for c in text if "\u3400" <= c <= "\u9fff"]
    tokens += concepts.tokens(text.lower())
    return tokens


def query_tokens(text: str, concepts: Concepts) -> Mapping[str, float]:
    """Return the tokens of a query with their weights; each counts once."""
    weights = {token: 1.0 for token in words(text)}
    for token in concepts.tokens(text.lower()):
        weights[token] = 0.9
    return weights
