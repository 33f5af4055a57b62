"""An organisation's own knowledge laid over another: entries added, texts replaced on purpose.

An overlay is a directory like any other whose kb.yaml has a title. It may add entries, links,
terms and tables, and replace texts with a file that says `overrides: <id>`. It can never take an
entry's place by having the same id; the rules report that.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .model import Text
from .problems import Problem, problem
from .settings import Settings
from .shapes import OverlaySettings, Override

if TYPE_CHECKING:
    from .documents import Document, Documents


def directories(
    root: Path, settings: Settings, document: Document | None, problems: list[Problem]
) -> Iterator[tuple[str, Path]]:
    """Yield the overlay directories that `settings` names; report those that can't be used."""
    seen = {_real(root)}
    for index, name in enumerate(settings.overlays):
        # As people would write it: problems repeat the path.
        folder = Path(os.path.normpath(root / name))
        if document is None or not name:
            continue
        where = document.position("overlays", index)
        if _real(folder) in seen:
            problems.append(problem("KB213", where, "twice", overlay=name))
        elif not (folder / "kb.yaml").is_file():
            problems.append(problem("KB213", where, overlay=name))
        else:
            seen.add(_real(folder))
            yield name, folder


def _real(folder: Path) -> str:
    return str(folder.resolve())


def origin(titles: Mapping[int, Text], layer: int, languages: tuple[str, ...]) -> str:
    """Return the `origin` of a layer's entries: the overlay's title in the first language."""
    return titles[layer].get(languages[0]) if layer in titles else ""


def with_origin(entry: Any, title: str) -> Any:
    """Return the entry marked with where it comes from."""
    return dataclasses.replace(entry, origin=title) if title else entry


def merge_settings(settings: Settings, documents: Documents) -> Settings:
    """Return the settings with what overlays add; names that exist already are kept as they are."""
    added: dict[str, Any] = {}
    for document in documents.of_kind("overlay"):
        overlay = document.entry
        if not isinstance(overlay, OverlaySettings):
            continue
        for key in ("areas", "phases", "platforms", "tools"):
            present = added.get(key, getattr(settings, key))
            known = {item.id for item in present}
            news = tuple(item for item in getattr(overlay, key) if item.id not in known)
            added[key] = (*present, *news)
        slots = added.get("slots", settings.slots)
        added["slots"] = MappingProxyType({**overlay.slots, **slots})
        for key in ("contact", "repository"):  # whoever runs it, not whoever wrote it
            if getattr(overlay, key):
                added[key] = getattr(overlay, key)
    return dataclasses.replace(settings, **added) if added else settings


def apply_overrides(
    entries: dict[str, dict[str, Any]], documents: Documents, titles: Mapping[int, Text]
) -> None:
    """Replace texts of entries; an override that fits nothing is left to the rules."""
    for kind, known in entries.items():
        for document in documents.of_kind(f"{kind}-override"):
            override = document.entry
            if not isinstance(override, Override) or override.overrides not in known:
                continue
            if document.layer:
                entry = dataclasses.replace(known[override.overrides], **override.changes)
                title = origin(titles, document.layer, documents.languages)
                known[override.overrides] = with_origin(entry, title)
