"""Rules about messages and commands: slots exist, checks only look, secrets stay out of sight."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from .decode import closest
from .documents import Document, Documents
from .model import Command, Knowledge
from .problems import Problem, problem
from .rules import RuleSet
from .source import Path

RULES = RuleSet()

# `{slot}` or `{alias:slot}`; `${VAR}`, `%{field}` and `{{template}}` belong to shells and tools.
_SLOT = re.compile(r"(?<![{$%\\])\{(?:[a-z][a-z0-9_]*:)?([a-z][a-z0-9_]*)\}(?!\})")

_SECRET_OPTION = re.compile(
    r"""--(?:[a-z]+-)*(?:password|passwd|passphrase|client-secret|secret-key|access-key|account-key
        |api-key|access-token|auth-token|bearer-token)
        (?:=|\s+)(?!-)\S+""",
    re.VERBOSE | re.IGNORECASE,
)
# After `login`, -p is a password; elsewhere it is a port, a path or a project.
_SHORT_PASSWORD = re.compile(r"\blogin\b[^|;&\n]*?\s(-p(?:\s+|=)?(?!-)\S+)")
_CURL_USER = re.compile(r"\bcurl\b[^|;&\n]*?\s((?:-u|--user)[\s=]+['\"]?[^\s:]+:[^\s]+)")
_HEADER = re.compile(r"authorization:\s*(?:bearer|basic)\s+(?![$<{])[\w.+/=-]{8,}", re.IGNORECASE)

# Content of files and queries is no command line.
_NO_COMMAND_LINE = ("file", "kql", "none")


@RULES.each("KB301", "symptom", "settings")
def message_slots_are_declared(
    document: Document, knowledge: Knowledge, documents: Documents
) -> Iterator[Problem]:
    """Messages and the templates of kb.yaml use slots that kb.yaml declares."""
    if not documents.settings_known:
        return
    entry: Any = document.entry
    templates: list[tuple[Path, str]] = []
    if document.kind == "symptom":
        for index, signature in enumerate(entry.signatures):
            templates.append((("signatures", index, "message"), signature.message))
    else:
        for index, template in enumerate(entry.harvest):
            templates.append((("harvest", index), template))
        for index, derivation in enumerate(entry.derivations):
            templates.append((("derivations", index, "template"), derivation.template))
    for path, text in templates:
        yield from _undeclared("KB301", document, path, text, knowledge)


@RULES.each("KB302")
def command_slots_are_declared(
    document: Document, knowledge: Knowledge, documents: Documents
) -> Iterator[Problem]:
    """Commands and their outputs use slots that kb.yaml declares."""
    if documents.settings_known:
        for path, text in _typed(document):
            yield from _undeclared("KB302", document, path, text, knowledge)


@RULES.each("KB308", "cause", "cause-override")
def checks_only_look(
    document: Document, knowledge: Knowledge, documents: Documents
) -> Iterator[Problem]:
    """A check's commands change nothing."""
    for path, command in commands(document):
        if path[0] == "check" and command.changes:
            yield problem("KB308", document.key_position(*path, "changes"))


@RULES.each("KB320")
def changes_name_what_they_change(
    document: Document, knowledge: Knowledge, documents: Documents
) -> Iterator[Problem]:
    """What a message printed is no name for what a command changes: `{name}` is anything's name."""
    slots = knowledge.settings.slots
    for path, command in commands(document):
        if not command.changes:
            continue
        for match in _SLOT.finditer(command.run):
            if match[1] in slots and slots[match[1]].vague:
                where = document.position(*path, "run", needle=match[0])
                yield problem("KB320", where, slot=match[1])


