"""Literals for a plain search such as ripgrep's: a sieve before the matcher.

A plain search reads raw text, where `docker` or `message` stand on every other line. So for each
message the words are taken that the fewest messages share. Where quotes part those words, the text
is written with every quote that tools use. A message without such words gets no literal; it is
named, because a sieve that hides what it lets fall is worse than none.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass

from kbmatch.matching.pack import Pack

from .signatures import ExportedSignature, exported

ENOUGH = 0.7
"""How rare a literal must be: 0 is a word in every message, 1 a word in a single one."""
GROUP = 5
QUOTES = ('"', r"\"", "'", "`", "")
"""How tools write a quote, if at all; normalised text has only the first."""
_WORD = re.compile(r"[a-z0-9]+|[^\x00-\x7f]+")


@dataclass(frozen=True, slots=True)
class Literals:
    """What to search for in any case, and the ids of the messages it does not find."""

    literals: tuple[str, ...]
    without: tuple[str, ...]


def literals(pack: Pack) -> Literals:
    """Return the literals of a pack; a message in raw text as printed holds one of its own."""
    signatures = list(exported(pack))
    rarity = _rarity(signatures)
    enough = ENOUGH * math.log(len(signatures) or 1)
    found: set[str] = set()
    without = []
    for item in signatures:
        best = _best(item, rarity, enough)
        found.update(best)
        if not best:
            without.append(item.id)
    return Literals(tuple(sorted(found)), tuple(without))


def _rarity(signatures: list[ExportedSignature]) -> dict[str, float]:
    """Return for each word the logarithm of how few messages hold it, if only inside other words.

    A plain search for `repo` finds every `repository`. Groups of letters tell that near enough.
    """
    holders = Counter(
        part
        for item in signatures
        for part in {
            word[start : start + size]
            for word in _words(item.literals)
            for size in range(1, GROUP + 1)
            for start in range(len(word) - size + 1)
        }
    )
    words = {word for item in signatures for word in _words(item.literals)}
    return {
        word: math.log(len(signatures) / min(holders[group] for group in _groups(word)))
        for word in words
    }


def _groups(word: str) -> list[str]:
    size = min(GROUP, len(word))
    return [word[start : start + size] for start in range(len(word) - size + 1)]


def _best(item: ExportedSignature, rarity: dict[str, float], enough: float) -> list[str]:
    """Return the rarest literal of a message, in as many spellings as it needs."""

    def weight(text: str) -> float:
        return sum(rarity[word] for word in _words([text]))

    run = max(item.literals, key=weight).strip()
    if weight(run) >= enough:
        return [run]
    phrase = max(item.phrases, key=weight).strip()
    if weight(phrase) < enough:
        return []
    return [phrase.replace('"', quote) for quote in QUOTES]


def _words(texts: tuple[str, ...] | list[str]) -> set[str]:
    return {word for text in texts for word in _WORD.findall(text)}
