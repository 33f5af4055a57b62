"""Pages written by hand, looking like the others: commands to copy and fill, tables, breadcrumbs.

A fence in Markdown says what it holds: `sh`, `powershell`, `cmd` and `kql` are commands, `text` is
what something prints, anything else the content of a file. `{.sh .changes}` and `{.sh .reads}` mark
what a command does. Slots such as `{registry}` are filled as everywhere, but not in a fence marked
`{.yaml .verbatim}`, where the braces themselves are meant. Commands for different shells that
follow each other at once are alternatives, and become tabs.
"""

from __future__ import annotations

import re
from itertools import count
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown  # type: ignore[import-untyped]
from markdown.extensions import Extension  # type: ignore[import-untyped]
from markdown.treeprocessors import Treeprocessor  # type: ignore[import-untyped]
from markupsafe import Markup

from ..knowledge.folding import close_up
from ..knowledge.model import Command, Knowledge
from .edition import Edition
from .rendering import Renderer

COMMANDS = ("sh", "powershell", "cmd", "kql")
_FIGURE = r'<figure class="kb-cmd kb-cmd--(?:sh|powershell|cmd)\b.*?</figure>'
_ALTERNATIVES = re.compile(rf"{_FIGURE}(?:\s*{_FIGURE})+", re.DOTALL)
_SHELL = re.compile(r"kb-cmd--(sh|powershell|cmd)\b")
_AFTER_MARK = re.compile(
    r"(?<=[\u3001\u3002\u300c-\u300f\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f])\n"
)
_SECTION = re.compile(r"(?=<h2\b)")
_FILLED = ' data-slot="'


class WrittenPages(Extension):  # type: ignore[misc]
    """The Markdown extension of all pages written by hand; `speak` before each page."""

    def __init__(self, knowledge: Knowledge) -> None:
        super().__init__()
        self._renderers = {
            language: Renderer(Edition(knowledge, language))
            for language in knowledge.settings.languages
        }
        self._language = knowledge.settings.languages[0]
        self._used: list[str] = []

    def speak(self, language: str) -> None:
        """Begin a page in this language."""
        self._language = language
        self._used = []

    def fence(self, source: str, language: str, *_: Any, **more: Any) -> str:
        """Return a fenced block; called by the fences' own extension."""
        marks = more.get("classes") or ()
        slots = self._renderer.edition.slots
        shell: Any = language if language in (*COMMANDS, "text") else "file" if language else "text"
        is_verbatim = "verbatim" in marks
        self._used += () if is_verbatim or shell == "text" else slots.names(source)
        html = self._renderer.render(
            "written.html",
            "",
            part="fence",
            command=Command(source.rstrip(), shell=shell, changes="changes" in marks),
            reads="reads" in marks,
            verbatim=is_verbatim,
        )
        return html.strip()

    def finish(self, html: str, prefix: str) -> str:
        """Return a page with its breadcrumbs and, where commands can be filled, the fields."""
        top = self._renderer.render("written.html", prefix, part="top")
        fields = self._renderer.edition.slots.fields(self._used)
        if fields:
            form = str(self._renderer.render("written.html", prefix, part="values", fields=fields))
            html = _where_needed(html, form)
        return f"{top}{self._with_tabs(html, prefix)}"

    def _with_tabs(self, html: str, prefix: str) -> str:
        """Return a page with commands that say the same to different shells side by side."""
        numbers = count(1)
        label = self._renderer.edition.label

        def tabs(match: re.Match[str]) -> str:
            figures = re.findall(_FIGURE, match[0], re.DOTALL)
            shells = [found[1] for figure in figures if (found := _SHELL.search(figure))]
            if len(set(shells)) < len(figures):
                return match[0]
            alternatives = [
                {"platform": shell, "title": label(f"shell.{shell}"), "html": Markup(figure)}
                for shell, figure in zip(shells, figures, strict=True)
            ]
            name = f"shells-{next(numbers)}"
            return str(
                self._renderer.render(
                    "written.html", prefix, part="tabs", set=name, alternatives=alternatives
                )
            )

        return _ALTERNATIVES.sub(tabs, html)

    @property
    def _renderer(self) -> Renderer:
        return self._renderers[self._language]

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (the name is Markdown's)
        """Register what changes the finished tree."""
        md.treeprocessors.register(_Tables(md), "kb-tables", 5)
        md.treeprocessors.register(_Lines(md), "kb-lines", 4)


def _where_needed(html: str, form: str) -> str:
    """Return a page with the fields after its introduction, or in the section that needs them."""
    sections = _SECTION.split(html)
    needing = next((at for at, part in enumerate(sections) if _FILLED in part), 1)
    if needing > 1:
        sections[needing] = sections[needing].replace("</h2>", f"</h2>{form}", 1)
    else:
        sections[0] += form
    return "".join(sections)


class _Tables(Treeprocessor):  # type: ignore[misc]
    """Tables get the look of generated ones, and each cell its column's name for narrow screens."""

    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            for at, table in enumerate(list(parent)):
                if table.tag == "table" and not table.get("class"):
                    parent[at] = self._framed(table)

    def _framed(self, table: Element) -> Element:
        heads = ["".join(head.itertext()).strip() for head in table.iter("th")]
        table.set("class", "kb-table")
        for row in table.iter("tr"):
            for head, cell in zip(heads, row.findall("td"), strict=False):
                cell.set("data-label", head)
        name = " · ".join(heads)
        frame = Element("div", {"class": "kb-scroll", "tabindex": "0", "role": "group"})
        frame.set("aria-label", name)
        frame.append(table)
        frame.tail, table.tail = table.tail, None
        return frame


class _Lines(Treeprocessor):  # type: ignore[misc]
    """Chinese lines that were folded in the source join without a blank."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.text and element.tag not in ("code", "pre"):
                element.text = _joined(element.text)
            if element.tail:
                element.tail = _joined(element.tail)


def _joined(text: str) -> str:
    return _AFTER_MARK.sub("", close_up(text))
