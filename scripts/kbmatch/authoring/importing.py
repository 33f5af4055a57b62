"""A troubleshooting article to drafts of symptoms, causes, solutions and links.

`placing` finds what the article tells, `entries` and `outlinks` make drafts of it; what fits
nowhere is listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

from kbmatch.knowledge.problems import printable

from .article import Article, ArticleError
from .drafts import Draft, Writer
from .entries import Entries
from .outlinks import OutLinks
from .parts import base as base_of
from .parts import language as language_of
from .placing import Placer, Unplaced
from .wording import Ids, Wording, date_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_ENTRIES = 2000
"""An article with more is a list of something else, and nobody could finish its drafts."""


@dataclass
class Imported:
    """What an article became."""

    language: str
    drafts: list[Draft] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)
    undecided: list[Unplaced] = field(default_factory=list)
    """Causes of which the article doesn't say which solution is theirs."""
    clashes: list[str] = field(default_factory=list)
    """Ids that the knowledge has already."""


@dataclass(frozen=True)
class Existing:
    """What the knowledge has already, so that nothing is added a second time."""

    ids: frozenset[str] = frozenset()
    links: Mapping[str, str] = field(default_factory=dict)
    """Address to id."""


def import_article(
    article: Article,
    *,
    name: str,
    area: str,
    phase: str,
    settings: Mapping[str, Any],
    writer: Writer,
    hints: Mapping[str, Mapping[str, str]],
    language: str | None = None,
    base: str | None = None,
    file: str = "",
    existing: Existing | None = None,
) -> Imported:
    """Return the drafts of an article. `name` begins ids that its text gives no words for.

    `file` is the article's name without suffix, which ends its address. Raises ArticleError.
    """
    existing = existing or Existing()
    told, simplified = language_of(article)
    language = language or told
    wording = Wording(writer, hints, language, simplified and language != "en")
    base = base or base_of(article)
    ids = Ids()
    checked = date_of(article.front_matter)
    links = OutLinks(base, existing.links, f"{name}-link", checked, ids, wording)
    found = Placer(name, ids, links, wording).place(article)
    if len(found.symptoms) + len(found.causes) + len(found.solutions) > MAX_ENTRIES:
        raise ArticleError("too-many", most=MAX_ENTRIES)
    # The article itself is the evidence: as a link where its address is known, else in words.
    title = str(article.front_matter.get("title") or name)
    evidence = {"level": "reported", "source": title, "checked": checked}
    if base and file and found.symptoms:
        evidence["level"] = "documented"
        evidence["source"] = links.link(urljoin(base, file), title)
    entries = Entries(found, name, area, phase, settings, evidence, ids, wording)
    drafts = entries.drafts()
    written = [*(draft.id for draft in drafts), *(link["id"] for link in links.drafts)]
    return Imported(
        language,
        drafts,
        links.drafts,
        found.unplaced,
        entries.undecided,
        [id for id in written if id in existing.ids],
    )


def unplaced_lines(unplaced: Iterable[Unplaced], path: str) -> Iterable[str]:
    """Yield what could not be placed as `path:line text`, each on one line."""
    for item in unplaced:
        lines = (printable(line, len(line)) for line in item.text.splitlines())
        yield f"{path}:{item.number} {' ⏎ '.join(lines)}"
