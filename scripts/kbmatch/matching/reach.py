"""How far a match can reach around the literal it is looked for by.

Messages compile to a small subset of regular expressions with bounded repeats (language.py), so it
can be counted. The matcher then looks at some hundred characters around the literal and no more.
"""

from __future__ import annotations

from .language import escape

Width = tuple[int, int]
"""The least and the most characters that something matches."""


def anchor_of(phrases: list[str]) -> str:
    """Return the literal a message is looked for by: the longest between quotes, which may lack."""
    runs = (run for phrase in phrases for run in phrase.split('"') if run.strip())
    return max(runs, key=len)


def reach(regex: str, anchor: str) -> tuple[int, int, int]:
    """Return the least and the most characters before `anchor` in a match, and the most after it.

    Where the anchor stands in a message more than once, the numbers hold for every place.
    """
    core = anchor.strip()  # a blank at an end may be the line end that the regex begins with
    reader = _Reader(regex, _literal(core))
    _, whole = reader.alternatives()
    left = len(anchor) - len(anchor.lstrip())
    right = len(anchor) - len(anchor.rstrip())
    least = min(before for before, _ in reader.places)
    most = max(before for _, before in reader.places)
    after = max(whole - before - len(core) for _, before in reader.places)
    return least - left, most - left, after - right


def _literal(text: str) -> str:
    """Return literal text without quotes as it stands in a message's regex."""
    return "".join(r"[ \n]" if character == " " else escape(character) for character in text)


class _Reader:
    """Reads one regex, and notes what width stands before each place of a literal."""

    def __init__(self, source: str, wanted: str) -> None:
        self._source = source
        self._wanted = wanted
        self._at = 0
        self._depth = 0
        self.places: list[Width] = []

    def alternatives(self) -> Width:
        """Read up to the end of the group; return its width."""
        widths = [self._sequence()]
        while self._at < len(self._source) and self._source[self._at] == "|":
            self._at += 1
            widths.append(self._sequence())
        return min(least for least, _ in widths), max(most for _, most in widths)

    def _sequence(self) -> Width:
        least = most = 0
        while self._at < len(self._source) and self._source[self._at] not in ")|":
            if self._depth == 0 and self._source.startswith(self._wanted, self._at):
                self.places.append((least, most))
            low, high = self._repeated(self._atom())
            least += low
            most += high
        return least, most

    def _atom(self) -> Width:
        source = self._source
        if source[self._at] == "[":
            self._at += 1
            while source[self._at] != "]":
                self._at += 2 if source[self._at] == "\\" else 1
        elif source[self._at] == "\\":
            self._at += 1
        elif source[self._at] == "(":
            self._at += 3 if source.startswith("(?:", self._at) else 1
            self._depth += 1
            width = self.alternatives()
            self._depth -= 1
            self._at += 1
            return width
        self._at += 1
        return 1, 1

    def _repeated(self, width: Width) -> Width:
        source, (least, most) = self._source, width
        following = source[self._at : self._at + 1]
        if following == "?":
            self._at += 1
            return 0, most
        if following == "{":
            end = source.index("}", self._at)
            low, _, high = source[self._at + 1 : end].partition(",")
            self._at = end + 1
            if source[self._at : self._at + 1] == "?":  # as few as possible: the same width
                self._at += 1
            return least * int(low), most * int(high or low)
        return least, most
