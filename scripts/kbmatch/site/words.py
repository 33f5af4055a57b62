"""What the search knows of every page: all its words, by the part they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..knowledge.model import Cause, Command, Solution, Symptom, Table, Text
from .edition import Edition
from .page import SearchEntry


class SearchText:
    """Collects the words of one edition's pages."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._prose = edition.prose("")
        self._platforms = {
            platform.id: edition.text(platform.title) for platform in edition.settings.platforms
        }
        self._causes: dict[str, tuple[str, ...]] = {}
        self._fixes: dict[str, tuple[str, ...]] = {}

    def symptom(
        self, symptom: Symptom, causes: Iterable[Cause], links: Iterable[str]
    ) -> tuple[SearchEntry, ...]:
        """Return an entry for the page, for each wording, and for each cause with its fixes."""
        edition = self._edition
        parts = [self._plain(symptom.summary), " ".join((*symptom.codes, symptom.id))]
        parts.append(" · ".join(symptom.aliases.get(edition.language, ())))
        if symptom.applies_to:
            parts.append(self._plain(symptom.applies_to))
        for other in symptom.look_alikes:
            parts.append(edition.text(edition.knowledge.symptoms[other.id].title))
            parts.append(self._plain(other.difference))
        parts += self._links(links)
        entries = [SearchEntry("", edition.text(symptom.title), _said(parts))]
        for signature in symptom.signatures:
            message = edition.slots.message(signature)
            words = (signature.samples[0], " ".join(edition.tools_of([signature])))
            entries.append(SearchEntry(f"message-{signature.id}", message, _said(words)))
        notes = {ranked.cause: ranked.note for ranked in symptom.causes}
        told: set[str] = set()
        for cause in causes:
            note = notes[cause.id]
            texts = [*self._cause(cause), self._plain(note) if note else ""]
            for id in cause.solutions:
                if id not in told:
                    texts += self._fix(id)
            told.update(cause.solutions)
            title = edition.text(cause.title)
            entries.append(SearchEntry(f"cause-{cause.id}", title, _said(texts)))
        return tuple(entries)

    def solution(
        self, solution: Solution, links: Iterable[str], symptoms: Iterable[Symptom]
    ) -> tuple[SearchEntry, ...]:
        """Return the one entry of a solution's page."""
        title = self._edition.text(solution.title)
        parts = [*self._fix(solution.id)[1:], *self._links(links)]
        parts += [self._edition.text(symptom.title) for symptom in symptoms]
        fixers = self._edition.fixers_of_solution[solution.id]
        parts.append(" ".join(map(self._edition.fixer, fixers)))
        return (SearchEntry("", title, _said(parts)),)

    def tables(self, tables: Iterable[Table]) -> tuple[SearchEntry, ...]:
        """Return an entry for each table of a page."""
        entries = []
        for index, table in enumerate(tables):
            rows = (" ".join(map(self._plain, row)) for row in (table.columns, *table.rows))
            anchor = table.id if index else ""
            title = self._edition.text(table.title)
            entries.append(SearchEntry(anchor, title, _said((self._plain(table.intro), *rows))))
        return tuple(entries)

    def glossary(self) -> tuple[SearchEntry, ...]:
        """Return the glossary's entry."""
        texts = [
            " ".join(
                (term.en, term.zh_TW, *term.synonyms, self._plain(term.note) if term.note else "")
            ).strip()
            for term in self._edition.knowledge.glossary
        ]
        return (SearchEntry("", self._edition.label("glossary"), _said(texts)),)

    def _cause(self, cause: Cause) -> tuple[str, ...]:
        if cause.id not in self._causes:
            check = cause.check
            parts = [self._plain(cause.explanation), self._plain(check.text)]
            parts.append(self._edition.fixer(cause.who))
            parts += self._commands(check.commands)
            for outcome in (check.if_yours, check.if_not):
                parts += (self._plain(outcome.meaning), self._example(outcome.output))
            self._causes[cause.id] = tuple(parts)
        return self._causes[cause.id]

    def _fix(self, id: str) -> tuple[str, ...]:
        if id not in self._fixes:
            solution = self._edition.knowledge.solutions[id]
            parts = [self._edition.text(solution.title)]
            parts += [self._plain(solution.risk)] if solution.risk else []
            for step in solution.steps:
                parts.append(self._plain(step.text))
                parts += self._commands(step.commands)
                parts += (self._plain(step.risk) if step.risk else "", self._example(step.expected))
            parts.append(self._plain(solution.verify.text))
            parts += self._commands(solution.verify.commands)
            parts.append(self._example(solution.verify.expected))
            self._fixes[id] = tuple(parts)
        return self._fixes[id]

    def _links(self, ids: Iterable[str]) -> list[str]:
        words: list[str] = []
        for id in ids:
            link = self._edition.knowledge.links[id]
            words += (self._edition.text(link.title), self._plain(link.summary))
        return words

    def _commands(self, commands: Sequence[Command]) -> list[str]:
        words = []
        for command in commands:
            run = self._edition.slots.example(command.run)
            words.append(f"{self._platforms[command.on]}: {run}" if command.on else run)
        return words

    def _example(self, output: str | None) -> str:
        return self._edition.slots.example(output) if output else ""

    def _plain(self, text: Text) -> str:
        return self._prose.plain(self._edition.text(text))


def _said(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(part.strip() for part in parts if part.strip())
