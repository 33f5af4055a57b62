"""The knowledge in one language, with the indexes that overview pages are made from."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from ..knowledge.model import Command, Knowledge, Signature, Solution, Symptom, Table, Text
from ..knowledge.settings import Settings
from ..texts import load
from .markup import Prose
from .slots import Slots

_SHORTCUTS = 14
_SENTENCE = re.compile(r"^.*?(?:[.!?](?=\s)|[。！？])", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Tab:
    """Commands for one platform; `platform` is empty for commands that fit everywhere."""

    platform: str
    title: str
    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A symptom list under one heading: a phase, a tool, a code, an area."""

    id: str
    title: str
    symptoms: tuple[Symptom, ...]
    summary: str = ""


@dataclass(slots=True)
class Shelf:
    """Reference tables that share one page."""

    name: str
    tables: list[Table] = field(default_factory=list)


@dataclass(slots=True)
class CodeShelf:
    """Codes of one kind, told by how they are written."""

    id: str
    title: str
    patterns: tuple[str, ...]
    groups: list[Group] = field(default_factory=list)


class Edition:
    """One language's view of the knowledge: texts, labels, indexes, links."""

    def __init__(self, knowledge: Knowledge, language: str) -> None:
        self.knowledge = knowledge
        self.settings = knowledge.settings
        self.language = language
        self.texts = load("site", language)
        self.slots = Slots(self.settings.slots, self.settings.derivations)
        self.platforms = {item.id: item.title[language] for item in self.settings.platforms}
        self.tools = {item.id: item.title[language] for item in self.settings.tools}
        self.phases = {item.id: item.title[language] for item in self.settings.phases}
        self.areas = {item.id: item for item in self.settings.areas}
        self.symptoms_of_solution = self._symptoms_of_solution()
        self.fixers_of_solution = self._fixers_of_solution()
        self._prose: dict[str, Prose] = {}

    def text(self, text: Text) -> str:
        """Return a text of the knowledge in this edition's language."""
        return text[self.language]

    def fixer(self, id: str) -> str:
        """Return who can fix a cause, as kb.yaml names them."""
        return next(self.text(f.title) for f in self.settings.fixers if f.id == id)

    @property
    def contact(self) -> str:
        """Return the address to report to, `{title}` and `{text}` to be filled; may be empty."""
        return contact_address(self.settings)

    @property
    def contact_now(self) -> str:
        """Return the address to report to for readers without JavaScript, who fill in nothing."""
        return plain_contact(self.contact)

    def source_of(self, folder: str, entry: Symptom | Solution) -> str:
        """Return where an entry's file can be edited; empty if unknown, or kept elsewhere."""
        if entry.origin or not self.settings.repository:
            return ""
        path = f"{folder}/{entry.area}/{entry.id}.yaml"
        return self.settings.repository.replace("{path}", path)

    def origin(self, entry: Symptom | Solution) -> str:
        """Return the title of the overlay that an entry comes from, if it comes from one."""
        titles = self.knowledge.origins.get(entry.origin)
        return self.text(titles) if titles else entry.origin

    def label(self, key: str, **values: object) -> str:
        """Return a text of the site itself."""
        return self.texts[key].format(**values) if values else self.texts[key]

    def count(self, key: str, number: int) -> str:
        """Return a counted noun, `key.one` or `key.other`."""
        return self.texts[f"{key}.{'one' if number == 1 else 'other'}"].format(n=f"{number:,}")

    def prose(self, prefix: str) -> Prose:
        """Return the Markdown renderer for pages whose language root is `prefix`."""
        if prefix not in self._prose:
            self._prose[prefix] = Prose(
                self.slots, lambda scheme, name: prefix + self.path_of(scheme, name)
            )
        return self._prose[prefix]

    def path_of(self, scheme: str, name: str) -> str:
        """Return where `symptom:id` or `solution:id` lives; LookupError when it does not."""
        if scheme == "symptom" and name in self.knowledge.symptoms:
            return f"symptoms/{name}.html"
        if scheme == "solution" and name in self.knowledge.solutions:
            return f"solutions/{name}.html"
        raise LookupError(f"{scheme}:{name}")

    def first_sentence(self, text: Text) -> str:
        """Return the first sentence of a text, as plain words."""
        words = self.prose("").plain(self.text(text))
        match = _SENTENCE.match(words)
        return match[0] if match else words

    def tabs(self, commands: Sequence[Command]) -> list[list[Tab]]:
        """Group commands in order; neighbours for different platforms become alternatives."""
        groups: list[list[Tab]] = []
        general: list[Command] = []
        special: dict[str, list[Command]] = {}

        def close() -> None:
            if general:
                groups.append([Tab("", "", tuple(general))])
                general.clear()
            if special:
                groups.append(
                    [Tab(on, self.platforms[on], tuple(found)) for on, found in special.items()]
                )
                special.clear()

        for command in commands:
            if command.on is None:
                if special:
                    close()
                general.append(command)
            else:
                if general:
                    close()
                special.setdefault(command.on, []).append(command)
        close()
        return groups

    def by_phase(self) -> list[Group]:
        """Return every phase in order, empty ones too: the way has no holes."""
        found: dict[str, list[Symptom]] = defaultdict(list)
        for symptom in self.knowledge.symptoms.values():
            found[symptom.phase].append(symptom)
        return [Group(id, title, tuple(found[id])) for id, title in self.phases.items()]

    def by_area(self) -> list[Group]:
        """Return the areas that have symptoms, in display order."""
        found: dict[str, list[Symptom]] = defaultdict(list)
        for symptom in self.knowledge.symptoms.values():
            found[symptom.area].append(symptom)
        return [
            Group(id, self.text(area.title), tuple(found[id]), self.text(area.summary))
            for id, area in self.areas.items()
            if id in found
        ]

    def by_tool(self) -> list[Group]:
        """Return the tools that print something we know, in the order of kb.yaml."""
        found: dict[str, dict[str, Symptom]] = defaultdict(dict)
        for symptom in self.knowledge.symptoms.values():
            for signature in symptom.signatures:
                for tool in signature.tools:
                    found[tool][symptom.id] = symptom
        return [
            Group(id, title, tuple(found[id].values()))
            for id, title in self.tools.items()
            if id in found
        ]

    def by_code(self) -> list[Group]:
        """Return error codes and statuses in natural order."""
        found: dict[str, list[Symptom]] = defaultdict(list)
        for symptom in self.knowledge.symptoms.values():
            for code in symptom.codes:
                found[code].append(symptom)
        return [
            Group(anchor(code), code, tuple(found[code])) for code in sorted(found, key=_natural)
        ]

    def code_shelves(self) -> list[CodeShelf]:
        """Return the codes by kind, as kb.yaml groups them; without groups, all together."""
        shelves = [
            CodeShelf(f"group-{number}", self.text(group.title), group.codes)
            for number, group in enumerate(self.settings.code_groups, 1)
        ]
        rest = CodeShelf("group-other", self.label("by-code.other"), ("*",))
        for group in self.by_code():
            fits = (s for s in shelves if any(fnmatchcase(group.title, p) for p in s.patterns))
            next(fits, rest).groups.append(group)
        return [shelf for shelf in (*shelves, rest) if shelf.groups]

    def shortcuts(self) -> list[tuple[str, str]]:
        """Return what people look up first, with its place; without any in kb.yaml, some codes."""
        found = [
            (item.label, f"symptoms/{item.symptom}.html")
            if item.symptom
            else (item.label, f"by-code.html#{anchor(item.code or item.label)}")
            for item in self.settings.shortcuts
        ]
        return found or [
            (group.title, f"by-code.html#{group.id}") for group in self.by_code()[:_SHORTCUTS]
        ]

    def place_of_phase(self, phase: str) -> int:
        """Return where a phase stands on the way, for sorting."""
        return list(self.phases).index(phase)

    def messages(self) -> list[tuple[str, Symptom]]:
        """Return every message, sorted as people look things up: by its first word."""
        pairs = [
            (message, symptom)
            for symptom in self.knowledge.symptoms.values()
            for message in self.messages_of(symptom)
        ]
        return sorted(pairs, key=lambda pair: (sort_key(pair[0]), pair[0], pair[1].id))

    def common_first(self, symptom: Symptom) -> list[Signature]:
        """Return the signatures in the order of the knowledge, those that few tools print last.

        What heads a page and stands for it in lists must be what most readers have seen: a message
        of at least half as many tools as the most widely printed one.
        """
        most = max((len(signature.tools) for signature in symptom.signatures), default=0)
        return sorted(symptom.signatures, key=lambda signature: 2 * len(signature.tools) < most)

    def messages_of(self, symptom: Symptom, tool: str = "") -> list[str]:
        """Return the messages of a symptom, or those of one tool, each wording once."""
        return list(
            dict.fromkeys(
                self.slots.message(signature)
                for signature in self.common_first(symptom)
                if not tool or tool in signature.tools
            )
        )

    def own_messages(self, tool: Group, most: int = 2) -> list[str]:
        """Return some messages of a tool, those first that the fewest other tools print."""
        said = [
            (len(signature.tools), self.slots.message(signature))
            for symptom in tool.symptoms
            for signature in symptom.signatures
            if tool.id in signature.tools
        ]
        said.sort(key=lambda pair: pair[0])  # stable: else in the order of the knowledge
        return list(dict.fromkeys(message for _, message in said))[:most]

    def shelves(self) -> list[Shelf]:
        """Return the reference tables by page: the part of a table's id before its first dash."""
        found: dict[str, Shelf] = {}
        for table in self.knowledge.tables:
            name = table.id.partition("-")[0]
            found.setdefault(name, Shelf(name)).tables.append(table)
        return list(found.values())

    def tools_of(self, signatures: Iterable[Signature]) -> list[str]:
        """Return the display names of the tools that print any of these messages."""
        used = {tool for signature in signatures for tool in signature.tools}
        return [title for id, title in self.tools.items() if id in used]

    def slots_used(self, commands: Iterable[Command]) -> list[str]:
        """Return the slots a reader may fill in for these commands."""
        used = [name for command in commands for name in self.slots.names(command.run)]
        return self.slots.fields(used)

    def _fixers_of_solution(self) -> dict[str, list[str]]:
        """Map each solution to who can carry it out, in the order of kb.yaml."""
        found: dict[str, list[str]] = defaultdict(list)
        for fixer in self.settings.fixers:
            for cause in self.knowledge.causes.values():
                for solution in cause.solutions:
                    if cause.who == fixer.id and fixer.id not in found[solution]:
                        found[solution].append(fixer.id)
        return found

    def _symptoms_of_solution(self) -> dict[str, list[Symptom]]:
        found: dict[str, list[Symptom]] = defaultdict(list)
        for symptom in self.knowledge.symptoms.values():
            for ranked in symptom.causes:
                for solution in self.knowledge.causes[ranked.cause].solutions:
                    if symptom not in found[solution]:
                        found[solution].append(symptom)
        return found


def contact_address(settings: Settings) -> str:
    """Return where to report, as a link in which `{title}` and `{text}` are to be filled."""
    address = settings.contact or ""
    if address and "://" not in address:
        return f"mailto:{address}?subject={{title}}&body={{text}}"
    return address


def plain_contact(address: str) -> str:
    """Return that link with nothing filled in."""
    if address.startswith("mailto:"):
        return address.partition("?")[0]
    return address.replace("{title}", "").replace("{text}", "")


def sort_key(message: str) -> str:
    """Return what a message is looked up by: its words, without leading punctuation."""
    return re.sub(r"^\W+", "", message.casefold())


def solution_commands(solution: Solution) -> list[Command]:
    """Return every command of a solution, in order."""
    commands = [command for step in solution.steps for command in step.commands]
    return commands + list(solution.verify.commands)


def tool_path(tool: str) -> str:
    """Return where the errors of a tool are listed, below the language's root."""
    return f"tools/{tool}.html"


def anchor(text: str) -> str:
    """Return an id for an HTML element from a code such as `HTTP 403`."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "other"


def _natural(text: str) -> tuple[object, ...]:
    parts = re.split(r"(\d+)", text.casefold())
    return tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts)
