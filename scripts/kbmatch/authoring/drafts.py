"""Drafts of entries: values for every key the schema asks for, written as YAML people can edit."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import yaml

from kbmatch.knowledge.rules_layout import schema_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FOLDERS = {"symptom": "symptoms", "cause": "causes", "solution": "solutions"}


class Draft:
    """One entry to be finished by a person."""

    def __init__(self, kind: str, id: str, area: str, value: Mapping[str, Any]) -> None:
        self.kind = kind
        self.id = id
        self.area = area
        self.value = value

    @property
    def path(self) -> str:
        """Where the file belongs, below the knowledge directory."""
        return f"{FOLDERS[self.kind]}/{self.area}/{self.id}.yaml"

    def text(self, directory: Path | None = None) -> str:
        """Return the file's content, as it belongs below a knowledge directory."""
        schema = schema_path((directory or Path("kb")) / self.path, self.kind)
        return f"# yaml-language-server: $schema={schema}\n{to_yaml(self.value)}"


class Writer:
    """Makes the texts of drafts: what is known in one language, a note to the author elsewhere."""

    def __init__(self, languages: tuple[str, ...], notes: Mapping[str, str]) -> None:
        self.languages = languages
        self.notes = notes
        """For each language, how something yet to be written is marked."""

    def text(self, language: str, text: str) -> dict[str, str]:
        """Return a Text known in one language."""
        return {
            known: text if known == language else f"{self.notes[known]}: {text}"
            for known in self.languages
        }

    def blank(self, hints: Mapping[str, str]) -> dict[str, str]:
        """Return a Text that is all to be written, with what belongs there."""
        return {known: f"{self.notes[known]}: {hints[known]}" for known in self.languages}

    def mark(self, hints: Mapping[str, str]) -> str:
        """Return a plain string that is to be written."""
        first = self.languages[0]
        return f"{self.notes[first]}: {hints[first]}"


def to_yaml(value: object) -> str:
    """Return a plain value as YAML in the order given."""
    text: str = yaml.dump(
        value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=math.inf, indent=2
    )
    return text


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key, as the files of the knowledge do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _string(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _string)


def slug(text: str, fallback: str, words: int = 6) -> str:
    """Return an id from the ASCII words of a text; `fallback` when it has fewer than two."""
    found = re.findall(r"[a-z0-9]+", re.sub(r"\{[^}]*\}", " ", text.lower()))
    found = list(dict.fromkeys(word for word in found if not word.isdigit()))
    return "-".join(found[:words]) if len(found) > 1 else fallback


def today() -> str:
    """Return the date that a new entry was checked on."""
    return date.today().isoformat()


def write_new(path: Path, text: str) -> None:
    """Write a file that must not exist yet. Raises FileExistsError, OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
