"""The knowledge as immutable values: what every other part of the program reads.

A `Knowledge` holds symptoms, causes, solutions, links and a glossary, all checked: references
resolve, both languages are present, signatures parse. Nothing here knows YAML, HTML or a terminal.
What kb.yaml says of all of them stands in `settings.py`.
Field names are the keys an author writes; the JSON Schema that editors use is generated from
these classes (see `schema.py`), so a field's docstring comment is also its help text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .settings import Settings

EvidenceLevel = Literal["reproduced", "documented", "reported"]
Shell = Literal["sh", "powershell", "cmd", "kql", "file", "none"]


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a source file; `line` and `column` count from 1."""

    path: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in every language of the knowledge base; Markdown where a reader sees prose."""

    values: Mapping[str, str]

    def __getitem__(self, language: str) -> str:
        return self.values[language]

    def get(self, language: str, default: str = "") -> str:
        return self.values.get(language, default)


@dataclass(frozen=True, slots=True)
class Command:
    """Something to type or to write into a file; slots such as `{host}` are filled later."""

    run: str
    """The command, or with `shell: file` the content of a file."""
    on: str | None = None
    """A platform id of kb.yaml when the command is only for that tool or system."""
    shell: Shell = "sh"
    """What the command is typed into; `file` for the content of a file, `none` for no shell."""
    changes: bool = False
    """True when it changes anything; commands of a check never do."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check prints in one of its two cases, and what that means."""

    meaning: Text
    """What this output tells the reader."""
    output: str | None = None
    """Verbatim output, shortened; slots allowed."""


@dataclass(frozen=True, slots=True)
class Check:
    """One way to tell whether a cause is the reader's."""

    text: Text
    """What to look at, in one sentence."""
    commands: tuple[Command, ...]
    """Commands that only look; the first one also stands in the short answer."""
    if_yours: Outcome
    """What the check shows when this is the reader's cause."""
    if_not: Outcome
    """What it shows when it is not."""


@dataclass(frozen=True, slots=True)
class Cause:
    id: str
    """Kebab-case, equal to the file's name; permanent, as it is part of addresses."""
    area: str
    """Area of kb.yaml, equal to the folder."""
    title: Text
    """What is not as it should be, in a few words, without Markdown."""
    explanation: Text
    """Why this gives that error."""
    check: Check
    """How to tell this cause from the others."""
    who: str
    """Id of the one who can fix it, named in kb.yaml under `fixers`."""
    solutions: tuple[str, ...]
    """Ids of solutions, best first."""
    links: tuple[str, ...] = ()
    """Ids of links.yaml for further reading."""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    text: Text
    """What to do in this step."""
    commands: tuple[Command, ...] = ()
    """Commands of this step, per tool or system where they differ."""
    expected: str | None = None
    """Verbatim output that says the step worked."""
    risk: Text | None = None
    """What a destructive step costs."""


@dataclass(frozen=True, slots=True)
class Verify:
    text: Text
    """How to see that it worked."""
    commands: tuple[Command, ...]
    """The command that shows it."""
    expected: str
    """What it prints then, verbatim; slots allowed."""


@dataclass(frozen=True, slots=True)
class Solution:
    id: str
    """Kebab-case, equal to the file's name; permanent, as it is part of addresses."""
    area: str
    """Area of kb.yaml, equal to the folder."""
    title: Text
    """What to do, in a few words, without Markdown."""
    steps: tuple[Step, ...]
    """The steps in order."""
    verify: Verify
    """How the reader sees that it worked."""
    risk: Text | None = None
    """What the solution costs or endangers, if anything."""
    links: tuple[str, ...] = ()
    """Ids of links.yaml for further reading."""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """A message as a tool prints it, with typed slots, and the proof that it works."""

    id: str
    """Name of the signature within its symptom, kebab-case."""
    message: str
    """The message as the tool prints it, values as `{slots}` that kb.yaml declares."""
    tools: tuple[str, ...]
    """Ids of the tools that print it."""
    samples: tuple[str, ...]
    """Real texts that it must match."""
    near_misses: tuple[str, ...]
    """Texts that resemble it and must not match."""
    needs: str | None = None
    """A context of kb.yaml that must be near when the message alone could be about anything."""
    line: Literal["anywhere", "start", "whole"] = "anywhere"
    """Where on a line the message stands."""
    versions: str | None = None
    """Versions that print it, in words."""


