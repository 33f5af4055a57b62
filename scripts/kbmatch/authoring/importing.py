"""An article's sections to drafts of symptoms, causes, solutions, links; the rest is listed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urljoin

from kbmatch.search.tokens import traditional

from .article import Article, ArticleError, Block, Line, Section
from .core import core
from .drafts import Draft, Writer, slug, today
from .joining import CauseFound, Joiner, SolutionFound, causes_of
from .parts import base, language, names, number, part, table_rows, with_bold_headings
from .slots import slotted

MAX_ENTRIES = 2000
"""An article with more is a list of something else, and nobody could finish its drafts."""
_TRAILING = re.compile(r"[\s\-–—:：。.]+$")
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})|(\d{4})-(\d\d)-(\d\d)")


@dataclass(frozen=True)
class Unplaced:
    """Something of the article that became no part of an entry."""

    number: int
    text: str


@dataclass
class Imported:
    """What an article became."""

    language: str
    drafts: list[Draft] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)
    undecided: list[Unplaced] = field(default_factory=list)
    """Causes of which the article doesn't say which solution is theirs."""
    clashes: list[str] = field(default_factory=list)
    """Ids that the knowledge has already."""


@dataclass(frozen=True)
class Existing:
    """What the knowledge has already, so that nothing is added a second time."""

    ids: frozenset[str] = frozenset()
    links: Mapping[str, str] = field(default_factory=dict)
    """Address to id."""


def import_article(
    article: Article,
    *,
    name: str,
    area: str,
    phase: str,
    settings: Mapping[str, Any],
    writer: Writer,
    hints: Mapping[str, Mapping[str, str]],
    language: str | None = None,
    base: str | None = None,
    file: str = "",
    existing: Existing | None = None,
) -> Imported:
    """Return the drafts of an article. `name` begins ids that its text gives no words for.

    `file` is the article's name without suffix, which ends its address. Raises ArticleError.
    """
    importer = _Importer(article, name, area, phase, settings, writer, hints)
    importer.set_up(language, base, file, existing or Existing())
    return importer.run()


