"""Knowledge to finished pages, by templates; whoever publishes them needs to know no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from markupsafe import Markup

from ..knowledge.model import Cause, Knowledge, Solution, Symptom
from . import diagram
from .box import examples
from .edition import Edition, Group, Shelf, solution_commands
from .listing import list_lines, table_slots
from .overviews import Overviews
from .page import Heading, Page, SearchEntry
from .rendering import Renderer
from .words import SearchText

Made = TypeVar("Made")


class PageStore:
    """Pages of the build before, each with what it was made of, so that a server makes few anew."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, str], tuple[object, Any]] = {}

    def get(self, key: tuple[str, str, str], inputs: object, make: Callable[[], Made]) -> Made:
        """Return what is kept under `key` if it was made of equal `inputs`, else make it anew."""
        kept = self._kept.get(key)
        if kept is None or kept[0] != inputs:
            kept = self._kept[key] = (inputs, make())
        made: Made = kept[1]
        return made

    def clear(self) -> None:
        """Forget everything: the templates or the theme have changed."""
        self._kept.clear()


def build_pages(
    knowledge: Knowledge,
    language: str,
    introduction: str = "",
    store: PageStore | None = None,
    starts: Sequence[tuple[str, str]] = (),
) -> Iterator[Page]:
    """Yield every page of one language.

    `introduction` is Markdown for the home page; `starts` are paths and titles of pages that it
    offers to who has no message.

    With a `store`, pages of symptoms and solutions are taken from it where nothing they are made
    of has changed.
    """
    return _Builder(Edition(knowledge, language), store or PageStore()).all(introduction, starts)


