"""Rules about files as files, all of which `kb validate --fix` can put right."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from .documents import Document, Documents
from .model import Knowledge, Position
from .problems import Problem, problem
from .rules import RuleSet
from .schema import OWN_DIRECTORY, SCHEMA_DIRECTORY

RULES = RuleSet()

_MODELINE = re.compile(
    r"^# yaml-language-server: \$schema=(?P<path>\S*/)?(?P<kind>[a-z-]+)\.schema\.json\s*$"
)
_ANY_MODELINE = re.compile(r"^#\s*yaml-language-server:.*\n", re.MULTILINE)
_TRAILING = re.compile(r"[ \t]+(?=\r?\n|\Z)")
_DATE = re.compile(
    r"""^(?P<before>\s*(?:-\s+)?checked:\s*)(?P<quote>['"]?)
        (?P<year>\d{4})[/.-](?P<month>\d{1,2})[/.-](?P<day>\d{1,2})(?P=quote)(?P<after>\s*)$""",
    re.VERBOSE | re.MULTILINE,
)
_DEEPEST = 3
"""How many folders a file may lie below its kb.yaml."""
_BOM = b"\xef\xbb\xbf"


@RULES.each("KB110")
def first_line_names_schema(
    document: Document, knowledge: Knowledge, documents: Documents
) -> Iterator[Problem]:
    """Editors learn from the first line which schema applies."""
    first, _, _ = document.source.text.partition("\n")
    match = _MODELINE.match(first)
    where = Position(document.path, 1, 1)
    if match is None or match["kind"] != document.kind:
        path = schema_path(document.file, document.kind)
        yield problem("KB110", where, kind=document.kind, path=path)
    elif not _exists(str(document.file.parent), match["path"] or "", match["kind"]):
        path = schema_path(document.file, document.kind)
        yield problem("KB110", where, "missing", kind=document.kind, path=path)


@RULES.each("KB111")
def white_space_is_tidy(
    document: Document, knowledge: Knowledge, documents: Documents
) -> Iterator[Problem]:
    """Invisible characters make differences between versions hard to read."""
    text = document.source.text
    if document.data.startswith(_BOM):
        yield problem("KB111", document.source.at(0), "bom")
    if "\r\n" in text:
        yield problem("KB111", document.source.at(text.index("\r\n")), "crlf")
    for match in _TRAILING.finditer(text) if _has_trailing(text) else ():
        yield problem("KB111", document.source.at(match.start()))
    if not text.endswith("\n") or text.endswith("\n\n"):
        yield problem("KB111", document.source.at(len(text.rstrip("\n"))), "newline")


def _has_trailing(text: str) -> bool:
    return any(end in text for end in (" \n", "\t\n", " \r", "\t\r")) or text.endswith((" ", "\t"))


def schema_path(file: Path, kind: str) -> str:
    """Return how a file's first line names the schema of its kind.

    A knowledge directory may have schemas of its own (`kb schema --kb`), which know its names.
    """
    folder = file.parent.resolve()
    directory = _own_schemas(str(folder)) or SCHEMA_DIRECTORY
    relative = os.path.relpath(directory, folder).replace(os.sep, "/")
    return f"{relative}/{kind}.schema.json"


@cache
def _own_schemas(folder: str) -> Path | None:
    """Return the schemas of the knowledge directory that a folder belongs to, if it has any."""
    for above in (Path(folder), *Path(folder).parents[:_DEEPEST]):
        own = above / OWN_DIRECTORY
        if (above / "kb.yaml").is_file():
            return own if own.is_dir() else None
    return None


@cache
def _exists(folder: str, path: str, kind: str) -> bool:
    if "://" in path:
        return True
    return Path(folder, path, f"{kind}.schema.json").is_file()


def tidied(document: Document) -> bytes:
    """Return what the file of a document should contain, as far as that is mechanical."""
    text = document.source.text.replace("\r\n", "\n")
    text = _TRAILING.sub("", text)
    text = _DATE.sub(_iso_date, text)
    first, _, rest = text.partition("\n")
    match = _MODELINE.match(first)
    folder = str(document.file.parent)
    path = schema_path(document.file, document.kind)
    if (
        match is None
        or match["kind"] != document.kind
        or not _exists(folder, match["path"] or "", match["kind"])
        or (OWN_DIRECTORY in path and OWN_DIRECTORY not in (match["path"] or ""))
    ):
        body = rest if _ANY_MODELINE.match(first + "\n") else text
        text = f"# yaml-language-server: $schema={path}\n{body}"
    return (text.rstrip("\n") + "\n").encode("utf-8")


def _iso_date(match: re.Match[str]) -> str:
    date = f"{match['year']}-{int(match['month']):02}-{int(match['day']):02}"
    return f"{match['before']}{match['quote']}{date}{match['quote']}{match['after']}"
