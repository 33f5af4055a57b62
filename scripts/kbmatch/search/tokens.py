"""Text to search tokens: Latin words whole and in parts, Chinese by bigrams, terms as concepts.

The same functions cut pages and queries, so a word that stands on a page is always found: Chinese
words by their bigrams, `myregistry.azurecr.io` whole and by its labels, `ImagePullBackOff` also by
its humps. Simplified characters become those used in Taiwan. A glossary term adds one concept token
whatever language or synonym it is written in, so that 鏡像, 映像檔 and image meet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache

from kbmatch.resources import read_resource

HAN = "\u3400-\u9fff\uf900-\ufaff"
_RUN = re.compile(f"[A-Za-z0-9][A-Za-z0-9_.:/@*+-]*[A-Za-z0-9]|[A-Za-z0-9]|[{HAN}]+")
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_LATIN = re.compile(r"[a-z0-9]+")
_SUFFIXES = (
    "ations", "ating", "ators", "ation", "ated", "ates", "ator", "ate",
    "ings", "ions", "ures", "ing", "ion", "ure", "ers", "ed", "es", "ly", "er", "s",
)  # fmt: skip
_KEEP_S = ("ss", "us", "is")
MIN_STEM = 4
MAX_RUN = 200
"""Longer runs without a blank are not words but data; only their parts count."""


@cache
def _language() -> Mapping[str, object]:
    data: dict[str, object] = json.loads(read_resource("search/language.json"))
    return data


@cache
def stop_words() -> frozenset[str]:
    """Return the words too common to search for."""
    return frozenset(_language()["stop"])  # type: ignore[call-overload,no-any-return]


@cache
def asking_phrases() -> tuple[str, ...]:
    """Return the Chinese phrases that ask rather than say what about, longer ones first."""
    return tuple(_language()["asking"])  # type: ignore[arg-type]


@cache
def _asking() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, asking_phrases())))


@cache
def _to_traditional() -> dict[int, int]:
    data = _language()
    return str.maketrans(str(data["simplified"]), str(data["traditional"]))


def traditional(text: str) -> str:
    """Return `text` with simplified characters replaced one for one."""
    return text if text.isascii() else text.translate(_to_traditional())


@lru_cache(maxsize=20000)
def stem(word: str) -> str:
    """Cut common English endings, so that pulls, pulled and pulling meet pull."""
    if len(word) < MIN_STEM or not word.isalpha():
        return word
    if word.endswith(("ies", "ied")):
        return word[:-2]
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= MIN_STEM:
            if suffix == "s" and word.endswith(_KEEP_S):
                break
            word = word[: -len(suffix)]
            if word[-1] == word[-2] and word[-1] not in "aeioulsz":
                word = word[:-1]
            break
    if len(word) > MIN_STEM and word.endswith("e"):
        return word[:-1]
    return word[:-1] + "i" if word.endswith("y") else word


class Concepts:
    """The glossary as concepts: every way to write a term leads to one token."""

    def __init__(self, terms: Iterable[Iterable[str]]) -> None:
        self.han: dict[str, list[str]] = {}
        self.latin: dict[str, list[str]] = {}
        for number, writings in enumerate(terms):
            token = f"_{number}"
            for writing in writings:
                self._add(traditional(writing.lower().strip()), token)
        self._prepare()

    def _add(self, writing: str, token: str) -> None:
        if not writing.isascii():
            known = self.han.setdefault(writing, [])
        else:
            words = " ".join(stem(word) for word in _LATIN.findall(writing))
            if not words or words in stop_words():
                return
            known = self.latin.setdefault(words, [])
        if token not in known:
            known.append(token)

    def _prepare(self) -> None:
        self._by_first: dict[str, list[str]] = {}
        for writing in self.han:
            self._by_first.setdefault(writing[0], []).append(writing)
        self._longest = max((key.count(" ") + 1 for key in self.latin), default=0)

    def as_json(self) -> dict[str, Mapping[str, list[str]]]:
        """Return plain values from which `from_json` makes the same concepts."""
        return {"han": self.han, "latin": self.latin}

    @classmethod
    def from_json(cls, value: Mapping[str, dict[str, list[str]]]) -> Concepts:
        """Make concepts from what `as_json` returned."""
        concepts = cls(())
        concepts.han, concepts.latin = value["han"], value["latin"]
        concepts._prepare()
        return concepts

    def find(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Yield (concept token, start, end) for every term in lower-case, traditional `text`."""
        if not text.isascii():
            for start, character in enumerate(text):
                for writing in self._by_first.get(character, ()):
                    if text.startswith(writing, start):
                        for token in self.han[writing]:
                            yield token, start, start + len(writing)
        found = list(_LATIN.finditer(text))
        words = [stem(match[0]) for match in found]
        for first in range(len(words)):
            for length in range(1, min(self._longest, len(words) - first) + 1):
                tokens = self.latin.get(" ".join(words[first : first + length]), [])
                for token in tokens:
                    yield token, found[first].start(), found[first + length - 1].end()


