"""The header search's index, one for each language, cut so that no Chinese word is missed.

The search matches whole tokens by prefix, and Chinese has no blanks: every Han character becomes a
token of its own (joined by a zero-width space), so a word is found wherever it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from .page import Page

ZERO_WIDTH_SPACE = "\u200b"
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def cut(text: str) -> str:
    """Return `text` with every Han character on its own."""
    separated = _HAN.sub(lambda match: f"{ZERO_WIDTH_SPACE}{match[0]}{ZERO_WIDTH_SPACE}", text)
    return separated.replace(ZERO_WIDTH_SPACE * 2, ZERO_WIDTH_SPACE).strip(ZERO_WIDTH_SPACE)


def entries_of(pages: Iterable[Page]) -> list[dict[str, Any]]:
    """Return the index entries of generated pages; addresses count from the language's root."""
    return [
        {
            "location": page.path + (f"#{entry.anchor}" if entry.anchor else ""),
            "title": cut(escape(entry.title, quote=False)),
            "text": cut(escape(entry.text, quote=False)),
            **({"boost": entry.boost} if entry.boost != 1 else {}),
        }
        for page in pages
        for entry in page.search
    ]


def entries_below(language: str, entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return those entries of a site-wide index that belong to `language`, as its own."""
    root = f"{language}/"
    return [
        {
            "location": entry["location"][len(root) :],
            "title": cut(entry["title"]),
            "text": cut(entry["text"]),
        }
        for entry in entries
        if entry["location"].startswith(root)
    ]


def index_json(config: Mapping[str, Any], entries: Iterable[Mapping[str, Any]]) -> str:
    """Return the index as the theme's search worker reads it, in an order that never varies."""
    docs = sorted(entries, key=lambda entry: entry["location"])
    return json.dumps(
        {"config": dict(config), "docs": docs}, ensure_ascii=False, separators=(",", ":")
    )


def index_script(index: str) -> str:
    """Return the index as a script, the only way to load it from `file://`."""
    return f"var __index = {index}"
