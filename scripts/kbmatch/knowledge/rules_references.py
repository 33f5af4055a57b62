"""Rules about references: whatever an entry names exists, is named once, and is not itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from .documents import Document, Documents
from .model import Check, Command, Knowledge, Solution, Symptom
from .problems import Problem, problem
from .rules import RuleSet
from .rules_identity import missing
from .settings import Settings
from .shapes import KEBAB_CASE
from .source import Path

RULES = RuleSet()

Reference = tuple[str, str, Path]
"""Kind of what is named, its id, and where the name stands."""


@RULES.rule("KB204")
def references_resolve(knowledge: Knowledge, documents: Documents) -> Iterator[Problem]:
    """Every id an entry names is one that exists."""
    known = _known(knowledge, documents)
    retired = {
        old: symptom.id for symptom in knowledge.symptoms.values() for old in symptom.retired_ids
    }
    for document in documents:
        for kind, identity, path in references(document):
            names = known.get(kind)
            if names is None or not identity or identity in names:
                continue
            key = ".".join(str(part) for part in path if isinstance(part, str))
            where = document.position(*path)
            if kind == "symptom" and identity in retired:
                now = retired[identity]
                yield problem("KB204", where, "retired", key=key, id=identity, now=now)
            else:
                yield missing("KB204", where, names, kind, key=key, kind=kind, id=identity)


@RULES.each("KB208")
def nothing_is_listed_twice(
    document: Document, knowledge: Knowledge, documents: Documents
) -> Iterator[Problem]:
    """A list of names holds each once."""
    seen: set[tuple[Path, str]] = set()
    for _, identity, path in references(document):
        # Only lists: `causes[3].cause` and `tools[1]` count, the `on` of two commands doesn't.
        if path and path[-1] in ("on", "needs", "area", "phase", "from_slot", "source", "target"):
            continue
        listed: Path = tuple("*" if isinstance(part, int) else part for part in path)
        spot = (listed, identity)
        if document.kind in ("symptom", "symptom-override") and path[0] == "signatures":
            spot = (path[:-1], identity)
        if spot in seen and identity:
            key = ".".join(str(part) for part in path if isinstance(part, str))
            yield problem("KB208", document.position(*path), key=key, id=identity)
        seen.add(spot)


@RULES.each("KB211", "symptom")
def symptoms_do_not_name_themselves(
    document: Document, knowledge: Knowledge, documents: Documents
) -> Iterator[Problem]:
    """A symptom is neither its own look-alike nor inside itself."""
    for kind, identity, path in references(document):
        if kind == "symptom" and identity and identity == document.entry.id:
            yield problem("KB211", document.position(*path), key=path[0])


ORPHANS = RuleSet()
"""Not needed to use the knowledge, so loading doesn't ask."""


@ORPHANS.rule("KB205", "KB206", "KB207")
def everything_is_named(knowledge: Knowledge, documents: Documents) -> Iterator[Problem]:
    """What no page names is seen by nobody."""
    named: dict[str, set[str]] = {}
    for document in documents:
        for kind, identity, _ in references(document):
            named.setdefault(kind, set()).add(identity)
    # What can't be read may name anything.
    for code, kind, above in (("KB205", "cause", "symptom"), ("KB206", "solution", "cause")):
        if documents.unread_names(above):
            continue
        for document in documents.of_kind(kind):
            if document.entry.id and document.entry.id not in named.get(kind, ()):
                yield problem(code, document.position("id"), id=document.entry.id)
    for document in () if documents.unread else documents.of_kind("links"):
        for index, link in enumerate(document.entry):
            if link.id and link.id not in named.get("link", ()):
                yield problem("KB207", document.position(index, "id"), id=link.id)


def _known(knowledge: Knowledge, documents: Documents) -> dict[str, Collection[str]]:
    """Return the names of each kind; entries whose file is broken exist all the same."""
    known: dict[str, Collection[str]] = {
        kind: {
            *(document.entry.id for document in documents.of_kind(kind)),
            *(document.name for document in documents.of_kind(kind)),
            *documents.unread_names(kind),
        }
        for kind in ("symptom", "cause", "solution")
    }
    if not documents.unread_names("links"):
        known["link"] = knowledge.links
    settings = knowledge.settings
    if documents.settings_known:
        known["area"] = [area.id for area in settings.areas]
        known["phase"] = [phase.id for phase in settings.phases]
        known["platform"] = [platform.id for platform in settings.platforms]
        known["tool"] = [tool.id for tool in settings.tools]
        known["fixer"] = [fixer.id for fixer in settings.fixers]
        known["context"] = settings.contexts
        known["slot"] = settings.slots
        known["lane"] = [lane.id for lane in settings.flow.lanes] if settings.flow else []
    if not documents.unread_names("symptom"):
        known["code"] = {code for entry in knowledge.symptoms.values() for code in entry.codes}
    return known


