"""A troubleshooting article in Markdown as sections of blocks, by markdown-it-py's token stream."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

_ANCHOR = re.compile(r"<a\s+(?:name|id)=[\"']?([^\"'>\s]+)[\"']?\s*/?>|</a>", re.IGNORECASE)
_NOTE = re.compile(r"^\[!(\w+)\]\s*")
Kind = Literal["paragraph", "item", "note", "code", "html", "table"]


class ArticleError(ValueError):
    """The file is not an article that can be read; the message says why."""


@dataclass
class Line:
    """Inline text: as Markdown without links, the code spans in it, the links in it."""

    text: str = ""
    codes: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)


@dataclass
class Block:
    kind: Kind
    line: Line
    number: int
    """The line in the file, from 1."""
    info: str = ""


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
        raise ArticleError("the front matter that begins in line 1 has no closing '---'")
    try:
        front = yaml.safe_load(text[4:end])
    except yaml.YAMLError as error:
        raise ArticleError(f"the front matter is not YAML: {error}") from error
    cut = text.find("\n", end + 1) + 1 or len(text)
    return front if isinstance(front, Mapping) else {}, text[cut:], text.count("\n", 0, cut)


def _walk(tokens: Sequence[Token], skipped: int) -> Iterator[Section | Block]:
    """Yield headings and blocks in order, from the token stream."""
    lists = quotes = 0
    number = skipped + 1
    for place, token in enumerate(tokens):
        if token.map:
            number = token.map[0] + 1 + skipped
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists -= 1
        elif token.type == "blockquote_open":
            quotes += 1
        elif token.type == "blockquote_close":
            quotes -= 1
        elif token.type in ("fence", "code_block"):
            yield Block("code", Line(token.content.rstrip("\n")), number, token.info.strip())
        elif token.type == "html_block":
            line = _html(token.content)
            yield Block("html", line, number)
        elif token.type == "inline":
            line = _inline(token.children or ())
            opener = tokens[place - 1]
            if opener.type == "heading_open":
                title = line.text.strip()
                anchors = (*line.anchors, github_anchor(title))
                yield Section(int(opener.tag[1]), title, anchors, number)
            elif opener.type in ("th_open", "td_open"):
                yield Block("table", line, number)
            elif quotes:
                note = _NOTE.match(line.text)
                line.text = _NOTE.sub("", line.text)
                yield Block("note", line, number, note[1].lower() if note else "")
            else:
                yield Block("item" if lists else "paragraph", line, number, str(lists))


def _inline(children: Sequence[Token]) -> Line:
    line = Line()
    pieces: list[str] = []
    link: tuple[str, int] | None = None
    for token in children:
        if token.type == "link_open":
            link = (str(token.attrGet("href") or ""), len(pieces))
        elif token.type == "link_close" and link is not None:
            address, start = link
            words = "".join(pieces[start:])
            line.links.append((words.strip(), address))
            if address.startswith("#"):
                del pieces[start:]  # it only leads to another part of the article
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
            pieces.append(token.content)
            line.links.append((token.content, str(token.attrGet("src") or "")))
        else:
            pieces.append(token.content)
    line.text = "".join(pieces).strip()
    return line


def _html(content: str) -> Line:
    anchors = [found[1] for found in _ANCHOR.finditer(content) if found[1]]
    return Line(re.sub(r"<[^>]*>", " ", content).strip(), anchors=anchors)


def github_anchor(title: str) -> str:
    """Return the anchor that GitHub and Microsoft Learn give a heading."""
    kept = re.sub(r"[^\w\s-]", "", title.lower(), flags=re.UNICODE)
    return re.sub(r"\s", "-", kept.strip())
