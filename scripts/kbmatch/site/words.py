"""What the header search knows of every page: all its words, by the part they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..knowledge.model import Cause, Command, Solution, Symptom, Table, Text
from .edition import Edition
from .page import SearchEntry

# How much an entry weighs. Tried on every sample, title and alias of our own knowledge: what
# a tool prints first, then what an error is about, then what merely mentions it, lists last.
MESSAGE = 8.0
MAIN = 3.0
FIX = 0.7
CAUSE = 0.5
LIST = 0.3


class SearchText:
    """Collects the words of one edition's pages."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._prose = edition.prose("")
        self._platforms = {
            platform.id: edition.text(platform.title) for platform in edition.settings.platforms
        }
        self._causes: dict[str, str] = {}
        self._fixes: dict[str, str] = {}

    def symptom(
        self, symptom: Symptom, causes: Iterable[Cause], links: Iterable[str]
    ) -> tuple[SearchEntry, ...]:
        """Return an entry for the page, one for each wording and one for each cause with its fixes.

        A pasted message is found by its own short entry, where it weighs most.
        """
        edition = self._edition
        parts = [self._plain(symptom.summary), *symptom.codes, symptom.id]
        parts += symptom.aliases.get(edition.language, ())
        if symptom.applies_to:
            parts.append(self._plain(symptom.applies_to))
        for other in symptom.look_alikes:
            parts.append(edition.text(edition.knowledge.symptoms[other.id].title))
            parts.append(self._plain(other.difference))
        parts += self._links(links)
        entries = [SearchEntry("", edition.text(symptom.title), _join(parts), MAIN)]
        for signature in symptom.signatures:
            message = edition.slots.message(signature)
            words = _join((signature.samples[0], *edition.tools_of([signature])))
            entries.append(SearchEntry(f"message-{signature.id}", message, words, MESSAGE))
        notes = {ranked.cause: ranked.note for ranked in symptom.causes}
        told: set[str] = set()
        for cause in causes:
            note = notes[cause.id]
            words = _join(
                (
                    self._cause(cause),
                    self._plain(note) if note else "",
                    *(self._fix(id) for id in cause.solutions if id not in told),
                )
            )
            told.update(cause.solutions)
            title = edition.text(cause.title)
            entries.append(SearchEntry(f"cause-{cause.id}", title, words, CAUSE))
        return tuple(entries)

    def solution(
        self, solution: Solution, links: Iterable[str], symptoms: Iterable[Symptom]
    ) -> tuple[SearchEntry, ...]:
        """Return the one entry of a solution's page."""
        title = self._edition.text(solution.title)
        parts = [self._solution(solution), *self._links(links)]
        parts += [self._edition.text(symptom.title) for symptom in symptoms]
        return (SearchEntry("", title, _join(parts), FIX),)

    def tables(self, tables: Iterable[Table]) -> tuple[SearchEntry, ...]:
        """Return an entry for each table of a page."""
        entries = []
        for index, table in enumerate(tables):
            cells = [self._plain(cell) for row in (table.columns, *table.rows) for cell in row]
            anchor = table.id if index else ""
            words = _join((self._plain(table.intro), *cells))
            entries.append(SearchEntry(anchor, self._edition.text(table.title), words))
        return tuple(entries)

    def glossary(self) -> tuple[SearchEntry, ...]:
        """Return the glossary's entry."""
        parts: list[str] = []
        for term in self._edition.knowledge.glossary:
            parts += (term.en, term.zh_TW, *term.synonyms)
            if term.note:
                parts.append(self._plain(term.note))
        return (SearchEntry("", self._edition.label("glossary"), _join(parts), LIST),)

    def _cause(self, cause: Cause) -> str:
        if cause.id not in self._causes:
            check = cause.check
            parts = [self._plain(cause.explanation), self._plain(check.text)]
            parts += self._commands(check.commands)
            for outcome in (check.if_yours, check.if_not):
                parts += (self._plain(outcome.meaning), self._example(outcome.output))
            self._causes[cause.id] = _join(parts)
        return self._causes[cause.id]

    def _fix(self, id: str) -> str:
        if id not in self._fixes:
            solution = self._edition.knowledge.solutions[id]
            title = self._edition.text(solution.title)
            self._fixes[id] = _join((title, self._solution(solution)))
        return self._fixes[id]

    def _solution(self, solution: Solution) -> str:
        parts = [self._plain(solution.risk)] if solution.risk else []
        for step in solution.steps:
            parts.append(self._plain(step.text))
            parts += self._commands(step.commands)
            parts += (self._plain(step.risk) if step.risk else "", self._example(step.expected))
        parts.append(self._plain(solution.verify.text))
        parts += self._commands(solution.verify.commands)
        parts.append(self._example(solution.verify.expected))
        return _join(parts)

    def _links(self, ids: Iterable[str]) -> list[str]:
        words: list[str] = []
        for id in ids:
            link = self._edition.knowledge.links[id]
            words += (self._edition.text(link.title), self._plain(link.summary))
        return words

    def _commands(self, commands: Sequence[Command]) -> list[str]:
        words = []
        for command in commands:
            if command.on:
                words.append(self._platforms[command.on])
            words.append(self._edition.slots.example(command.run))
        return words

    def _example(self, output: str | None) -> str:
        return self._edition.slots.example(output) if output else ""

    def _plain(self, text: Text) -> str:
        return self._prose.plain(self._edition.text(text))


def _join(parts: Iterable[str]) -> str:
    return " ".join(part for part in parts if part)