class _Importer:
    def __init__(
        self,
        article: Article,
        name: str,
        area: str,
        phase: str,
        settings: Mapping[str, Any],
        writer: Writer,
        hints: Mapping[str, Mapping[str, str]],
    ) -> None:
        self.article = article
        self.name = name
        self.area = area
        self.phase = phase
        self.settings = settings
        self.writer = writer
        self.hints = hints
        self.symptoms: list[tuple[Line, int]] = []
        """Each symptom's line and its group."""
        self.scope = -1
        self.causes: list[CauseFound] = []
        self.solutions: dict[str, dict[str, Any]] = {}
        self.found: list[SolutionFound] = []
        self.by_anchor: dict[str, str] = {}
        self.link_ids: dict[str, str] = {}
        self.counters: dict[str, int] = {}
        self.places = 0

    def set_up(self, given: str | None, address: str | None, file: str, known: Existing) -> None:
        """Take over what the caller knows better than the article."""
        found, simplified = language(self.article)
        self.language = given or found
        self.simplified = simplified and self.language != "en"
        self.base = address or base(self.article)
        self.url = urljoin(self.base, file) if self.base and file else ""
        self.existing = known
        self.ids: set[str] = set()
        self.imported = Imported(self.language)

    def run(self) -> Imported:
        """Place every section, then write the drafts."""
        kind, level = "", 0
        for section in with_bold_headings(self.article.sections):
            found, title = part(section.title)
            if found or section.level <= level:
                kind, level = found, section.level
            section, tables = _without_tables(section)
            if found == "symptoms":
                self.scope += 1
            if kind == "symptoms":
                self._symptoms(section, title)
            elif kind == "causes":
                self._causes(section, title if found else section.title)
            elif kind == "solutions" and (not found or title or _has_steps(section)):
                self._solution(section, title if found else section.title)
            else:
                self._leave(section)
            for cells in tables:
                self._table(cells)
        if len(self.symptoms) + len(self.causes) + len(self.solutions) > MAX_ENTRIES:
            raise ArticleError(f"more than {MAX_ENTRIES} symptoms, causes and solutions; split it")
        self._write()
        return self.imported

    def _table(self, cells: Sequence[Block]) -> None:
        """Place a table of errors, causes and solutions, each row by itself."""
        head, rows = table_rows(cells)
        for row in rows:
            self.scope += 1
            for kind, cell in zip(head, row, strict=False):
                ids = self._take_links(cell.line, cell.number)
                if not cell.line.text:
                    continue
                if kind == "symptoms":
                    self.symptoms.append((cell.line, self.scope))
                elif kind == "causes":
                    self._add_cause(cell.line.text, cell.line.text, cell.number)
                elif kind == "solutions":
                    id = self._id(slug(cell.line.text, ""), f"{self.name}-solution")
                    step = {"text": cell.line.text}
                    self._add_solution(id, cell.line.text, [step], ids, None)
                else:
                    self._unplaced(cell)

    # Sections

    def _symptoms(self, section: Section, title: str) -> None:
        before = len(self.symptoms)
        for block in section.blocks:
            self._take_links(block.line, block.number)
            if block.kind == "code":
                line = Line(block.line.text, [block.line.text])
                self.symptoms.append((line, self.scope))
            elif block.kind == "item" or (block.kind == "paragraph" and block.line.codes):
                self.symptoms.append((block.line, self.scope))
            else:
                self._unplaced(block)
        if title and len(self.symptoms) == before:
            self.symptoms.append((Line(title), self.scope))

    def _causes(self, section: Section, title: str) -> None:
        items = [block for block in section.blocks if block.kind == "item"]
        if items and not title:
            for block in section.blocks:
                self._take_links(block.line, block.number)
                if block.kind != "item":
                    self._unplaced(block)
                    continue
                targets = [href[1:] for _, href in block.line.links if href.startswith("#")]
                text = _TRAILING.sub("", block.line.text)
                self._add_cause(text, text, block.number, targets=targets)
            return
        text = " ".join(
            block.line.text for block in section.blocks if block.kind not in ("code", "directive")
        )
        targets = []
        for block in section.blocks:
            self._take_links(block.line, block.number)
            targets += [href[1:] for _, href in block.line.links if href.startswith("#")]
            if block.kind in ("code", "directive"):
                self._unplaced(block)
        if text or title:
            said = title or _first_sentence(text)
            count = number(section.title)
            self._add_cause(said, text or title, section.number, count, targets, heading=True)

    def _add_cause(
        self,
        text: str,
        explanation: str,
        line: int,
        count: int | None = None,
        targets: Sequence[str] = (),
        heading: bool = False,
    ) -> None:
        self.places += 1
        self.causes.append(
            CauseFound(text, explanation, line, self.scope, self.places, count, [*targets], heading)
        )

    def _solution(self, section: Section, title: str) -> None:
        id = self._id(slug(section.anchors[0] if section.anchors else "", ""),
                      f"{self.name}-solution")  # fmt: skip
        steps = _Steps(self.writer.mark(self.hints["step"]))
        links: list[str] = []
        in_links = False
        for block in section.blocks:
            ids = self._take_links(block.line, block.number)
            links += [link for link in ids if link not in links]
            words = block.line.text
            if block.kind == "paragraph":
                in_links = _TRAILING.sub("", words).lower() in names()["links"]
                if words and not in_links:
                    steps.paragraph(words)
            elif block.kind == "item":
                is_link = in_links or _is_only_link(block.line)
                if not is_link or not ids:
                    steps.item(block)
                elif not _is_only_link(block.line):
                    self._unplaced(block)
            elif block.kind == "code":
                steps.command(_command(block))
            elif block.kind == "note":
                steps.paragraph(words)
            else:
                self._unplaced(block)
        heading = title or section.title
        written = steps.written or [{"text": heading}]
        self._add_solution(id, heading, written, links, number(section.title))
        for anchor in section.anchors:
            self.by_anchor.setdefault(anchor, id)

    def _add_solution(
        self,
        id: str,
        title: str,
        steps: list[dict[str, Any]],
        links: list[str],
        count: int | None,
    ) -> None:
        self.places += 1
        self.solutions[id] = {"title": title, "steps": steps, "links": links}
        self.found.append(SolutionFound(id, self.scope, self.places, count))

    def _leave(self, section: Section) -> None:
        container = part(section.title)[0] and not section.blocks
        if section.title and section.level > 1 and not container:
            self.imported.unplaced.append(Unplaced(section.number, f"## {section.title}"))
        for block in section.blocks:
            self._take_links(block.line, block.number)
            self._unplaced(block)

    def _unplaced(self, block: Block) -> None:
        if block.line.text:
            self.imported.unplaced.append(Unplaced(block.number, block.line.text))

    # Links

    def _take_links(self, line: Line, number: int) -> list[str]:
        """Turn outside links into drafts of links, unless the knowledge has them; return ids."""
        ids = []
        for image in line.images:
            self.imported.unplaced.append(Unplaced(number, image))
        for title, address in line.links:
            if address.startswith("#"):
                continue
            url = _absolute(address, self.base)
            if url is None:
                self.imported.unplaced.append(Unplaced(number, f"[{title}]({address})"))
                continue
            ids.append(self._link(url, title or url))
        return ids

    def _link(self, url: str, title: str) -> str:
        known = self.existing.links.get(url) or self.link_ids.get(url)
        if known is not None:
            return known
        path = re.sub(r"^https?://[^/]+/|[?#].*$", "", url).strip("/")
        id = self._id(slug(path.rpartition("/")[2], slug(path, "")), f"{self.name}-link")
        self.link_ids[url] = id
        self.imported.links.append(
            {
                "id": id,
                "url": url,
                "title": self._text(title),
                "summary": self.writer.blank(self.hints["link-summary"]),
                # Nobody has opened it yet; the article's author had, at the latest then.
                "checked": self._date(),
            }
        )
        return id

    def _date(self) -> str:
        """Return the article's own date, which is when its links led somewhere."""
        for key in ("ms.date", "date", "updated", "lastmod"):
            match = _DATE.search(str(self.article.front_matter.get(key, "")))
            if match:
                month, day, year, *iso = match.groups()
                parts = (year, month, day) if year else tuple(iso)
                try:
                    return date(*map(int, parts)).isoformat()
                except ValueError:
                    continue
        return today()

    # Drafts

    def _write(self) -> None:
        self.joiner = Joiner(self.causes, self.found)
        drafts = [self._cause(cause) for cause in self.causes]
        if not drafts and (self.symptoms or self.solutions):
            drafts = [self._placeholder_cause()]
        symptoms = []
        groups: dict[int, list[str]] = {}
        for line, scope in self.symptoms:
            if scope not in groups:
                places = causes_of(scope, self.causes) or range(len(drafts))
                groups[scope] = [drafts[place].id for place in places]
            symptoms.append(self._symptom(line, groups[scope]))
        solutions = [self._solution_draft(id, value) for id, value in self.solutions.items()]
        self.imported.drafts = [*symptoms, *drafts, *solutions]
        taken = [d.id for d in self.imported.drafts if d.id in self.existing.ids]
        self.imported.clashes = [
            *taken,
            *(link["id"] for link in self.imported.links if link["id"] in self.existing.ids),
        ]

    def _symptom(self, line: Line, causes: Sequence[str]) -> Draft:
        code = max(line.codes, key=len, default="")
        id = self._id(slug(code, slug(line.text, "", 5)), f"{self.name}-symptom")
        message = slotted(core(code), self.settings["slots"]) if code else ""
        missing = self.writer.mark(self.hints["message"])
        tools = [tool["id"] for tool in self.settings["tools"]]
        value = {
            "id": id,
            "area": self.area,
            "phase": self.phase,
            "title": self._text(line.text),
            "summary": self.writer.blank(self.hints["summary"]),
            "signatures": [
                {
                    "id": "message",
                    "message": message or missing,
                    "tools": tools[:1],
                    "samples": [code or missing],
                    "near_misses": [self.writer.mark(self.hints["near-miss"])],
                }
            ],
            "causes": [{"cause": cause} for cause in causes],
            "evidence": [self._evidence()],
            "aliases": {self.language: [self._words(line.text.replace("`", ""))]},
        }
        return Draft("symptom", id, self.area, value)

    def _cause(self, cause: CauseFound) -> Draft:
        solutions = [self.by_anchor[t] for t in cause.targets if t in self.by_anchor]
        for target in cause.targets:
            if target not in self.by_anchor:
                self.imported.unplaced.append(Unplaced(cause.line, f"#{target}"))
        joined = bool(solutions)
        if not solutions:
            found = self.joiner.solutions_of(cause)
            if found is None:
                self.imported.undecided.append(Unplaced(cause.line, cause.text))
            solutions = found or [self._placeholder_solution(cause.text)]
        base = f"{solutions[0]}-cause" if joined else slug(cause.text, "")
        id = self._id(base, f"{self.name}-cause")
        title = self._text(_first_sentence(cause.text))
        return self._cause_draft(id, title, self._text(cause.explanation), solutions)

    def _placeholder_cause(self) -> Draft:
        """Return a cause that is all to be written: the article names none."""
        solutions = list(self.solutions) or [self._placeholder_solution("")]
        title = self.writer.blank(self.hints["cause-title"])
        explanation = self.writer.blank(self.hints["explanation"])
        id = self._id("", f"{self.name}-cause")
        return self._cause_draft(id, title, explanation, solutions)

    def _placeholder_solution(self, text: str) -> str:
        """Add a solution that is all to be written; return its id."""
        id = self._id("", f"{self.name}-solution")
        self.solutions[id] = {"title": "", "steps": [], "links": []}
        return id

    def _cause_draft(
        self, id: str, title: Mapping[str, str], explanation: Mapping[str, str],
        solutions: Sequence[str],
    ) -> Draft:  # fmt: skip
        hints = self.hints
        value = {
            "id": id,
            "area": self.area,
            "title": title,
            "explanation": explanation,
            "check": {
                "text": self.writer.blank(hints["check"]),
                "commands": [{"run": self.writer.mark(hints["check-command"])}],
                "if_yours": {"meaning": self.writer.blank(hints["if-yours"])},
                "if_not": {"meaning": self.writer.blank(hints["if-not"])},
            },
            "who": self.settings["fixers"][0]["id"],
            "solutions": list(solutions),
        }
        return Draft("cause", id, self.area, value)

    def _solution_draft(self, id: str, found: Mapping[str, Any]) -> Draft:
        steps = [{**step, "text": self._text(step["text"])} for step in found["steps"]]
        if not steps:
            steps = [{"text": self.writer.blank(self.hints["step"])}]
        title = self._text(found["title"]) if found["title"] else None
        value: dict[str, Any] = {
            "id": id,
            "area": self.area,
            "title": title or self.writer.blank(self.hints["solution-title"]),
            "steps": steps,
            "verify": {
                "text": self.writer.blank(self.hints["verify"]),
                "commands": [{"run": self.writer.mark(self.hints["verify-command"])}],
                "expected": self.writer.mark(self.hints["expected"]),
            },
        }
        if found["links"]:
            value["links"] = found["links"]
        return Draft("solution", id, self.area, value)

    def _evidence(self) -> dict[str, str]:
        """Return the article as evidence: as a link where its address is known, else in words."""
        title = str(self.article.front_matter.get("title") or self.name)
        if self.url:
            source = self._link(self.url, title)
            return {"level": "documented", "source": source, "checked": self._date()}
        return {"level": "reported", "source": title, "checked": self._date()}

    def _text(self, text: str) -> dict[str, str]:
        """Return a text in the article's language; Simplified Chinese is only a start."""
        if not self.simplified:
            return self.writer.text(self.language, text)
        texts = self.writer.text("", self._words(text))
        return {known: texts[known] for known in self.writer.languages}

    def _words(self, text: str) -> str:
        return traditional(text) if self.simplified else text

    def _id(self, wanted: str, fallback: str) -> str:
        """Return an id not used yet in this import."""
        stem = wanted or fallback
        id = wanted or f"{fallback}-1"
        while id in self.ids:
            self.counters[stem] = self.counters.get(stem, 1) + 1
            id = f"{stem}-{self.counters[stem]}"
        self.ids.add(id)
        return id


