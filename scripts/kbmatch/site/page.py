"""What a finished page is, for whoever publishes it: plain values, no site generator in sight."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of a page's table of contents; `title` is plain text."""

    id: str
    title: str
    level: int = 2
    children: tuple[Heading, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """What the search knows of a page (`anchor` empty) or of one part of it, in plain words.

    Texts that several pages share are equal strings; the search's file holds each once.
    """

    anchor: str
    title: str
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page in one language."""

    path: str
    """Below the language's root, e.g. `symptoms/dns-lookup-failed.html`."""
    language: str
    kind: str
    """Which template made it: symptom, solution, area, home, phases …"""
    title: str
    description: str
    html: str
    headings: tuple[Heading, ...] = ()
    search: tuple[SearchEntry, ...] = ()
    wide: bool = False
    """True where a table of contents would only take room."""

    @property
    def address(self) -> str:
        """The page's path below the site's root."""
        return f"{self.language}/{self.path}"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file beside the pages: data, redirects, the language choice."""

    path: str
    content: str
