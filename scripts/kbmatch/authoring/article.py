"""A troubleshooting article in Markdown as sections of blocks, by markdown-it-py's token stream."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from kbmatch.texts import load as load_texts

_ANCHOR = re.compile(r"<a\s+(?:name|id)=[\"']?([^\"'>\s]+)[\"']?\s*/?>|</a>", re.IGNORECASE)
_NOTE = re.compile(r"^\[!(\w+)\]\s*")
# What publishing systems put between paragraphs: `:::zone`, `[!INCLUDE …]`.
_DIRECTIVE = re.compile(r"^(?::::|\[!(?:INCLUDE|VIDEO|CODE)\b)", re.IGNORECASE)
_HEADING_ID = re.compile(r"\s*\{#([\w.-]+)[^}]*\}\s*$")
Kind = Literal["paragraph", "item", "note", "code", "html", "table", "directive"]


class ArticleError(ValueError):
    """The file is not an article that can be read; the message says why, `line` where."""

    def __init__(self, key: str, line: int = 1, **values: object) -> None:
        self._key = key
        self._values = values
        self.line = line
        super().__init__(self.in_language("en"))

    def in_language(self, language: str) -> str:
        """Return the message in a language."""
        text = load_texts("authoring", language)[f"article.{self._key}"]
        return text.format_map(self._values)


@dataclass
class Line:
    """Inline text: as Markdown without links, the code spans in it, the links in it."""

    text: str = ""
    codes: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    bare: str = ""
    """The text without links that only lead to another part of the article."""


@dataclass
class Block:
    kind: Kind
    line: Line
    number: int
    """The line in the file, from 1."""
    info: str = ""
    """The language of code; `row:column` of a table's cell, rows from 0 for the head."""
    depth: int = 0
    """How many lists it stands in."""
    ordered: bool = False
    """Whether the innermost of them is numbered."""
    begins: bool = True
    """False for what follows in an item after its first paragraph."""


@dataclass
class Section:
    """A heading with what follows it up to the next one."""

    level: int
    title: str
    anchors: tuple[str, ...]
    number: int
    blocks: list[Block] = field(default_factory=list)


@dataclass
class Article:
    front_matter: Mapping[str, Any]
    sections: list[Section]


def read_article(text: str) -> Article:
    """Read Markdown with front matter. Raises ArticleError."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    front, body, skipped = _front_matter(text)
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    sections = [Section(0, "", (), skipped + 1)]
    for section_or_block in _walk(tokens, skipped):
        if isinstance(section_or_block, Section):
            sections.append(section_or_block)
        else:
            sections[-1].blocks.append(section_or_block)
    return Article(front, sections)


def _front_matter(text: str) -> tuple[Mapping[str, Any], str, int]:
    if not text.startswith("---\n"):
        return {}, text, 0
    end = text.find("\n---", 4)
    if end < 0:
        raise ArticleError("open-front-matter")
    try:
        front = yaml.safe_load(text[4:end])
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error).splitlines()[0]
        line = mark.line + 2 if mark else 1
        raise ArticleError("bad-front-matter", line, reason=reason) from error
    cut = text.find("\n", end + 1) + 1 or len(text)
    return front if isinstance(front, Mapping) else {}, text[cut:], text.count("\n", 0, cut)


def _walk(tokens: Sequence[Token], skipped: int) -> Iterator[Section | Block]:
    """Yield headings and blocks in order, from the token stream."""
    lists: list[bool] = []
    quotes = 0
    row = column = -1
    begins = True
    number = skipped + 1
    for place, token in enumerate(tokens):
        if token.map:
            number = token.map[0] + 1 + skipped
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                lists.append(token.type.startswith("ordered"))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                begins = True
            case "blockquote_open":
                quotes += 1
            case "blockquote_close":
                quotes -= 1
            case "table_open":
                row = -1
            case "tr_open":
                row, column = row + 1, -1
            case "fence" | "code_block":
                line = Line(token.content.rstrip("\n"))
                yield Block("code", line, number, token.info.strip(), len(lists))
            case "html_block":
                yield Block("html", _html(token.content), number)
            case "inline":
                opener = tokens[place - 1].type
                if opener == "heading_open":
                    yield _heading(token, int(tokens[place - 1].tag[1]), number)
                elif opener in ("th_open", "td_open"):
                    column += 1
                    yield Block("table", _inline(token.children or ()), number, f"{row}:{column}")
                elif quotes:
                    line = _inline(token.children or ())
                    note = _NOTE.match(line.text)
                    line.text = _NOTE.sub("", line.text)
                    yield Block("note", line, number, note[1].lower() if note else "")
                else:
                    for block in _paragraph(token, number):
                        if block.kind == "paragraph" and lists:
                            block.kind, block.depth, block.ordered = "item", len(lists), lists[-1]
                            block.begins, begins = begins, False
                        yield block


def _heading(token: Token, level: int, number: int) -> Section:
    line = _inline(token.children or ())
    title = line.text.strip()
    own = _HEADING_ID.search(title)
    if own:
        line.anchors.append(own[1])
        title = title[: own.start()]
    return Section(level, title, (*line.anchors, github_anchor(title)), number)


def _paragraph(token: Token, number: int) -> Iterator[Block]:
    """Yield a paragraph, with lines that are orders to a publishing system apart."""
    children = list(token.children or ())
    if not any(_DIRECTIVE.match(line) for line in token.content.split("\n")):
        yield Block("paragraph", _inline(children), number)
        return
    lines: list[list[Token]] = [[]]
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            lines.append([])
        else:
            lines[-1].append(child)
    for offset, (written, raw) in enumerate(zip(lines, token.content.split("\n"), strict=False)):
        if _DIRECTIVE.match(raw):
            yield Block("directive", Line(raw), number + offset)
        elif written:
            yield Block("paragraph", _inline(written), number + offset)


def _inline(children: Sequence[Token]) -> Line:
    line = Line()
    pieces: list[str] = []
    link: tuple[str, int] | None = None
    pointers: set[int] = set()
    for token in children:
        if token.type == "link_open":
            link = (str(token.attrGet("href") or ""), len(pieces))
        elif token.type == "link_close" and link is not None:
            address, start = link
            words = "".join(pieces[start:])
            line.links.append((words.strip(), address))
            if address.startswith("#"):
                pointers.update(range(start, len(pieces)))
            link = None
        elif token.type == "code_inline":
            line.codes.append(token.content)
            pieces.append(f"`{token.content}`")
        elif token.type in ("softbreak", "hardbreak"):
            pieces.append(" ")
        elif token.type == "html_inline":
            line.anchors += [found[1] for found in _ANCHOR.finditer(token.content) if found[1]]
        elif token.type == "strong_open" or token.type == "strong_close":
            pieces.append("**")
        elif token.type == "image":
            line.images.append(f"![{token.content}]({token.attrGet('src') or ''})")
        else:
            pieces.append(token.content)
    line.text = "".join(pieces).strip()
    line.bare = "".join(piece for n, piece in enumerate(pieces) if n not in pointers).strip()
    return line


def _html(content: str) -> Line:
    anchors = [found[1] for found in _ANCHOR.finditer(content) if found[1]]
    return Line(re.sub(r"<[^>]*>", " ", content).strip(), anchors=anchors)


def github_anchor(title: str) -> str:
    """Return the anchor that GitHub and Microsoft Learn give a heading."""
    kept = re.sub(r"[^\w\s-]", "", title.lower(), flags=re.UNICODE)
    return re.sub(r"\s", "-", kept.strip())
