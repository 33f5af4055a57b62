"""An article's sections to the symptoms, causes and solutions they tell; the rest is listed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .article import Article, Block, Line, Section
from .drafts import slug
from .errors import weight_of_error
from .joining import CauseFound, SolutionFound
from .outlinks import OutLinks, is_only_link
from .parts import headed, names, number, part, table_rows, with_bold_headings
from .steps import Steps, command_of
from .wording import Ids, Wording

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TRAILING = re.compile(r"[\s\-–—:：。.]+$")
_QUOTES = "\"'“”「」"


@dataclass(frozen=True)
class Unplaced:
    """Something of the article that became no part of an entry."""

    number: int
    text: str


@dataclass(frozen=True)
class SymptomFound:
    """A symptom as the article has it."""

    title: str
    sample: str
    """What a tool printed; empty when the article doesn't show it."""
    scope: int
    """Which group of symptoms it is one of."""

    @property
    def line(self) -> str:
        """The line of the sample that says what went wrong."""
        return max(self.sample.split("\n"), key=lambda line: (weight_of_error(line), len(line)))


@dataclass
class Findings:
    """What an article tells."""

    symptoms: list[SymptomFound] = field(default_factory=list)
    causes: list[CauseFound] = field(default_factory=list)
    solutions: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By id: title, steps, links."""
    placed: list[SolutionFound] = field(default_factory=list)
    """Where each solution stands."""
    by_anchor: dict[str, str] = field(default_factory=dict)
    """Anchor to the solution that it leads to."""
    unplaced: list[Unplaced] = field(default_factory=list)


class Placer:
    """Reads one article's sections in order."""

    def __init__(self, name: str, ids: Ids, links: OutLinks, wording: Wording) -> None:
        self.found = Findings()
        self._name = name
        self._ids = ids
        self._links = links
        self._wording = wording
        self._scope = -1
        self._places = 0

    def place(self, article: Article) -> Findings:
        """Return what the sections of an article tell."""
        kind, level = "", 0
        sections = with_bold_headings(article.sections)
        symptoms_by_heading = headed(sections)
        above = ""
        for place, section in enumerate(sections):
            found, title = part(section.title)
            if found or section.level <= level:
                kind, level = found, section.level
            if not kind:
                above = section.title if section.level > 1 else ""
            section, tables = _without_tables(section)
            is_headed = not kind and place in symptoms_by_heading
            if found in ("symptoms", "errors") or is_headed:
                self._scope += 1
            if found == "errors" or is_headed:
                self._error(section, title if found else section.title)
            elif kind == "symptoms":
                self._symptoms(section, title or above)
            elif kind == "causes":
                self._causes(section, title if found else section.title)
            elif kind == "solutions" and (not found or title or _has_steps(section)):
                self._solution(section, title if found else section.title)
            else:
                self._leave(section)
            for cells in tables:
                self._table(cells)
        return self.found

    def _table(self, cells: Sequence[Block]) -> None:
        """Place a table of errors, causes and solutions, each row by itself."""
        head, rows = table_rows(cells)
        for row in rows:
            self._scope += 1
            for kind, cell in zip(head, row, strict=False):
                ids = self._take_links(cell)
                if not cell.line.text:
                    continue
                if kind == "symptoms":
                    self._add_symptom(cell.line)
                elif kind == "causes":
                    self._add_cause(cell.line.text, cell.line.text, cell.number)
                elif kind == "solutions":
                    id = self._ids.new(slug(cell.line.text, ""), f"{self._name}-solution")
                    step = {"text": cell.line.text}
                    self._add_solution(id, cell.line.text, [step], ids, None)
                else:
                    self._unplaced(cell)

    def _symptoms(self, section: Section, title: str) -> None:
        before = len(self.found.symptoms)
        for block in section.blocks:
            self._take_links(block)
            is_told = block.kind == "paragraph" and block.line.codes
            if block.kind == "code" or block.kind == "item" or is_told or _is_quote(block):
                self._add_symptom(_as_printed(block))
            else:
                self._unplaced(block)
        if title and len(self.found.symptoms) == before:
            self._add_symptom(Line(title))

    def _error(self, section: Section, title: str) -> None:
        """Place a section that tells one error: its heading names it, a block shows it."""
        shown = None
        for block in section.blocks:
            self._take_links(block)
            if shown is None and (block.kind == "code" or _is_quote(block)):
                shown = _as_printed(block)
                if shown.text.strip("` ") not in shown.codes:
                    self._unplaced(block)  # says more than the message
            else:
                self._unplaced(block)
        codes = shown.codes if shown else []
        said = title.strip(_QUOTES) or (shown.text if shown else section.title)
        self._add_symptom(Line(said, codes))

    def _add_symptom(self, line: Line) -> None:
        sample = max(line.codes, key=len, default="")
        self.found.symptoms.append(SymptomFound(line.text, sample, self._scope))

    def _causes(self, section: Section, title: str) -> None:
        items = [block for block in section.blocks if block.kind == "item"]
        if items and not title:
            for block in section.blocks:
                self._take_links(block)
                if block.kind != "item":
                    self._unplaced(block)
                    continue
                text = _TRAILING.sub("", block.line.bare)
                self._add_cause(text, text, block.number, targets=_targets(block))
            return
        text = " ".join(
            block.line.bare for block in section.blocks if block.kind not in ("code", "directive")
        )
        targets = []
        for block in section.blocks:
            self._take_links(block)
            targets += _targets(block)
            if block.kind in ("code", "directive"):
                self._unplaced(block)
        if text or title:
            said = title or first_sentence(text)
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
        self._places += 1
        place = self._places
        self.found.causes.append(
            CauseFound(text, explanation, line, self._scope, place, count, [*targets], heading)
        )

    def _solution(self, section: Section, title: str) -> None:
        heading = title or section.title
        # An anchor set by hand names the solution, and other parts of the article point there.
        words = section.anchors[0] if len(section.anchors) > 1 else heading
        id = self._ids.new(slug(words, ""), f"{self._name}-solution")
        steps = Steps(self._wording.mark("step"))
        links: list[str] = []
        in_links = False
        for block in section.blocks:
            ids = self._take_links(block)
            links += [link for link in ids if link not in links]
            words = block.line.text
            if block.kind == "paragraph":
                in_links = _TRAILING.sub("", words).lower() in names()["links"]
                if words and not in_links:
                    steps.paragraph(words)
            elif block.kind == "item":
                is_link = in_links or is_only_link(block.line)
                if not is_link or not ids:
                    steps.item(block)
                elif not is_only_link(block.line):
                    self._unplaced(block)
            elif block.kind == "code":
                steps.command(command_of(block))
            elif block.kind == "note":
                steps.paragraph(words)
            else:
                self._unplaced(block)
        written = steps.written or [{"text": heading}]
        self._add_solution(id, heading, written, links, number(section.title))
        for anchor in section.anchors:
            self.found.by_anchor.setdefault(anchor, id)

    def _add_solution(
        self,
        id: str,
        title: str,
        steps: list[dict[str, Any]],
        links: list[str],
        count: int | None,
    ) -> None:
        self._places += 1
        self.found.solutions[id] = {"title": title, "steps": steps, "links": links}
        self.found.placed.append(SolutionFound(id, self._scope, self._places, count))

    def _leave(self, section: Section) -> None:
        container = part(section.title)[0] and not section.blocks
        if section.title and section.level > 1 and not container:
            self.found.unplaced.append(Unplaced(section.number, f"## {section.title}"))
        for block in section.blocks:
            self._take_links(block)
            self._unplaced(block)

    def _unplaced(self, block: Block) -> None:
        if block.line.text:
            self.found.unplaced.append(Unplaced(block.number, block.line.text))

    def _take_links(self, block: Block) -> list[str]:
        """Return the ids of a block's links; list those that have no address."""
        ids, left = self._links.take(block.line)
        self.found.unplaced += [Unplaced(block.number, text) for text in left]
        return ids


def _targets(block: Block) -> list[str]:
    """Return the anchors in the same article that a block points to."""
    return [href[1:] for _, href in block.line.links if href.startswith("#")]


def _is_quote(block: Block) -> bool:
    """Whether a block quotes something; a note has a kind of its own, such as `[!NOTE]`."""
    return block.kind == "note" and not block.info and bool(block.line.text)


def _as_printed(block: Block) -> Line:
    """Return what a block shows as a message; code and quotes show it without marks."""
    line = block.line
    if block.kind == "code" or (_is_quote(block) and not line.codes):
        return Line(line.text, [line.text])
    return line


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


def _has_steps(section: Section) -> bool:
    return any(block.kind in ("item", "code", "paragraph") for block in section.blocks)


def first_sentence(text: str) -> str:
    """Return the first sentence of a text."""
    return re.split(r"(?<=[。.!?！？])\s|(?<=[。！？])", text, maxsplit=1)[0]