def references(document: Document) -> Iterator[Reference]:
    """Yield everything a document names."""
    entry = document.entry
    match document.kind:
        case "symptom":
            yield from _of_symptom(entry)
        case "cause":
            yield ("area", entry.area, ("area",))
            yield ("fixer", entry.who, ("who",))
            yield from _of_check(entry.check)
            yield from _each("solution", entry.solutions, "solutions")
            yield from _each("link", entry.links, "links")
        case "solution":
            yield ("area", entry.area, ("area",))
            yield from _of_solution(entry)
        case "table":
            yield from _each("link", entry.links, "links")
        case "settings":
            for index, derivation in enumerate(entry.derivations):
                yield ("slot", derivation.from_slot, ("derivations", index, "from_slot"))
            yield from _of_pictures(entry)
        case "symptom-override" | "cause-override" | "solution-override":
            changes = entry.changes
            yield from _each("link", changes.get("links", ()), "links")
            if "check" in changes:
                yield from _of_check(changes["check"])
            if "who" in changes:
                yield ("fixer", changes["who"], ("who",))
            yield from _of_steps(changes.get("steps", ()))
            if "verify" in changes:
                yield from _of_commands(changes["verify"].commands, ("verify", "commands"))


def _of_pictures(settings: Settings) -> Iterator[Reference]:
    for index, hop in enumerate(settings.flow.hops if settings.flow else ()):
        yield ("phase", hop.phase, ("flow", "hops", index, "phase"))
        for key, lane in (("source", hop.source), ("target", hop.target)):
            yield ("lane", lane, ("flow", "hops", index, key))
    for index, shortcut in enumerate(settings.shortcuts):
        for key in ("code", "symptom"):
            if named := getattr(shortcut, key):
                yield (key, named, ("shortcuts", index, key))


def _of_symptom(symptom: Symptom) -> Iterator[Reference]:
    yield ("area", symptom.area, ("area",))
    yield ("phase", symptom.phase, ("phase",))
    for index, ranked in enumerate(symptom.causes):
        yield ("cause", ranked.cause, ("causes", index, "cause"))
    for index, other in enumerate(symptom.look_alikes):
        yield ("symptom", other.id, ("look_alikes", index, "id"))
    yield from _each("symptom", symptom.wraps, "wraps", but="*")
    yield from _each("symptom", symptom.yields_to, "yields_to")
    yield from _each("link", symptom.links, "links")
    for index, signature in enumerate(symptom.signatures):
        for number, tool in enumerate(signature.tools):
            yield ("tool", tool, ("signatures", index, "tools", number))
        if signature.needs:
            yield ("context", signature.needs, ("signatures", index, "needs"))
    for index, evidence in enumerate(symptom.evidence):
        # What was seen may be told in words; what is documented names its link.
        if evidence.level == "documented" or _is_id(evidence.source):
            yield ("link", evidence.source, ("evidence", index, "source"))


def _of_solution(solution: Solution) -> Iterator[Reference]:
    yield from _of_steps(solution.steps)
    yield from _of_commands(solution.verify.commands, ("verify", "commands"))
    yield from _each("link", solution.links, "links")


def _of_steps(steps: Iterable[Any]) -> Iterator[Reference]:
    for index, step in enumerate(steps):
        yield from _of_commands(step.commands, ("steps", index, "commands"))


def _of_check(check: Check) -> Iterator[Reference]:
    yield from _of_commands(check.commands, ("check", "commands"))


def _of_commands(commands: Iterable[Command], path: Path) -> Iterator[Reference]:
    for index, command in enumerate(commands):
        if command.on is not None:
            yield ("platform", command.on, (*path, index, "on"))


def _each(kind: str, names: Iterable[str], key: str, but: str = "") -> Iterator[Reference]:
    for index, name in enumerate(names):
        if name != but:
            yield (kind, name, (key, index))


def _is_id(text: str) -> bool:
    import re

    return "-" in text and re.match(KEBAB_CASE, text) is not None