def _without_tables(section: Section) -> tuple[Section, list[list[Block]]]:
    """Return a section without its tables of errors beside causes or solutions, and those."""
    left = Section(section.level, section.title, section.anchors, section.number)
    tables: list[list[Block]] = []
    for block in section.blocks:
        if block.kind != "table":
            left.blocks.append(block)
        elif block.info == "0:0" or not tables:
            tables.append([block])
        else:
            tables[-1].append(block)
    told = []
    for cells in tables:
        head, _ = table_rows(cells)
        if "symptoms" in head and {"causes", "solutions"} & {*head}:
            told.append(cells)
        else:
            left.blocks.extend(cells)
    return left, told


class _Steps:
    """The steps of a solution, as paragraphs, lists and commands of an article make them up."""

    def __init__(self, blank: str) -> None:
        self.written: list[dict[str, Any]] = []
        self._blank = blank
        self._base = 0
        """The depth of the list whose items are steps; 0 while none is open."""

    def paragraph(self, words: str) -> None:
        self.written.append({"text": words})
        self._base = 0

    def item(self, block: Block) -> None:
        """Add an item: as a step of its own, or to the step that its list belongs to."""
        words = block.line.text
        if not block.begins:
            self._append(f"\n\n{words}")
        elif self._is_step(block):
            self.written.append({"text": words})
            self._base = block.depth
        else:
            self._append(f"\n{'  ' * (block.depth - self._base - 1)}- {words}")

    def _is_step(self, block: Block) -> bool:
        if self._base:
            return block.depth <= self._base
        # Bullets after a paragraph belong to it; numbered items are steps wherever they stand.
        return block.ordered or not self.written

    def _append(self, words: str) -> None:
        if self.written:
            self.written[-1]["text"] += words
        else:
            self.written.append({"text": words.strip()})

    def command(self, command: Mapping[str, Any]) -> None:
        """Add a command to the step it follows."""
        if not self.written:
            self.written.append({"text": self._blank})
        self.written[-1].setdefault("commands", []).append(command)


