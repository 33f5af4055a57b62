"""How far a match can reach around the literal it is looked for by.

Messages compile to a small subset of regular expressions with bounded repeats (language.py), so it
can be counted. The matcher then looks at some hundred characters around the literal and no more.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from .language import escape

Width = tuple[int, int]
"""The least and the most characters that something matches."""

_TOKEN = re.compile(
    r"(?P<plain>[^\\\[\](){}|?]+(?![?{]))|(?P<atom>\[(?:\\.|[^\\\]])+\]|\\.|[^\\\[\](){}|?])"
    r"|(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<bar>\|)"
    r"|(?P<repeat>\{(?P<low>\d+)(?:,(?P<high>\d+))?\}\??|\?)",
    re.DOTALL,
)


def anchor_of(phrases: list[str]) -> str:
    """Return the literal a message is looked for by: the longest between quotes, which may lack."""
    runs = (run for phrase in phrases for run in phrase.split('"') if run.strip())
    return max(runs, key=len)


class Widths:
    """What a regex of a message can match before each place outside its groups."""

    def __init__(self, regex: str) -> None:
        self._regex = regex
        self._starts: list[int] = []
        self._before: list[tuple[int, Width]] = []
        """Of each start the plain characters from there, and what stands before."""
        self._whole = self._read()

    def reach(self, literal: str) -> tuple[int, int, int]:
        """Return the least and the most characters before a literal in a match, the most after it.

        Where the literal stands in a message more than once, the numbers hold for every place.
        """
        core = literal.strip()  # a blank at an end may be the line end that the regex begins with
        wanted = "".join(r"[ \n]" if character == " " else escape(character) for character in core)
        places = list(self._places(wanted))
        left = len(literal) - len(literal.lstrip())
        right = len(literal) - len(literal.rstrip())
        least = min(before for before, _ in places)
        most = max(before for _, before in places)
        after = max(self._whole - before - len(core) for _, before in places)
        return least - left, most - left, after - right

    def _places(self, wanted: str) -> Iterator[Width]:
        """Yield what stands before each place of a piece of the regex."""
        at = self._regex.find(wanted)
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            if number >= 0:
                within = at - self._starts[number]
                plain, (least, most) = self._before[number]
                if within <= plain:
                    yield least + within, most + within
            at = self._regex.find(wanted, at + 1)

    def _read(self) -> int:
        """Note what stands before each place; return the most characters of a whole match."""
        outer: list[tuple[Width, list[Width]]] = []
        so_far: Width = (0, 0)
        ended: list[Width] = []  # the alternatives before this one
        last: Width = (0, 0)
        for token in _TOKEN.finditer(self._regex):
            kind = token.lastgroup
            if not outer and kind in ("plain", "atom", "open"):
                self._starts.append(token.start())
                plain = len(token[0]) - 1 if kind == "plain" else 0
                self._before.append((plain, so_far))
            if kind == "open":
                outer.append((so_far, ended))
                so_far, ended = (0, 0), []
            elif kind == "bar":
                ended.append(so_far)
                so_far = (0, 0)
            elif kind == "plain":
                so_far = so_far[0] + len(token[0]), so_far[1] + len(token[0])
            elif kind == "repeat":
                low, high = (token["low"], token["high"]) if token["low"] else ("0", "1")
                more = (last[0] * (int(low) - 1), last[1] * (int(high or low) - 1))
                so_far = so_far[0] + more[0], so_far[1] + more[1]
            else:
                last = (1, 1)
                if kind == "close":
                    ended.append(so_far)
                    last = min(least for least, _ in ended), max(most for _, most in ended)
                    so_far, ended = outer.pop()
                so_far = so_far[0] + last[0], so_far[1] + last[1]
        return max(most for _, most in (*ended, so_far))
