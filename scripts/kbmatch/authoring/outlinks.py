"""The links of an article to other pages, as drafts of links that the knowledge does not have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urljoin

from .article import Line
from .drafts import slug
from .wording import Ids, Wording

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class OutLinks:
    """Collects the links of one article, each address once."""

    def __init__(
        self,
        base: str | None,
        known: Mapping[str, str],
        fallback: str,
        checked: str,
        ids: Ids,
        wording: Wording,
    ) -> None:
        self.drafts: list[dict[str, Any]] = []
        self._base = base
        self._known = dict(known)
        """Address to id, of the knowledge's links and of those found."""
        self._fallback = fallback
        self._checked = checked
        self._ids = ids
        self._wording = wording

    def take(self, line: Line) -> tuple[list[str], list[str]]:
        """Return the ids of a line's links, and what of it has no address that can be told."""
        ids, left = [], list(line.images)
        for title, address in line.links:
            if address.startswith("#"):
                continue
            url = _absolute(address, self._base)
            if url is None:
                left.append(f"[{title}]({address})")
            else:
                ids.append(self.link(url, title or url))
        return ids, left

    def link(self, url: str, title: str) -> str:
        """Return the id of the link to an address, drafting it if it is new."""
        known = self._known.get(url)
        if known is not None:
            return known
        path = re.sub(r"^https?://[^/]+/|[?#].*$", "", url).strip("/")
        id = self._ids.new(slug(path.rpartition("/")[2], slug(path, "")), self._fallback)
        self._known[url] = id
        self.drafts.append(
            {
                "id": id,
                "url": url,
                "title": self._wording.text(title),
                "summary": self._wording.blank("link-summary"),
                # Nobody has opened it yet; the article's author had, at the latest then.
                "checked": self._checked,
            }
        )
        return id


def is_only_link(line: Line) -> bool:
    """Whether a line says nothing but where to read on."""
    return bool(line.links) and line.text == line.links[0][0]


def _absolute(address: str, base: str | None) -> str | None:
    """Return a link's full address; relative ones need a base."""
    if re.match(r"https?://", address):
        return address
    if base is None or ":" in address.partition("/")[0]:
        return None
    return re.sub(r"\.md(?=$|[#?])", "", urljoin(base, address))