def words(text: str) -> Iterator[str]:
    """Yield the tokens of `text` without concepts, each as often as it stands there."""
    for match in _RUN.finditer(text):
        run = match[0]
        if run[0] >= "\u3400":
            yield from run  # single characters, so that one can be searched for
            for start in range(len(run) - 1):
                yield run[start : start + 2]
            continue
        parts = [part.lower() for part in _PART.findall(run)]
        if len(parts) > 1 and len(run) <= MAX_RUN:
            yield run.lower()
            compact = _LATIN.findall(run.lower())
            if compact != parts:
                yield from (stem(word) for word in compact if len(compact) > 1)
        for part in parts:
            if part not in stop_words():
                yield stem(part)


def close_up(text: str) -> str:
    """Return `text` without the blanks that folded YAML lines leave inside Chinese words."""
    return text if text.isascii() else _folded().sub("", text)


@cache
def _folded() -> re.Pattern[str]:
    """Compiled only where an index is made: a query has no use for it."""
    return re.compile(f"(?<=[{HAN}])[ \t]*\n?[ \t]*(?=[{HAN}])")


def index_tokens(text: str, concepts: Concepts) -> list[str]:
    """Return the tokens a page is found by."""
    text = traditional(close_up(text))
    return [*words(text), *(token for token, _, _ in concepts.find(text.lower()))]


class Unit:
    """A word of a query: its own token, and the concepts it is part of."""

    __slots__ = ("concepts", "factor", "token")

    def __init__(self, token: str, concepts: tuple[str, ...], factor: float) -> None:
        self.token = token
        self.concepts = concepts
        self.factor = factor
        """How much of a word it is; a Chinese bigram is about half of one."""


class Query:
    """A query cut up: words that a page should hold, and further tokens that speak for it."""

    __slots__ = ("extra", "units")

    def __init__(self, units: list[Unit], extra: set[str]) -> None:
        self.units = units
        self.extra = extra
        """Concepts, and compounds as a whole: they rank but are not asked for."""


HAN_FACTOR = 0.5


def read_query(text: str, concepts: Concepts) -> Query:
    """Cut a query; words that only ask (怎麼辦, how) are left out unless there is nothing else."""
    text = traditional(text)
    spans = list(concepts.find(text.lower()))
    asking = [match.span() for match in _asking().finditer(text)] if not text.isascii() else []
    units, extra = _units(text, spans, asking)
    if not units and asking:
        units, extra = _units(text, spans, [])
    extra.update(token for token, _, _ in spans)
    return Query(units, extra)


def _units(
    text: str, spans: list[tuple[str, int, int]], asking: list[tuple[int, int]]
) -> tuple[list[Unit], set[str]]:
    units: dict[str, Unit] = {}
    extra: set[str] = set()

    def add(token: str, start: int, end: int, factor: float) -> None:
        if token not in units and not any(a < end and start < b for a, b in asking):
            over = tuple(concept for concept, a, b in spans if a < end and start < b)
            units[token] = Unit(token, over, factor)

    for match in _RUN.finditer(text):
        run, start = match[0], match.start()
        if run[0] >= "\u3400":
            if len(run) == 1 and run not in stop_words():
                add(run, start, start + 1, HAN_FACTOR)
            for place in range(len(run) - 1):
                add(run[place : place + 2], start + place, start + place + 2, HAN_FACTOR)
            continue
        parts = list(_PART.finditer(run))
        if len(parts) > 1 and len(run) <= MAX_RUN:
            extra.add(run.lower())
        for part in parts:
            word = part[0].lower()
            if word not in stop_words() and (len(word) > 1 or len(parts) == 1):
                add(stem(word), start + part.start(), start + part.end(), 1.0)
    return list(units.values()), extra
