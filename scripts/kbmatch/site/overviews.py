"""The pages that list: by phase, tool, code and message, the glossary; none too heavy to open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from markupsafe import Markup

from ..knowledge.model import Symptom
from . import diagram
from .edition import Edition, Group, sort_key, tool_path
from .page import Heading, Page, SearchEntry
from .words import SearchText

MANY = 400
"""From so many messages on, each letter has a page of its own."""

Row = tuple[str, Symptom]


class Overviews:
    """Makes the overview pages of one edition; `render` fills a template."""

    def __init__(self, edition: Edition, words: SearchText, render: Callable[..., Markup]) -> None:
        self._edition = edition
        self._words = words
        self._render = render

    def all(self) -> Iterator[Page]:
        """Yield every page that lists entries."""
        edition = self._edition
        phases = [group for group in edition.by_phase() if group.symptoms]
        yield self._page(
            "by-phase",
            [Heading(group.id, group.title) for group in phases],
            groups=phases,
            diagram=diagram.draw(edition, "", errors=False),
        )
        tools = edition.by_tool()
        yield self._page("by-tool", [], groups=tools)
        for group in tools:
            yield self._tool_page(group, tools)
        shelves = edition.code_shelves()
        yield self._page(
            "by-code", [Heading(shelf.id, shelf.title) for shelf in shelves], shelves=shelves
        )
        yield from self._messages()
        yield self._page(
            "glossary",
            [],
            search=self._words.glossary(),
            notes=any(term.note for term in edition.knowledge.glossary),
            terms=sorted(edition.knowledge.glossary, key=lambda term: term.en.casefold()),
        )

    def _tool_page(self, group: Group, tools: list[Group]) -> Page:
        label = self._edition.label
        title = label("by-tool.title", tool=group.title)
        return Page(
            tool_path(group.id),
            self._edition.language,
            "tool",
            title,
            label("by-tool.intro"),
            str(self._render("tool.html", "../", title=title, group=group, groups=tools)),
            search=(SearchEntry("", title, (label("by-tool.intro"),)),),
            wide=True,
        )

    def _messages(self) -> Iterator[Page]:
        rows = self._edition.messages()
        letters: dict[str, list[Row]] = {}
        for row in rows:
            letters.setdefault(_letter(row[0]), []).append(row)
        split = len(rows) > MANY
        yield self._page("messages", [], letters=letters, total=len(rows), split=split, slug=slug)
        for letter, listed in letters.items() if split else ():
            yield self._letter_page(letter, listed, list(letters))

    def _letter_page(self, letter: str, rows: list[Row], letters: list[str]) -> Page:
        label = self._edition.label
        title = label("messages.letter", letter=letter)
        return Page(
            f"messages/{slug(letter)}.html",
            self._edition.language,
            "messages",
            title,
            label("messages.description"),
            str(
                self._render(
                    "letter.html",
                    "../",
                    slug=slug,
                    title=title,
                    letter=letter,
                    letters=letters,
                    rows=rows,
                )
            ),
            wide=True,
        )

    def _page(
        self,
        name: str,
        headings: list[Heading],
        search: tuple[SearchEntry, ...] = (),
        **values: Any,
    ) -> Page:
        label = self._edition.label
        intro = label(f"{name}.description")
        return Page(
            f"{name}.html",
            self._edition.language,
            name,
            label(name),
            intro,
            str(self._render(f"{name}.html", "", **values)),
            headings=tuple(headings),
            search=search or (SearchEntry("", label(name), (intro,)),),
            wide=not headings,
        )


def _letter(message: str) -> str:
    first = sort_key(message)[:1]
    return first.upper() if "a" <= first <= "z" else "0-9" if first.isdigit() else "…"


def slug(letter: str) -> str:
    """Return what a letter's page and anchor are called."""
    return "other" if letter == "…" else letter.lower()