class _Builder:
    """Renders one edition; keeps the parts that many pages share (checks, steps)."""

    def __init__(self, edition: Edition, store: PageStore) -> None:
        self.edition = edition
        self._store = store
        self.knowledge = edition.knowledge
        self.words = SearchText(edition)
        self._render = Renderer(edition).render
        self._checks: dict[str, Markup] = {}
        self._steps: dict[str, Markup] = {}

    def all(self, introduction: str, starts: Sequence[tuple[str, str]]) -> Iterator[Page]:
        yield self._home(introduction, starts)
        yield from self._overviews()
        for group in self.edition.by_area():
            yield self._area(group)
        for shelf in self.edition.shelves():
            yield self._shelf(shelf)
        for symptom in self.knowledge.symptoms.values():
            yield self._kept("symptom", symptom, self._parts_of_symptom(symptom), self._symptom)
        for solution in self.knowledge.solutions.values():
            yield self._kept("solution", solution, self._parts_of(solution), self._solution)

    def _overviews(self) -> list[Page]:
        """Return the pages that list entries: made of symptoms, and of who can fix their causes."""
        knowledge = self.knowledge
        who = {id: cause.who for id, cause in knowledge.causes.items()}
        inputs = (tuple(knowledge.symptoms.values()), who, knowledge.settings, knowledge.glossary)
        key = (self.edition.language, "overviews", "")
        overviews = Overviews(self.edition, self.words, self._render)
        return self._store.get(key, inputs, lambda: list(overviews.all()))

    def _kept(self, kind: str, entry: Any, parts: object, make: Callable[[Any], Page]) -> Page:
        key = (self.edition.language, kind, entry.id)
        inputs = (entry, parts, self.knowledge.settings)
        return self._store.get(key, inputs, lambda: make(entry))

    def _parts_of_symptom(self, symptom: Symptom) -> object:
        """Return everything else that the page of a symptom shows."""
        causes = [self.knowledge.causes[ranked.cause] for ranked in symptom.causes]
        solutions = [self.knowledge.solutions[id] for cause in causes for id in cause.solutions]
        links = [self.knowledge.links[id] for id in self._links(symptom, causes)]
        others = [self.knowledge.symptoms[other.id].title for other in symptom.look_alikes]
        return causes, solutions, links, others

    def _parts_of(self, solution: Solution) -> object:
        """Return everything else that the page of a solution shows."""
        symptoms = [s.title for s in self.edition.symptoms_of_solution[solution.id]]
        who = self.edition.fixers_of_solution[solution.id]
        return symptoms, who, [self.knowledge.links[id] for id in solution.links]

    def _page(
        self,
        path: str,
        kind: str,
        title: str,
        description: str,
        html: str,
        **more: Any,
    ) -> Page:
        return Page(path, self.edition.language, kind, title, description, str(html), **more)

    def _symptom(self, symptom: Symptom) -> Page:
        edition, label = self.edition, self.edition.label
        causes = [self.knowledge.causes[ranked.cause] for ranked in symptom.causes]
        shown: set[str] = set()
        items = [
            {
                "cause": cause,
                "note": ranked.note,
                "check": self._check(cause),
                "fixes": self._fixes(cause, shown),
            }
            for cause, ranked in zip(causes, symptom.causes, strict=True)
        ]
        solutions = [self.knowledge.solutions[id] for id in sorted(shown)]
        commands = [command for cause in causes for command in cause.check.commands]
        for solution in solutions:
            commands += solution_commands(solution)
        links = self._links(symptom, causes)
        html = self._render(
            "symptom.html",
            "../",
            symptom=symptom,
            causes=items,
            fields=edition.slots_used(commands),
            links=links,
            tools=edition.tools_of(symptom.signatures),
            here=diagram.here(edition, symptom.phase, "../by-phase.html"),
            ticket=self._ticket(symptom, causes),
            fixers=self._fixers(causes),
            source=edition.source_of("symptoms", symptom),
        )
        headings = [
            Heading(
                "causes",
                edition.count("causes", len(causes)),
                children=tuple(
                    Heading(f"cause-{cause.id}", edition.text(cause.title), 3) for cause in causes
                ),
            )
        ]
        sections = [
            ("stuck", "stuck", True),
            ("look-alikes", "look_alikes", symptom.look_alikes),
            ("ticket", "ticket", True),
        ]
        sections += [("links", "links", links), ("evidence", "evidence", True)]
        headings += [Heading(id, label(key)) for id, key, there in sections if there]
        return self._page(
            f"symptoms/{symptom.id}.html",
            "symptom",
            edition.text(symptom.title),
            edition.first_sentence(symptom.summary),
            html,
            headings=tuple(headings),
            search=self.words.symptom(symptom, causes, links),
        )

    def _fixers(self, causes: Iterable[Cause]) -> list[str]:
        """Return those besides the reader who can fix a cause, in the order of kb.yaml."""
        reader = self.edition.settings.fixers[0].id
        used = {cause.who for cause in causes} - {reader}
        return [
            self.edition.text(fixer.title)
            for fixer in self.edition.settings.fixers
            if fixer.id in used
        ]

    def _check(self, cause: Cause) -> Markup:
        if cause.id not in self._checks:
            self._checks[cause.id] = self._render("check.html", "../", cause=cause)
        return self._checks[cause.id]

    def _steps_of(self, solution: Solution) -> Markup:
        if solution.id not in self._steps:
            self._steps[solution.id] = self._render("steps.html", "../", solution=solution)
        return self._steps[solution.id]

    def _fixes(self, cause: Cause, shown: set[str]) -> list[dict[str, Any]]:
        """Return the solutions of a cause; steps only where the page does not have them yet."""
        fixes: list[dict[str, Any]] = []
        for id in cause.solutions:
            solution = self.knowledge.solutions[id]
            steps = None if id in shown else self._steps_of(solution)
            shown.add(id)
            fixes.append({"solution": solution, "steps": steps})
        return fixes

    def _links(self, symptom: Symptom, causes: Iterable[Cause]) -> list[str]:
        """Return the reading for this page; what belongs to a fix stands on the fix's page."""
        found = list(symptom.links)
        found += [item.source for item in symptom.evidence if item.source in self.knowledge.links]
        for cause in causes:
            found += cause.links
        return list(dict.fromkeys(found))

    def _ticket(self, symptom: Symptom, causes: Iterable[Cause]) -> Markup:
        """Return the text to paste into a ticket: placeholders only, nobody's names."""
        edition = self.edition
        lines = [
            Markup("## {} ({})").format(edition.text(symptom.title), symptom.id),
            Markup(""),
        ]
        if symptom.signatures:
            message = edition.slots.placeholder(edition.common_first(symptom)[0].message)
            slot = Markup('<span data-message="{}">{}</span>').format(symptom.id, f"`{message}`")
            tools = Markup('<span data-tools="{}"></span>').format(
                edition.label("facts.tools") + edition.label("colon")
            )
            lines += [Markup("{} {}{}").format(edition.label("ticket.message"), slot, tools)]
        lines += [
            Markup("{} {}").format(
                edition.label("ticket.meaning"), edition.first_sentence(symptom.summary)
            ),
            Markup(""),
            Markup("{}").format(edition.label("ticket.causes")),
        ]
        lines += [
            Markup(
                '- {} ({}){}<span data-ticket="{}" data-yours="{}" data-not="{}" data-open="{}">{}'
                "</span>"
            ).format(
                edition.text(cause.title),
                edition.fixer(cause.who),
                edition.label("colon"),
                cause.id,
                *(edition.label(f"ticket.{state}") for state in ("yours", "not", "open", "open")),
            )
            for cause in causes
        ]
        checked = max((item.checked for item in symptom.evidence), default="")
        lines += [
            Markup(""),
            Markup(
                '{} <span data-page>{}/symptoms/{}.html</span> ({})<span data-time="{}"></span>'
            ).format(
                edition.label("ticket.page"),
                edition.language,
                symptom.id,
                edition.label("checked", date=checked),
                edition.label("ticket.time"),
            ),
        ]
        return Markup("\n").join(lines)

    def _solution(self, solution: Solution) -> Page:
        edition = self.edition
        symptoms = edition.symptoms_of_solution[solution.id]
        html = self._render(
            "solution.html",
            "../",
            solution=solution,
            steps=self._steps_of(solution),
            fields=edition.slots_used(solution_commands(solution)),
            symptoms=symptoms,
            links=list(dict.fromkeys(solution.links)),
            who=edition.fixers_of_solution[solution.id],
            changes=sum(any(c.changes for c in step.commands) for step in solution.steps),
            source=edition.source_of("solutions", solution),
        )
        sections = [("steps", "steps", True), ("fixes", "fixes", symptoms)]
        sections += [("links", "links", solution.links)]
        title = edition.text(solution.title)
        return self._page(
            f"solutions/{solution.id}.html",
            "solution",
            title,
            edition.first_sentence(solution.steps[0].text),
            html,
            headings=tuple(Heading(id, edition.label(key)) for id, key, there in sections if there),
            search=self.words.solution(solution, solution.links, symptoms),
        )

    def _area(self, group: Group) -> Page:
        edition = self.edition
        solutions = [item for item in self.knowledge.solutions.values() if item.area == group.id]
        headings = [Heading("errors", edition.count("errors", len(group.symptoms)))]
        if solutions:
            headings.append(Heading("solutions", edition.count("solutions", len(solutions))))
        return self._page(
            f"areas/{group.id}.html",
            "area",
            group.title,
            edition.prose("../").plain(group.summary),
            self._render(
                "area.html",
                "../",
                area=edition.areas[group.id],
                symptoms=group.symptoms,
                solutions=solutions,
            ),
            headings=tuple(headings),
            search=(SearchEntry("", group.title, (edition.prose("").plain(group.summary),)),),
        )

    def _home(self, introduction: str, starts: Sequence[tuple[str, str]]) -> Page:
        edition = self.edition
        references = [
            (f"{shelf.name}.html", edition.text(shelf.tables[0].title))
            for shelf in edition.shelves()
        ]
        references.append(("glossary.html", edition.label("glossary")))
        return self._page(
            "index.html",
            "home",
            edition.label("home"),
            edition.text(edition.settings.description),
            self._render(
                "home.html",
                "",
                introduction=edition.prose("").block(introduction) if introduction else "",
                diagram=diagram.draw(edition, "by-phase.html"),
                areas=edition.by_area(),
                tools=edition.by_tool(),
                codes=edition.by_code(),
                shortcuts=edition.shortcuts(),
                references=references,
                examples=list(examples(edition)),
                starts=starts,
            ),
            wide=True,
        )

    def _shelf(self, shelf: Shelf) -> Page:
        edition = self.edition
        first = shelf.tables[0]
        links = list(dict.fromkeys(id for table in shelf.tables for id in table.links))
        return self._page(
            f"{shelf.name}.html",
            "tables",
            edition.text(first.title),
            edition.first_sentence(first.intro),
            self._render(
                "tables.html",
                "",
                tables=shelf.tables,
                links=links,
                fields=edition.slots.fields(table_slots(edition, shelf.tables)),
                lines=lambda table: list_lines(edition, table),
            ),
            headings=tuple(
                Heading(table.id, edition.text(table.title)) for table in shelf.tables[1:]
            ),
            search=self.words.tables(shelf.tables),
            wide=True,  # tables need the room
        )