@dataclass(frozen=True, slots=True)
class RankedCause:
    cause: str
    """Id of a cause; the likeliest first."""
    note: Text | None = None
    """What to know about this cause when it comes with this symptom."""


@dataclass(frozen=True, slots=True)
class LookAlike:
    id: str
    """Id of the symptom it is mistaken for."""
    difference: Text
    """How to tell the two apart."""


@dataclass(frozen=True, slots=True)
class Evidence:
    level: EvidenceLevel
    """Seen by us (reproduced), in official documents (documented), or told by others (reported)."""
    source: str
    """A link id, or in plain words where it was seen."""
    checked: str
    """ISO date."""


@dataclass(frozen=True, slots=True)
class Symptom:
    id: str
    """Kebab-case, equal to the file's name; permanent, as it is part of addresses."""
    area: str
    """Area of kb.yaml, equal to the folder."""
    title: Text
    """What the reader sees, in a few words, without Markdown."""
    summary: Text
    """The ten-second answer: what it means and the most likely reason."""
    phase: str
    """Phase of kb.yaml in which the error occurs."""
    signatures: tuple[Signature, ...]
    """Messages that lead to this page."""
    causes: tuple[RankedCause, ...]
    """Causes, likeliest first."""
    evidence: tuple[Evidence, ...]
    """Where the error and its causes were seen."""
    wraps: tuple[str, ...] = ()
    """Symptoms inside this one; `*` for any. It is folded when one of them is also in the text."""
    yields_to: tuple[str, ...] = ()
    """Symptoms that say more about the cause when both are in the text."""
    look_alikes: tuple[LookAlike, ...] = ()
    """Symptoms that are mistaken for this one."""
    applies_to: Text | None = None
    """Versions, services or settings it is limited to."""
    codes: tuple[str, ...] = ()
    """Error codes and HTTP statuses that belong here (index by code)."""
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Words people search for, per language; not shown."""
    retired_ids: tuple[str, ...] = ()
    """Ids this page had before; their addresses lead here."""
    links: tuple[str, ...] = ()
    """Ids of links.yaml for further reading."""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    id: str
    """Name of the link, kebab-case."""
    url: str
    """Whole address, http or https."""
    title: Text
    """Title of the page."""
    summary: Text
    """What the page says, for a reader who can't open it."""
    checked: str
    """ISO date on which somebody opened it."""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A glossary term: how we write it, what people type instead, what our text must not say."""

    en: str
    """The English term."""
    zh_TW: str
    """How we write it in Traditional Chinese."""
    synonyms: tuple[str, ...] = ()
    """What people type instead; found by search."""
    avoid: tuple[str, ...] = ()
    """Wordings that our texts must not use."""
    note: Text | None = None
    """Shown in the glossary."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a table gives to hand on: a line for each name that stands in some of its columns."""

    title: Text
    """What the list is, and for whom."""
    names: tuple[str, ...]
    """The columns with the names, by their headings in the first language."""
    beside: tuple[str, ...] = ()
    """The columns that follow a name on its line."""


@dataclass(frozen=True, slots=True)
class Table:
    """A reference table of kb.yaml or a file beside it (firewall endpoints, limits …)."""

    id: str
    """Kebab-case, equal to the file's name; permanent, as it is part of addresses."""
    title: Text
    """Heading of the table."""
    intro: Text
    """What the table is for."""
    columns: tuple[Text, ...]
    """Headings of the columns."""
    rows: tuple[tuple[Text, ...], ...]
    """Rows, one text per column."""
    links: tuple[str, ...] = ()
    """Ids of links.yaml it was made from."""
    checked: str = ""
    """ISO date on which somebody compared it with its source."""
    listing: Listing | None = None
    """A list to copy out of it."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A whole checked knowledge base; mappings keep display order."""

    settings: Settings
    symptoms: Mapping[str, Symptom]
    causes: Mapping[str, Cause]
    solutions: Mapping[str, Solution]
    links: Mapping[str, Link]
    glossary: tuple[Term, ...]
    tables: tuple[Table, ...]
    source_hash: str
    """Hex SHA-256 over every source file's path and bytes."""
    origins: Mapping[str, Text] = field(default_factory=lambda: MappingProxyType({}))
    """For each `origin` of an entry: the title of that overlay in every language."""
