"""What kb.yaml says of a whole knowledge base, as immutable values: names, order, vocabulary.

Field names are the keys an author writes, and their docstrings the help texts of the JSON Schema,
as in `model.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from .model import Text


@dataclass(frozen=True, slots=True)
class Area:
    id: str
    """Name of the area and its folders, kebab-case."""
    title: Text
    """Shown in the navigation."""
    summary: Text
    """What belongs here, in one sentence."""


@dataclass(frozen=True, slots=True)
class Named:
    """Something kb.yaml names for display: a phase, a platform, a tool."""

    id: str
    """What entries call it, kebab-case."""
    title: Text
    """What readers see."""


@dataclass(frozen=True, slots=True)
class SlotKind:
    """What a slot name stands for: its character class, an example, how it is labelled."""

    type: str
    """Character class of the engine: host, ip, port, url, path, number, name, token, text …"""
    example: str
    """A value as a tool prints it; commands show it until the real one is known."""
    label: Text
    """What the value is called on pages."""
    suffixes: tuple[str, ...] = ()
    """For type `host`: only hosts with one of these endings."""
    remember: bool = False
    """True for names that stay the same from page to page; any other value lives for one page."""
    vague: bool = False
    """True when it means something else in every message; commands that change something can't
    use it."""
    usual: bool = False
    """True when the example is what it nearly always is; a command copied with it lacks nothing."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """Slots read out of another slot's value, by a message template.

    A value is read by the first template that it has the form of, and put together by the last.
    """

    from_slot: str
    """The slot whose value is read."""
    template: str
    """A message with the slots to read out of it."""


@dataclass(frozen=True, slots=True)
class Context:
    """Vocabulary that shows what a generic message is about."""

    any: tuple[str, ...]
    """Words of which one must be near."""
    proof: tuple[str, ...] = ()
    """Words that count even where words of something else stand on the same line."""
    alone: bool = True
    """Whether the message also counts when it is all there is, with nothing around it."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One arrow of the picture of a request: what one side says to the other, in which phase."""

    phase: str
    """Phase that fails when this hop does."""
    source: str
    """The lane it starts from."""
    target: str
    """The lane it reaches; the same one for what happens on the spot."""
    says: Text
    """What is asked."""
    answer: Text | None = None
    """What comes back."""
    beside: bool = False
    """True for what is not on every request's way."""


@dataclass(frozen=True, slots=True)
class Flow:
    """The picture of a request: who takes part, left to right, and what passes between them."""

    lanes: tuple[Named, ...]
    """Who takes part, from left to right."""
    hops: tuple[Hop, ...]
    """Who asks whom, in order."""


@dataclass(frozen=True, slots=True)
class CodeGroup:
    """Codes of one kind, told by how they are written: `HTTP *`."""

    title: Text
    """Heading of the group."""
    codes: tuple[str, ...]
    """The codes in order of display."""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """What people look up first: a code, or a word that leads to one symptom."""

    label: str
    """What the shortcut shows."""
    code: str | None = None
    """A code to go to."""
    symptom: str | None = None
    """A symptom to go to."""


@dataclass(frozen=True, slots=True)
class Settings:
    """kb.yaml: names, order and vocabulary of one knowledge base."""

    title: Text
    """Name of the knowledge base."""
    description: Text
    """What it is about, in one or two sentences."""
    languages: tuple[str, ...]
    """Languages of all texts; the first is the original."""
    areas: tuple[Area, ...]
    """Areas in order of display."""
    phases: tuple[Named, ...]
    """Phases in the order in which they happen."""
    platforms: tuple[Named, ...]
    """Tools and systems that commands may be limited to."""
    tools: tuple[Named, ...]
    """Tools that print messages."""
    fixers: tuple[Named, ...]
    """Who can fix a cause."""
    slots: Mapping[str, SlotKind]
    """Names that messages and commands may use for values."""
    derivations: tuple[Derivation, ...] = ()
    """Slots read out of other slots."""
    harvest: tuple[str, ...] = ()
    """Message templates that find slot values anywhere near a match."""
    contexts: Mapping[str, Context] = field(default_factory=lambda: MappingProxyType({}))
    """Vocabularies that generic messages need near them."""
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
    """How the index by code is grouped."""
    shortcuts: tuple[Shortcut, ...] = ()
    """Ways in on the home page."""
    overlays: tuple[str, ...] = ()
    """Further knowledge directories, relative to kb.yaml."""
    good_logs: tuple[str, ...] = ()
    """Directories of logs in which no signature may match, relative to kb.yaml."""
