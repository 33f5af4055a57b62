"""The knowledge as immutable values: what every other part of the program reads.

A `Knowledge` holds symptoms, causes, solutions, links and a glossary, all checked: references
resolve, both languages are present, signatures parse. Nothing here knows YAML, HTML or a terminal.
Field names are the keys an author writes; the JSON Schema that editors use is generated from
these classes (see `schema.py`), so a field's docstring comment is also its help text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

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
    changes: bool = False
    """True when it changes anything; commands of a check never do."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check prints in one of its two cases, and what that means."""

    meaning: Text
    output: str | None = None
    """Verbatim output, shortened; slots allowed."""


@dataclass(frozen=True, slots=True)
class Check:
    """One way to tell whether a cause is the reader's."""

    text: Text
    commands: tuple[Command, ...]
    if_yours: Outcome
    if_not: Outcome


@dataclass(frozen=True, slots=True)
class Cause:
    id: str
    area: str
    title: Text
    explanation: Text
    check: Check
    who: str
    """Id of the one who can fix it, named in kb.yaml under `fixers`."""
    solutions: tuple[str, ...]
    links: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    text: Text
    commands: tuple[Command, ...] = ()
    expected: str | None = None
    """Verbatim output that says the step worked."""
    risk: Text | None = None
    """What a destructive step costs."""


@dataclass(frozen=True, slots=True)
class Verify:
    text: Text
    commands: tuple[Command, ...]
    expected: str


@dataclass(frozen=True, slots=True)
class Solution:
    id: str
    area: str
    title: Text
    steps: tuple[Step, ...]
    verify: Verify
    risk: Text | None = None
    links: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """A message as a tool prints it, with typed slots, and the proof that it works."""

    id: str
    message: str
    tools: tuple[str, ...]
    samples: tuple[str, ...]
    near_misses: tuple[str, ...]
    needs: str | None = None
    """A context of kb.yaml that must be near when the message alone could be about anything."""
    line: Literal["anywhere", "start", "whole"] = "anywhere"
    """Where on a line the message stands."""
    versions: str | None = None


@dataclass(frozen=True, slots=True)
class RankedCause:
    cause: str
    note: Text | None = None
    """What to know about this cause when it comes with this symptom."""


@dataclass(frozen=True, slots=True)
class LookAlike:
    id: str
    difference: Text


@dataclass(frozen=True, slots=True)
class Evidence:
    level: EvidenceLevel
    source: str
    """A link id, or in plain words where it was seen."""
    checked: str
    """ISO date."""


@dataclass(frozen=True, slots=True)
class Symptom:
    id: str
    area: str
    title: Text
    summary: Text
    """The ten-second answer: what it means and the most likely reason."""
    phase: str
    signatures: tuple[Signature, ...]
    causes: tuple[RankedCause, ...]
    evidence: tuple[Evidence, ...]
    wraps: tuple[str, ...] = ()
    """Symptoms inside this one; `*` for any. It is folded when one of them is also in the text."""
    yields_to: tuple[str, ...] = ()
    """Symptoms that say more about the cause when both are in the text."""
    look_alikes: tuple[LookAlike, ...] = ()
    applies_to: Text | None = None
    codes: tuple[str, ...] = ()
    """Error codes and HTTP statuses that belong here (index by code)."""
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Words people search for, per language; not shown."""
    retired_ids: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    id: str
    url: str
    title: Text
    summary: Text
    """What the page says, for a reader who can't open it."""
    checked: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A glossary term: how we write it, what people type instead, what our text must not say."""

    en: str
    zh_TW: str
    synonyms: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Area:
    id: str
    title: Text
    summary: Text


@dataclass(frozen=True, slots=True)
class Named:
    """Something kb.yaml names for display: a phase, a platform, a tool."""

    id: str
    title: Text


@dataclass(frozen=True, slots=True)
class SlotKind:
    """What a slot name stands for: its character class, an example, how it is labelled."""

    type: str
    example: str
    label: Text
    suffixes: tuple[str, ...] = ()
    """For type `host`: only hosts with one of these endings."""
    remember: bool = False
    """True for names that stay the same from page to page; any other value lives for one page."""
    vague: bool = False
    """True when it means something else in every message; commands that change something can't
    use it."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """Slots read out of another slot's value, by a message template.

    A value is read by the first template that it has the form of, and put together by the last.
    """

    from_slot: str
    template: str


@dataclass(frozen=True, slots=True)
class Context:
    """Vocabulary that shows what a generic message is about."""

    any: tuple[str, ...]
    proof: tuple[str, ...] = ()
    """Words that count even where words of something else stand on the same line."""
    alone: bool = True
    """Whether the message also counts when it is all there is, with nothing around it."""


@dataclass(frozen=True, slots=True)
class Table:
    """A reference table of kb.yaml or a file beside it (firewall endpoints, limits …)."""

    id: str
    title: Text
    intro: Text
    columns: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    links: tuple[str, ...] = ()
    checked: str = ""


@dataclass(frozen=True, slots=True)
class Hop:
    """One arrow of the picture of a request: what one side says to the other, in which phase."""

    phase: str
    source: str
    """The lane it starts from."""
    target: str
    """The lane it reaches; the same one for what happens on the spot."""
    says: Text
    answer: Text | None = None
    beside: bool = False
    """True for what is not on every request's way."""


@dataclass(frozen=True, slots=True)
class Flow:
    """The picture of a request: who takes part, left to right, and what passes between them."""

    lanes: tuple[Named, ...]
    hops: tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class CodeGroup:
    """Codes of one kind, told by how they are written: `HTTP *`."""

    title: Text
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shortcut:
    """What people look up first: a code, or a word that leads to one symptom."""

    label: str
    code: str | None = None
    symptom: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """kb.yaml: names, order and vocabulary of one knowledge base."""

    title: Text
    description: Text
    languages: tuple[str, ...]
    areas: tuple[Area, ...]
    phases: tuple[Named, ...]
    platforms: tuple[Named, ...]
    tools: tuple[Named, ...]
    fixers: tuple[Named, ...]
    """Who can fix a cause."""
    slots: Mapping[str, SlotKind]
    derivations: tuple[Derivation, ...] = ()
    harvest: tuple[str, ...] = ()
    """Message templates that find slot values anywhere near a match."""
    contexts: Mapping[str, Context] = field(default_factory=lambda: MappingProxyType({}))
    foreign: tuple[str, ...] = ()
    """Words that show a generic message is about something else."""
    report: Text | None = None
    """How to report an error that nothing explains."""
    stuck: Text | None = None
    """What to try when none of a page's causes fits; Markdown on one line."""
    contact: str | None = None
    """Where readers report what is wrong or missing: a mail address or a web address, in which
    `{title}` and `{text}` stand for what they report."""
    repository: str | None = None
    """Web address that opens a file of the knowledge for editing; `{path}` stands for the file."""
    changing: tuple[str, ...] = ()
    """Words of commands that change something; a check with one of them is pointed out."""
    reading: tuple[str, ...] = ()
    """Words beside which such a word changes nothing: `--dry-run`."""
    flow: Flow | None = None
    """The picture of a request; without it the phases stand in a row."""
    code_groups: tuple[CodeGroup, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    overlays: tuple[str, ...] = ()
    """Further knowledge directories, relative to kb.yaml."""
    good_logs: tuple[str, ...] = ()
    """Directories of logs in which no signature may match, relative to kb.yaml."""


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
