"""Dirty text to the one form that messages are matched against.

Escape codes, log prefixes, JSON and Go escaping, every kind of quote and blank, full-width forms
and frames go; line feeds stay, so a place in the result still has its line number. The rules are
data (`normalisation.json`) because the page in the browser applies the very same ones.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from functools import cache

UNWRAP_MIN_COLUMNS = 40
UNWRAP_MAX_CHARACTERS = 65536


class NormalText:
    """Normalised text: `cased` as printed, `text` in lower case; the two have equal length.

    Both begin and end with a line feed, so the first line starts at offset 1.
    """

    __slots__ = ("_feeds", "cased", "leaps", "said", "text")

    def __init__(self, cased: str) -> None:
        self.cased = cased
        self.text = cased.lower()
        self._feeds: list[int] | None = None
        self.said: dict[tuple[str, int], bool | None] = {}
        """What single lines tell about contexts (context.py)."""
        self.leaps: dict[tuple[str, int], dict[int, int]] = {}
        """From a line to the next one in a direction that may tell anything (context.py)."""

    @property
    def feeds(self) -> list[int]:
        """The offsets of all line feeds; line `n` stands between the feeds `n` and `n + 1`."""
        if self._feeds is None:
            self._feeds = [match.start() for match in re.finditer("\n", self.text)]
        return self._feeds

    @property
    def lines(self) -> int:
        """How many lines there are."""
        return len(self.feeds) - 1

    def line_of(self, offset: int) -> int:
        """Return the number of the line (from 0) that `offset` stands in."""
        return max(0, bisect_right(self.feeds, max(offset - 1, 0)) - 1)

    def bounds(self, line: int) -> tuple[int, int]:
        """Return the offsets of a line's first and past its last character."""
        return self.feeds[line] + 1, self.feeds[line + 1]

    def line_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets of the first and past the last character of the lines touched."""
        first = self.text.rfind("\n", 0, max(start, 1)) + 1
        last = self.text.find("\n", max(end - 1, first))
        return first, last if last >= 0 else len(self.text)


@cache
def _rules() -> dict[str, object]:
    from kbmatch.resources import read_resource

    rules: dict[str, object] = json.loads(read_resource("matching/normalisation.json"))
    return rules


@cache
def character_table() -> dict[int, str | None]:
    """Return what becomes of single characters; None where they go."""
    rules = _rules()
    table: dict[int, str | None] = {0xFF01 + i: chr(0x21 + i) for i in range(94)}
    replace = rules["replace"]
    assert isinstance(replace, dict)
    table.update({ord(key): value for key, value in replace.items()})
    table.update(dict.fromkeys(map(ord, str(rules["blanks"])), " "))
    table.update(dict.fromkeys(map(ord, str(rules["nothing"]))))
    table.update(dict.fromkeys(map(ord, str(rules["quotes"]) + "＂＇"), '"'))
    return table


@cache
def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source, re.MULTILINE)


def normalise(text: str) -> NormalText:
    """Return the normal form of `text`; line feeds are kept one for one."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", " ")
    return _finish(_clean(text))


@cache
def escape_patterns() -> list[re.Pattern[bytes]]:
    """Return what the escape codes of terminals look like in bytes."""
    steps = _rules()["rules"]
    assert isinstance(steps, list)
    return [re.compile(one["pattern"].encode()) for one in steps if one["id"] in ("osc", "ansi")]


def _clean(text: str) -> str:
    """Remove what terminals and encoders put around and into the words."""
    rules = _rules()
    steps = rules["rules"]
    assert isinstance(steps, list)
    for step in steps:
        if any(trigger in text for trigger in step["when"]):
            replacement = step["with"].replace("\\", "\\\\").replace("$1", "\\1")
            text = _pattern(step["pattern"]).sub(replacement, text)
    return text.translate(character_table())


def _finish(text: str) -> NormalText:
    rules = _rules()
    text = _tidy(text)
    if _may_have_prefix(text):
        text = _pattern(str(rules["prefix"])).sub("", text)
    if "|" in text:
        text = _pattern(str(rules["edge_bar"])).sub("", text)
    if '""' in text:
        text = _pattern(str(rules["quote_runs"])).sub('"', text)
    return NormalText(f"\n{text}\n")


def _may_have_prefix(text: str) -> bool:
    """Tell cheaply whether any line could start with a log prefix: compiling its regex is slow."""
    return "|" in text or any(
        line[:1] in "0123456789[#:>"
        or line[1:5].isdigit()
        or (line[3:4] == " " and line[4:6].strip().isdigit())
        for line in text.split("\n")
        if line
    )


def _tidy(text: str) -> str:
    rules = _rules()
    if "  " in text:
        text = _pattern(str(rules["blank_runs"])).sub(" ", text)
    return _pattern(str(rules["line_edges"])).sub("", text)


def fold_literal(text: str) -> str:
    """Return a literal of a message in the form it has inside normalised text."""
    folded = _clean(text.replace("\r", " ")).replace("\n", " ").lower()
    folded = _pattern(" {2,}").sub(" ", folded)
    return _pattern('"{2,}').sub('"', folded)


def unwrap(text: str) -> tuple[str, list[int]] | None:
    """Join lines that a terminal or a frame cut at a fixed width, also inside a word.

    Returns the joined text and, for each of its lines, the number (from 0) of the line it began
    on; None when the text does not look cut.
    """
    if len(text) > UNWRAP_MAX_CHARACTERS or "\n" not in text:
        return None
    lines = [line.rstrip() for line in _clean(text.replace("\r\n", "\n")).split("\n")]
    framed = sum(line.startswith((" ", "|")) for line in lines) > len(lines) // 2
    if framed:
        lines = [line[1:-1].strip() if line.endswith("|") else line[1:].rstrip() for line in lines]
        lines = [line[1:] if line.startswith(" ") else line for line in lines]
    widths = [_columns(line) for line in lines]
    widest = max(widths)
    if widest < UNWRAP_MIN_COLUMNS or sum(width >= widest - 1 for width in widths) < 1:
        return None
    joined: list[str] = []
    starts: list[int] = []
    continues = False
    for number, (line, width) in enumerate(zip(lines, widths, strict=True)):
        if continues:
            joined[-1] += line
        else:
            joined.append(line)
            starts.append(number)
        continues = width >= widest - 1
    if len(joined) == len(lines):
        return None
    return "\n".join(joined), starts


def _columns(line: str) -> int:
    """Return how many terminal columns a line takes; wide characters take two."""
    if line.isascii():
        return len(line)
    return len(line) + len(_pattern(str(_rules()["wide"])).findall(line))
