"""An article's sections to drafts of symptoms, causes, solutions, links; the rest is listed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urljoin

from kbmatch.resources import read_resource

from .article import Article, Block, Line, Section
from .drafts import Draft, Writer, slug, today
from .slots import slotted

_NUMBERED = r"\s*\d*\s*[:：.、-]?\s*"
_TRAILING = re.compile(r"[\s\-–—:：。.]+$")


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


@cache
def _names() -> Mapping[str, Any]:
    names: dict[str, Any] = json.loads(read_resource("authoring/headings.json"))
    return names


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
) -> Imported:
    """Return the drafts of an article. `name` begins ids that its text gives no words for."""
    return _Importer(article, name, area, phase, settings, writer, hints, language, base).run()


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
        language: str | None,
        base: str | None,
    ) -> None:
        self.article = article
        self.name = name
        self.area = area
        self.phase = phase
        self.settings = settings
        self.writer = writer
        self.hints = hints
        self.language = language or _language(article)
        self.base = base or _base(article)
        self.imported = Imported(self.language)
        self.symptoms: list[tuple[Line, int]] = []
        self.causes: list[tuple[str, str, list[str], int]] = []
        """Each cause's text, explanation, the anchors of its solutions, and its line."""
        self.solutions: dict[str, dict[str, Any]] = {}
        self.by_anchor: dict[str, str] = {}
        self.link_ids: dict[str, str] = {}
        self.ids: set[str] = set()

    def run(self) -> Imported:
        """Place every section, then write the drafts."""
        part, level = "", 0
        for section in self.article.sections:
            found, title = _part(section.title)
            if found or section.level <= level:
                part, level = found, section.level
            if part == "symptoms":
                self._symptoms(section)
            elif part == "causes":
                self._causes(section, title if found else section.title)
            elif part == "solutions" and (not found or title or _has_steps(section)):
                self._solution(section, title if found else section.title)
            else:
                self._leave(section)
        self._write()
        return self.imported

    # Sections

    def _symptoms(self, section: Section) -> None:
        for block in section.blocks:
            self._take_links(block.line)
            if block.kind == "code":
                self.symptoms.append((Line(block.line.text, [block.line.text]), block.number))
            elif block.kind == "item" or (block.kind == "paragraph" and block.line.codes):
                self.symptoms.append((block.line, block.number))
            else:
                self._unplaced(block)

    def _causes(self, section: Section, title: str) -> None:
        items = [block for block in section.blocks if block.kind == "item"]
        others = [block for block in section.blocks if block.kind != "item"]
        if items and not title:
            for block in items:
                targets = [href[1:] for _, href in block.line.links if href.startswith("#")]
                self._take_links(block.line)
                text = _TRAILING.sub("", block.line.text)
                self.causes.append((text, text, targets, block.number))
            for block in others:
                self._take_links(block.line)
                self._unplaced(block)
            return
        text = " ".join(block.line.text for block in section.blocks if block.kind != "code")
        for block in section.blocks:
            self._take_links(block.line)
            if block.kind == "code":
                self._unplaced(block)
        if text or title:
            self.causes.append((title or _first_sentence(text), text or title, [], section.number))

    def _solution(self, section: Section, title: str) -> None:
        id = self._id(slug(section.anchors[0], ""), f"{self.name}-solution")
        steps: list[dict[str, Any]] = []
        links: list[str] = []
        in_links = False
        for block in section.blocks:
            ids = self._take_links(block.line)
            links += [link for link in ids if link not in links]
            words = block.line.text
            if block.kind == "paragraph":
                in_links = _TRAILING.sub("", words).lower() in _names()["links"]
                if words and not in_links:
                    steps.append({"text": words})
            elif block.kind == "item":
                is_link = in_links or _is_only_link(block.line)
                if not is_link or not ids:
                    self._add_item(steps, words)
                elif not _is_only_link(block.line):
                    self._unplaced(block)
            elif block.kind == "code":
                self._add_command(steps, block)
            elif block.kind == "note":
                steps.append({"text": words})
            else:
                self._unplaced(block)
        heading = title or section.title
        self.solutions[id] = {
            "title": heading,
            "steps": steps or [{"text": heading}],
            "links": links,
        }
        for anchor in section.anchors:
            self.by_anchor.setdefault(anchor, id)
        if self.causes and not self.causes[-1][2] and _part(section.title)[0]:
            self.causes[-1][2].append(section.anchors[0])

    def _add_item(self, steps: list[dict[str, Any]], words: str) -> None:
        if steps:
            steps[-1]["text"] += f"\n- {words}"
        else:
            steps.append({"text": words})

    def _add_command(self, steps: list[dict[str, Any]], block: Block) -> None:
        shell = {"powershell": "powershell", "azurepowershell": "powershell", "kusto": "kql"}
        command: dict[str, Any] = {"run": block.line.text}
        language = block.info.split()[0].lower() if block.info else ""
        if language in shell:
            command["shell"] = shell[language]
        elif language in ("json", "yaml", "output", "ini", "dockerfile", "xml"):
            command["shell"] = "file"
        if not steps:
            steps.append({"text": self.writer.mark(self.hints["step"])})
        steps[-1].setdefault("commands", []).append(command)

    def _leave(self, section: Section) -> None:
        container = _part(section.title)[0] and not section.blocks
        if section.title and section.level > 1 and not container:
            self.imported.unplaced.append(Unplaced(section.number, f"## {section.title}"))
        for block in section.blocks:
            self._take_links(block.line)
            self._unplaced(block)

    def _unplaced(self, block: Block) -> None:
        if block.line.text:
            self.imported.unplaced.append(Unplaced(block.number, block.line.text))

    # Links

    def _take_links(self, line: Line) -> list[str]:
        """Turn outside links into drafts of links; return their ids."""
        ids = []
        for title, address in line.links:
            if address.startswith("#"):
                continue
            url = _absolute(address, self.base)
            if url is None:
                text = f"[{title}]({address})"
                self.imported.unplaced.append(Unplaced(0, text))
                continue
            if url not in self.link_ids:
                path = re.sub(r"^https?://[^/]+/|[?#].*$", "", url).strip("/")
                id = self._id(slug(path.rpartition("/")[2], slug(path, "")), f"{self.name}-link")
                self.link_ids[url] = id
                title_text = self.writer.text(self.language, title or url)
                summary = self.writer.blank(self.hints["link-summary"])
                self.imported.links.append(
                    {"id": id, "url": url, "title": title_text, "summary": summary,
                     "checked": today()}
                )  # fmt: skip
            ids.append(self.link_ids[url])
        return ids

    # Drafts

    def _write(self) -> None:
        causes = [self._cause(*cause) for cause in self.causes]
        if not self.solutions and causes:
            self._id("", f"{self.name}-solution")
        symptoms = [self._symptom(line, [c.id for c in causes]) for line, _ in self.symptoms]
        solutions = [self._solution_draft(id, value) for id, value in self.solutions.items()]
        self.imported.drafts = [*symptoms, *causes, *solutions]

    def _symptom(self, line: Line, causes: Sequence[str]) -> Draft:
        code = max(line.codes, key=len, default="")
        id = self._id(slug(code, slug(line.text, "", 5)), f"{self.name}-symptom")
        message = slotted(code, self.settings["slots"]) if code else ""
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
            "aliases": {self.language: [line.text.replace("`", "")]},
        }
        return Draft("symptom", id, self.area, value)

    def _cause(self, text: str, explanation: str, targets: list[str], number: int) -> Draft:
        solutions = [self.by_anchor[target] for target in targets if target in self.by_anchor]
        for target in targets:
            if target not in self.by_anchor:
                self.imported.unplaced.append(Unplaced(number, f"#{target}"))
        if not solutions:
            solutions = list(self.solutions) or [f"{self.name}-solution"]
            if not self.solutions:
                self.solutions[solutions[0]] = {
                    "title": text, "steps": [{"text": text}], "links": []
                }  # fmt: skip
        base = f"{solutions[0]}-cause" if targets else slug(text, "")
        id = self._id(base, f"{self.name}-cause")
        hints = self.hints
        value = {
            "id": id,
            "area": self.area,
            "title": self._text(_first_sentence(text)),
            "explanation": self._text(explanation),
            "check": {
                "text": self.writer.blank(hints["check"]),
                "commands": [{"run": self.writer.mark(hints["check-command"])}],
                "if_yours": {"meaning": self.writer.blank(hints["if-yours"])},
                "if_not": {"meaning": self.writer.blank(hints["if-not"])},
            },
            "who": "you",
            "solutions": solutions,
        }
        return Draft("cause", id, self.area, value)

    def _solution_draft(self, id: str, found: Mapping[str, Any]) -> Draft:
        steps = [{**step, "text": self._text(step["text"])} for step in found["steps"]]
        value: dict[str, Any] = {
            "id": id,
            "area": self.area,
            "title": self._text(found["title"]),
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
        title = str(self.article.front_matter.get("title") or self.name)
        return {"level": "documented", "source": title, "checked": today()}

    def _text(self, text: str) -> dict[str, str]:
        return self.writer.text(self.language, text)

    def _id(self, wanted: str, fallback: str) -> str:
        """Return an id not used yet in this import."""
        id, number = wanted or f"{fallback}-1", 1
        while id in self.ids:
            number += 1
            id = f"{wanted or fallback}-{number}"
        self.ids.add(id)
        return id


def _part(title: str) -> tuple[str, str]:
    """Return which part of an article a heading opens, and what it says after that."""
    lowered = title.lower().strip()
    for part in ("symptoms", "causes", "solutions"):
        for name in sorted(_names()[part], key=len, reverse=True):
            match = re.fullmatch(rf"{re.escape(name)}{_NUMBERED}(.*)", lowered)
            if match and (not match[1] or lowered[len(name) :].strip()[:1] in "0123456789:：.-"):
                return part, title.strip()[len(title.strip()) - len(match[1]) :] if match[1] else ""
    return "", ""


def _has_steps(section: Section) -> bool:
    return any(block.kind in ("item", "code", "paragraph") for block in section.blocks)


def _language(article: Article) -> str:
    front = article.front_matter
    known = _names()["languages"]
    for key in ("ms.contentlocale", "locale", "lang", "language"):
        tag = str(front.get(key, "")).lower().replace("_", "-")
        if tag in known:
            return str(known[tag])
        if tag.partition("-")[0] in known:
            return str(known[tag.partition("-")[0]])
    words = "".join(section.title for section in article.sections)
    return "zh-TW" if re.search("[\u4e00-\u9fff]", words) else "en"


def _base(article: Article) -> str | None:
    for site in _names()["sites"]:
        if site["front_matter"] in article.front_matter:
            return str(site["base"])
    return None


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
        yield f"{path}:{item.number or 1} {item.text}"
