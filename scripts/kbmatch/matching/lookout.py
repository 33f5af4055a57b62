"""What there is to know of a piece of a log: all that can be told without its surroundings.

It takes most of a scan's time and needs nothing but the piece, so other processes can do it.
"""

from __future__ import annotations

from typing import NamedTuple

from .gate import Gate
from .plain import made_plain
from .sieve import Sieve


class Look(NamedTuple):
    """What was seen in a piece of a log."""

    plain: bytes | None
    """The piece without what hides words, where it held any."""
    places: list[tuple[int, int]]
    """Offsets in the plain piece, and numbers of the signatures that could match there."""
    feeds: int
    """How many lines end in the part of it that no later piece holds."""


class Lookout:
    """Looks for places with a gate, and passes on what a sieve leaves of them."""

    def __init__(self, gate: Gate, sieve: Sieve) -> None:
        self._gate = gate
        self._sieve = sieve

    def look(self, piece: bytes, start: int, end: int, own: int) -> Look:
        """Look for places in `piece[start:end]`; the first `own` bytes are in no later piece.

        All three stand where lines end, so that each part has its own plain form.
        """
        plain, rest = made_plain(piece)
        if plain is not piece:
            start = len(made_plain(piece[:start]).text)
            end = len(plain) - len(made_plain(piece[end:]).text)
        known = rest if plain is piece else None
        places = [
            place
            for place in self._gate.places(plain, known)
            # A message may begin before `start`: it belongs to the piece it ends in.
            if start <= place[0] < end and self._sieve.passes(plain, *place)
        ]
        if rest is None:
            feeds = piece.count(b"\n", 0, own)
        else:  # so much shorter that it is sooner counted
            feeds = rest.count(b"\n") - piece.count(b"\n", own)
        return Look(None if plain is piece else plain, places, feeds)
