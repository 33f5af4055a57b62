"""The message language: a message as a tool prints it, with typed slots, compiled to a regex.

`Could not connect to the registry login server '{login_server}'` is literal text with slots. The
regex is written in the subset that means the same in Python `re`, RE2, Hyperscan and JavaScript:
escaped literals, explicit character classes, bounded repeats, groups; no `\\d \\w \\s \\b . $`, no
look-around, no flags, no named groups. It is matched against normalised text (`normalise.py`):
lower case, one kind of quote, one blank between words, every line between line feeds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

MAX_GROUPS = 16
MIN_ANCHOR_BYTES = 6

# Each class is bounded, so that no message can make the matcher run away; `*` stands for the
# asterisks CI systems put where a secret was.
SLOT_CLASSES: Mapping[str, str] = {
    "host": r"[a-z0-9_*.-]{1,253}",
    "domain": r"(?:[a-z0-9*_-]{1,63}(?:\.[a-z0-9*_-]{1,63}){1,9}|localhost)",
    "ip": r"(?:[0-9*.]{3,15}|\[[0-9a-z:.%*]{2,60}\]|[0-9a-f:.]{2,45})",
    "port": r"[0-9*]{1,5}",
    "number": r"[0-9]{1,18}",
    "label": r"[a-z0-9*_][a-z0-9*_-]{0,62}",
    "name": r"[a-z0-9*_][a-z0-9*_.-]{0,252}",
    "word": r"[a-z0-9_]{1,80}",
    "path": r'(?:[a-z]:)?[^ \n":<>|]{1,400}',
    "url": r'[a-z]{2,8}://[^ \n"<>]{1,1000}',
    "token": r'[^ \n"]{1,1000}',
    "reference": r"[a-z0-9][a-z0-9*_.-]{0,252}[/:@][a-z0-9*_][a-z0-9*_./:@-]{0,800}",
    "digest": r"[a-z0-9]{2,20}[:-][0-9a-f*.]{4,128}",
    "status": r'[0-9]{3}(?:[ \n][a-z"-]{2,20}){0,5}',
    "text": r"[^\n]{0,300}",
}
_FREE = frozenset({"text"})
_ESCAPES = {ord(character): "\\" + character for character in "\\^$.*+?()[]{}|"}
# Blanks match a blank or a line feed; quotes may be missing.
_LITERAL = {**_ESCAPES, ord(" "): r"[ \n]", ord('"'): '"?'}
_SPECIAL = re.compile(r"[{}]")


class SlotDeclaration(Protocol):
    """What the compiler needs to know of a slot name."""

    @property
    def type(self) -> str: ...
    @property
    def suffixes(self) -> tuple[str, ...]: ...


class MessageError(ValueError):
    """A message that can't be compiled; `offset` counts characters from its start.

    `reason` is one of `REASONS`, which the rules word for people. `slot` names the slot that is to
    blame when it is undeclared or of an unknown type: one mistake, wherever the slot is used.
    """

    REASONS = (
        "empty", "no-literal", "open-brace", "close-brace", "undeclared", "unknown-type",
        "adjacent", "free-slots", "free-start",
    )  # fmt: skip

    def __init__(self, offset: int, reason: str, slot: str = "") -> None:
        super().__init__(reason)
        self.offset = offset
        self.reason = reason
        self.slot = slot


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot of a message: the name its value is kept under, and its declared kind."""

    name: str
    kind: str
    type: str
    suffixes: tuple[str, ...] = ()

    @property
    def regex(self) -> str:
        """The slot's class; with suffixes, only hosts that end so."""
        if not self.suffixes:
            return SLOT_CLASSES[self.type]
        endings = "|".join(escape(suffix.lower()) for suffix in self.suffixes)
        return rf"[a-z0-9_*.-]{{0,200}}(?:{endings})"


@dataclass(frozen=True, slots=True)
class Message:
    """A compiled message."""

    source: str
    parts: tuple[str | Slot, ...]
    regex: str
    groups: tuple[str, ...]
    """Slot names by capture group, group 1 first."""
    free_groups: tuple[int, ...]
    """Groups that hold free text, which proves nothing about the message."""
    phrases: tuple[str, ...]
    """Normalised literal text between slots, quotes included."""

    @property
    def literals(self) -> tuple[str, ...]:
        """Literal runs without quotes, which may be missing: all of them are in a match."""
        return literal_runs(self.phrases)

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(part for part in self.parts if isinstance(part, Slot))


def escape(text: str) -> str:
    """Return `text` as a regex that matches it, escaping only what every engine lets us escape."""
    return text.translate(_ESCAPES)


def parse_message(
    source: str,
    slots: Mapping[str, SlotDeclaration],
    *,
    line: str = "anywhere",
    template: bool = False,
) -> Message:
    """Compile a message of the language.

    `slots` declares the slot names (kb.yaml). `line` is `anywhere`, `start` or `whole`. With
    `template` a rare literal is not asked for (templates that only read values out of text).
    Raises MessageError where the message is not valid or could run away.
    """
    if not isinstance(slots, MappingProxyType):
        return _parse(source, slots, line, template)
    # Rules, proofs and the pack ask for the same messages, with the same slots.
    if _parsed_with[0] is not slots:
        _parsed_with[0] = slots
        _parsed.clear()
    key = (source, line, template)
    found = _parsed.get(key)
    if found is None:
        try:
            found = _parse(source, slots, line, template)
        except MessageError as error:
            found = error
        _parsed[key] = found
    if isinstance(found, MessageError):
        raise MessageError(found.offset, found.reason, found.slot)
    return found


