"""Drops rules of a stylesheet that no page can use: most of a theme's CSS is for other sites.

A rule goes when its selector needs a class, a writing direction or a value of a `data-md-color-…`
attribute that no page has, nor, for classes, any script names. What can't be told is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

_ATTRIBUTE = re.compile(r' (?:class|dir|data-md-color-[a-z]+)="([^"]*)"')
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_OPTIONAL = re.compile(r":(?:not|is|where|has)\(")
_NEEDED_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_NEEDED_VALUE = re.compile(r"\[(?:dir|data-md-color-[a-z]+)=[\"']?([\w-]+)[\"']?\]")
_PROPERTY = re.compile(r"(?<![\w-])(--[\w-]+)\s*:")
_USED_PROPERTY = re.compile(r"var\(\s*(--[\w-]+)")


class Names:
    """The classes and the values of attributes that pages and scripts mention."""

    def __init__(self) -> None:
        self._classes: set[str] = set()
        self._values: set[str] = set()

    def add_page(self, html: str) -> None:
        """Take the names from a page."""
        for value in set(_ATTRIBUTE.findall(html)) - self._values:
            self._values.add(value)
            self._classes.update(value.split())

    def add_script(self, text: str) -> None:
        """Take every word of a script: it may set any of them as a class."""
        self._classes.update(_WORD.findall(text))

    def allow(self, selector: str) -> bool:
        """Return whether everything that one selector needs is mentioned somewhere."""
        needed = _without_choices(selector)
        return self._classes.issuperset(_NEEDED_CLASS.findall(needed)) and self._values.issuperset(
            _NEEDED_VALUE.findall(needed)
        )


def shrink(sheets: Sequence[str], names: Names, beside: Iterable[str] = ()) -> list[str]:
    """Return the sheets without the rules that `names` rule out, and without what only those used.

    They are one: a property that one sheet sets may be read by another, or by those `beside`.
    """
    kept = ["".join(_rules(css, names)) for css in sheets]
    while True:
        used = {name for css in (*kept, *beside) for name in _USED_PROPERTY.findall(css)}
        fewer = [_without_properties(css, used) for css in kept]
        if fewer == kept:
            return kept
        kept = fewer


def _rules(css: str, names: Names) -> Iterator[str]:
    """Yield the rules to keep, in order; blocks of rules (@media) are gone through inside."""
    for prelude, body in _blocks(css):
        if body is None:
            yield prelude
        elif prelude.startswith(("@media", "@supports", "@layer", "@container")):
            inner = "".join(_rules(body, names))
            if inner:
                yield f"{prelude}{{{inner}}}"
        elif prelude.startswith("@"):
            yield f"{prelude}{{{body}}}"
        else:
            selectors = [one for one in _split(prelude, ",") if names.allow(one)]
            if selectors:
                yield f"{','.join(selectors)}{{{body}}}"


def _blocks(css: str) -> Iterator[tuple[str, str | None]]:
    """Yield `(prelude, body)` of each block, or `(statement, None)` of what has no block."""
    start, place = 0, 0
    while place < len(css):
        place = _skip(css, place)
        if place >= len(css):
            break
        mark = css[place]
        if mark == ";":
            yield css[start : place + 1].strip(), None
            start = place + 1
        elif mark == "{":
            end = _end_of_block(css, place)
            yield css[start:place].strip(), css[place + 1 : end]
            place, start = end, end + 1
        place += 1


def _end_of_block(css: str, place: int) -> int:
    depth = 0
    while place < len(css):
        place = _skip(css, place)
        if css[place] == "{":
            depth += 1
        elif css[place] == "}":
            depth -= 1
            if depth == 0:
                return place
        place += 1
    raise ValueError("a block of the stylesheet has no end")


def _skip(css: str, place: int) -> int:
    """Return the next place outside quotes, comments and `url(…)`."""
    while place < len(css):
        if css[place] in "\"'":
            place = _after_quote(css, place)
        elif css.startswith("/*", place):
            place = css.index("*/", place) + 2
        elif css.startswith("url(", place):
            place += 4
            place = _after_quote(css, place) if css[place] in "\"'" else place
            place = css.index(")", place) + 1
        else:
            break
    return place


def _after_quote(css: str, place: int) -> int:
    quote, place = css[place], place + 1
    while css[place] != quote:
        place += 2 if css[place] == "\\" else 1
    return place + 1


def _split(text: str, mark: str) -> list[str]:
    """Split at `mark` outside brackets, quotes and `url(…)`."""
    parts, start, depth, place = [], 0, 0, 0
    while True:
        place = _skip(text, place)
        if place >= len(text):
            break
        if text[place] in "([":
            depth += 1
        elif text[place] in ")]":
            depth -= 1
        elif text[place] == mark and depth == 0:
            parts.append(text[start:place].strip())
            start = place + 1
        place += 1
    return [part for part in (*parts, text[start:].strip()) if part]


def _without_choices(selector: str) -> str:
    """Return a selector without `:not(…)`, `:is(…)` and so on: those need nothing for certain."""
    while match := _OPTIONAL.search(selector):
        depth, place = 1, match.end()
        while depth and place < len(selector):
            depth += {"(": 1, ")": -1}.get(selector[place], 0)
            place += 1
        selector = selector[: match.start()] + selector[place:]
    return selector


def _without_properties(css: str, used: Iterable[str]) -> str:
    """Drop declarations of custom properties that nothing reads (icons as data, mostly)."""
    wanted = set(used)
    if all(name in wanted for name in _PROPERTY.findall(css)):
        return css
    kept: list[str] = []
    for prelude, body in _blocks(css):
        if body is None:
            kept.append(prelude)
        elif "{" in body and prelude.startswith("@"):
            kept.append(f"{prelude}{{{_without_properties(body, wanted)}}}")
        else:
            lines = [
                line
                for line in _split(body, ";")
                if not line.startswith("--") or line.partition(":")[0].strip() in wanted
            ]
            if lines:
                kept.append(f"{prelude}{{{';'.join(lines)}}}")
    return "".join(kept)