def _command(block: Block) -> dict[str, Any]:
    shell = {"powershell": "powershell", "azurepowershell": "powershell", "kusto": "kql"}
    command: dict[str, Any] = {"run": block.line.text}
    language = block.info.split()[0].lower() if block.info else ""
    if language in shell:
        command["shell"] = shell[language]
    elif language in ("json", "yaml", "output", "ini", "dockerfile", "xml"):
        command["shell"] = "file"
    return command


def _has_steps(section: Section) -> bool:
    return any(block.kind in ("item", "code", "paragraph") for block in section.blocks)


def _absolute(address: str, base: str | None) -> str | None:
    """Return a link's full address; relative ones need a base."""
    if re.match(r"https?://", address):
        return address
    if base is None or ":" in address.partition("/")[0]:
        return None
    return re.sub(r"\.md(?=$|[#?])", "", urljoin(base, address))


def _is_only_link(line: Line) -> bool:
    return bool(line.links) and line.text == line.links[0][0]


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[。.!?！？])\s|(?<=[。！？])", text, maxsplit=1)[0]


def unplaced_lines(unplaced: Iterable[Unplaced], path: str) -> Iterable[str]:
    """Yield what could not be placed as `path:line text`."""
    for item in unplaced:
        yield f"{path}:{item.number} {item.text}"
