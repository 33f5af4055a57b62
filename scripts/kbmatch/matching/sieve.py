"""Candidate places of a log that can't be a match after all, told apart before any normalising.

The gate looks for the longest stretch of a message only. A message such as `PullImage "{image}"
failed` shares that stretch with every healthy pull, so here the words of its other stretches must
stand near the place too. A match spans only as many line ends as its message has blanks, which
bounds where they can be.
"""

from __future__ import annotations

import re

from .matcher import Matcher

_WORD = re.compile(rb"[a-z0-9]+")
_BLANK = r"[ \n]"
_STATUS = "{0,5})"
_STATUS_BLANKS = 5
"""How many words a status slot may add (language.py), each after a blank or line end."""


class Sieve:
    """Passes the places of a pack's signatures that have all the message's words around them."""

    def __init__(self, matcher: Matcher, reach: int) -> None:
        self._matcher = matcher
        self._reach = reach
        self._needs: dict[int, tuple[tuple[bytes, ...], int]] = {}
        self._seen: tuple[bytes, int] = (b"", -1)
        self._around: dict[int, bytes | None] = {}
        """What stands around the place seen last, by line ends."""

    def passes(self, buffer: bytes, place: int, signature: int) -> bool:
        """Whether `signature` could match around `place`; true in doubt."""
        words, feeds = self._needs.get(signature) or self._learn(signature)
        if self._seen[1] != place or self._seen[0] is not buffer:  # messages share many places
            self._seen = buffer, place
            self._around.clear()
        if feeds not in self._around:
            self._around[feeds] = self._lines(buffer, place, feeds)
        around = self._around[feeds]
        return around is None or all(word in around for word in words)

    def _lines(self, buffer: bytes, place: int, feeds: int) -> bytes | None:
        """Return the lines around `place`; None when full-width letters may spell words there."""
        low, high = place, place + 1
        floor, ceiling = max(0, place - self._reach), min(len(buffer), place + self._reach)
        for _ in range(feeds + 1):
            low = buffer.rfind(b"\n", floor, low)
            if low < 0:
                low = floor
                break
        for _ in range(feeds + 1):
            high = buffer.find(b"\n", high, ceiling) + 1
            if not high:
                high = ceiling
                break
        around = buffer[low:high]
        return around.lower() if around.isascii() else None

    def _learn(self, number: int) -> tuple[tuple[bytes, ...], int]:
        signature = self._matcher.signature(number)
        words = {word for phrase in signature.phrases for word in _WORD.findall(phrase.encode())}
        feeds = signature.source.count(_BLANK) + _STATUS_BLANKS * signature.source.count(_STATUS)
        self._needs[number] = (tuple(sorted(words, key=len, reverse=True)), feeds)
        return self._needs[number]