@RULES.each("KB313", "cause", "cause-override")
def checks_look_harmless(
    document: Document, knowledge: Knowledge, documents: Documents
) -> Iterator[Problem]:
    """A check's command whose words change something is looked at by a second pair of eyes."""
    settings = knowledge.settings
    pattern = _changing(settings.changing)
    if pattern is None:
        return
    for path, command in commands(document):
        if path[0] != "check" or command.changes or command.shell in _NO_COMMAND_LINE:
            continue
        for line in command.run.splitlines():
            found = pattern.search(line)
            if found and not any(word in line for word in settings.reading):
                where = document.position(*path, "run", needle=found.group())
                yield problem("KB313", where, found=found.group())


@lru_cache(maxsize=4)
def _changing(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """Return a pattern of words that stand by themselves, not inside a path, slot or option."""
    if not words:
        return None
    longest_first = sorted(words, key=len, reverse=True)
    listed = "|".join(map(re.escape, longest_first))
    return re.compile(rf"(?<![^\s;&|(`'\"])(?:{listed})(?![^\s;&|)`'\"])")


@RULES.each("KB309")
def secrets_stay_off_command_lines(
    document: Document, knowledge: Knowledge, documents: Documents
) -> Iterator[Problem]:
    """A secret on a command line is seen by every process and kept by the shell."""
    for path, command in commands(document):
        if command.shell in _NO_COMMAND_LINE:
            continue
        for found in secrets(command.run):
            where = document.position(*path, "run", needle=found)
            yield problem("KB309", where, found=found)


def secrets(run: str) -> Iterator[str]:
    """Yield the parts of a command line that hand over a secret."""
    for match in _SECRET_OPTION.finditer(run):
        yield match.group()
    for pattern in (_SHORT_PASSWORD, _CURL_USER):
        for match in pattern.finditer(run):
            yield match.group(1)
    for match in _HEADER.finditer(run):
        yield match.group()


def commands(document: Document) -> Iterator[tuple[Path, Command]]:
    """Yield every command of a document with its place."""
    entry: Any = document.entry
    parts: dict[str, Any] = {}
    match document.kind:
        case "cause":
            parts = {"check": entry.check}
        case "solution":
            parts = {"steps": entry.steps, "verify": entry.verify}
        case "cause-override" | "solution-override":
            parts = entry.changes
    for key in ("check", "verify"):
        if key in parts:
            yield from _numbered(parts[key].commands, (key, "commands"))
    for index, step in enumerate(parts.get("steps", ())):
        yield from _numbered(step.commands, ("steps", index, "commands"))


def _numbered(found: Iterable[Command], path: Path) -> Iterator[tuple[Path, Command]]:
    for index, command in enumerate(found):
        yield (*path, index), command


def _typed(document: Document) -> Iterator[tuple[Path, str]]:
    """Yield everything of a document that is typed or printed verbatim."""
    for path, command in commands(document):
        yield (*path, "run"), command.run
    entry: Any = document.entry
    parts: Any = {}
    if document.kind in ("cause-override", "solution-override"):
        parts = entry.changes
    elif document.kind == "cause":
        parts = {"check": entry.check}
    elif document.kind == "solution":
        parts = {"steps": entry.steps, "verify": entry.verify}
    if "check" in parts:
        for case in ("if_yours", "if_not"):
            output = getattr(parts["check"], case).output
            if output:
                yield ("check", case, "output"), output
    for index, step in enumerate(parts.get("steps", ())):
        if step.expected:
            yield ("steps", index, "expected"), step.expected
    if "verify" in parts:
        yield ("verify", "expected"), parts["verify"].expected


def _undeclared(
    code: str, document: Document, path: Path, text: str, knowledge: Knowledge
) -> Iterator[Problem]:
    if "{" not in text:
        return
    slots = knowledge.settings.slots
    for match in _SLOT.finditer(text):
        slot = match.group(1)
        if slot not in slots:
            close = closest(slot, slots)
            where = document.position(*path, needle=match.group())
            key = ".".join(str(part) for part in path if isinstance(part, str))
            yield problem(code, where, "close" if close else "", slot=slot, close=close, key=key)
