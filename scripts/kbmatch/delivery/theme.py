"""What the built site carries of the theme: files, icons drawn in its pages, and their licences."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from .parts import MissingPartError, license_of

BUILDER = "mkdocs"
"""Builds the site; nothing of it is inside."""
THEME = "mkdocs-material"
ICONS = "material-design-icons"
_ICONS_LICENSE = "material/templates/.icons/material/LICENSE"
_FILES, _OWN_FILES = "site/assets/", "site/assets/kb/"


@dataclass(frozen=True, slots=True)
class Theme:
    """The theme and the builder, as installed where the site was built."""

    version: str
    license: str
    builder_version: str
    builder_license: str
    texts: dict[str, bytes]
    """Licence texts by their place in a bundle."""


def read_theme() -> Theme:
    """Read what is installed. Raises MissingPartError."""
    theme, builder = _found(THEME), _found(BUILDER)
    texts = {}
    for file in theme.files or ():
        path = file.as_posix()
        place = ""
        if path == _ICONS_LICENSE:
            place = f"licenses/{ICONS}/LICENSE"
        elif ".dist-info/" in path and "LICENSE" in file.name.upper():
            place = f"licenses/{THEME}/{file.name}"
        if place:
            texts[place] = Path(str(theme.locate_file(file))).read_bytes()
    return Theme(
        theme.version, license_of(theme), builder.version, license_of(builder), texts
    )  # fmt: skip


def theme_files(names: list[str]) -> list[str]:
    """Return which of a bundle's files are the theme's: its part of the assets."""
    return [n for n in names if n.startswith(_FILES) and not n.startswith(_OWN_FILES)]


def _found(name: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError:
        raise MissingPartError(name) from None