_parsed: dict[tuple[str, str, bool], Message | MessageError] = {}
_parsed_with: list[object] = [None]
"""The slots that the messages in `_parsed` were parsed with."""


def _parse(source: str, slots: Mapping[str, SlotDeclaration], line: str, template: bool) -> Message:
    parts = _split(source, slots)
    normal = tuple(_fold(part) if isinstance(part, str) else part for part in parts)
    _refuse_runaway(source, normal)
    phrases = tuple(part for part in normal if isinstance(part, str))
    runs = literal_runs(phrases)
    if not template and not any(len(run.encode()) >= MIN_ANCHOR_BYTES for run in runs):
        raise MessageError(0, "no-literal")
    regex, groups, free = _regex(normal, line)
    return Message(source, normal, regex, groups, free, phrases)


# Words that any program's log may hold: alone they tell nothing apart.
_COMMON_WORDS = frozenset(
    (
        "error", "errors", "err", "failed", "failure", "fail", "fatal", "warning", "warn",
        "info", "debug", "message", "status", "code", "reason", "result", "refused", "denied",
        "rejected", "aborted", "canceled", "cancelled", "closed", "timeout", "timed", "out",
        "exceeded", "expired", "invalid", "unknown", "unexpected", "unsupported", "missing",
        "not", "found", "no", "such", "cannot", "can", "could", "unable", "to", "is", "was",
        "has", "been", "be", "the", "a", "an", "of", "in", "on", "at", "for", "from", "with",
        "by", "and", "or", "connection", "connect", "request", "response", "server", "client",
        "host", "http", "name", "level", "msg", "time",
    )
)  # fmt: skip
_WORD = re.compile(r"\w+")
_FEW_WORDS = 2
_FEW_SIGNS = 3


def is_common(message: Message) -> bool:
    """Whether the literal text of a message is a word or two that any log may hold."""
    words = [word for run in message.literals for word in _WORD.findall(run)]
    if len(words) > _FEW_WORDS or not _COMMON_WORDS.issuperset(words):
        return False
    signs = sum(not (c.isalnum() or c.isspace()) for run in message.literals for c in run)
    return signs < _FEW_SIGNS


def _split(source: str, slots: Mapping[str, SlotDeclaration]) -> tuple[str | Slot, ...]:
    parts: list[str | Slot] = []
    literal = ""
    position = 0
    while position < len(source):
        special = _SPECIAL.search(source, position)
        end = special.start() if special else len(source)
        literal += source[position:end]
        if special is None:
            break
        position = end
        character = special[0]
        if source.startswith(("{{", "}}"), position):
            literal += character
            position += 2
        elif character == "{":
            end = source.find("}", position)
            if end < 0:
                raise MessageError(position, "open-brace")
            name, _, kind = source[position + 1 : end].partition(":")
            kind = kind or name
            if kind not in slots:
                raise MessageError(position, "undeclared", kind)
            declared = slots[kind]
            if declared.type not in SLOT_CLASSES:
                raise MessageError(position, "unknown-type", kind)
            if literal:
                parts.append(literal)
                literal = ""
            elif parts:
                raise MessageError(position, "adjacent")
            parts.append(Slot(name, kind, declared.type, declared.suffixes))
            position = end + 1
        else:
            raise MessageError(position, "close-brace")
    if literal:
        parts.append(literal)
    if not parts:
        raise MessageError(0, "empty")
    return tuple(parts)


def _fold(text: str) -> str:
    """Bring a literal to the form text has after normalisation."""
    from .normalise import fold_literal

    return fold_literal(text)


def _refuse_runaway(source: str, parts: tuple[str | Slot, ...]) -> None:
    """Refuse messages whose match time could grow faster than the text."""
    slots = [part for part in parts if isinstance(part, Slot)]
    free = [slot for slot in slots if slot.type in _FREE]
    if len(free) > 2:
        raise MessageError(source.find("{"), "free-slots")
    if isinstance(parts[0], Slot) and parts[0].type in _FREE:
        raise MessageError(0, "free-start")


def literal_runs(phrases: Iterable[str]) -> tuple[str, ...]:
    """Return the runs of literal text between quotes, those of blanks only left out."""
    return tuple(run for phrase in phrases for run in phrase.split('"') if run.strip())


def _regex(
    parts: tuple[str | Slot, ...], line: str
) -> tuple[str, tuple[str, ...], tuple[int, ...]]:
    first, last = parts[0], parts[-1]
    pieces = []
    if line in ("start", "whole"):
        pieces.append(r"\n")
    elif _bounded(first[0] if isinstance(first, str) else "a"):
        pieces.append("[^a-z0-9]")
    groups: list[str] = []
    free: list[int] = []
    for index, part in enumerate(parts):
        if isinstance(part, str):
            pieces.append(_literal_regex(part))
            continue
        regex = part.regex
        if part.type in _FREE and index < len(parts) - 1:
            regex += "?"
        if len(groups) < MAX_GROUPS:
            groups.append(part.name)
            pieces.append(f"({regex})")
            if part.type in _FREE:
                free.append(len(groups))
        else:
            pieces.append(f"(?:{regex})")
    if line == "whole":
        pieces.append(r"\n")
    elif isinstance(last, str) and _bounded(last[-1]):
        pieces.append("[^a-z0-9]")
    return "".join(pieces), tuple(groups), tuple(free)


def _literal_regex(text: str) -> str:
    return text.translate(_LITERAL)


def _bounded(character: str) -> bool:
    """A message that begins or ends with a letter or digit ends there as a word."""
    return character.isascii() and character.isalnum()
