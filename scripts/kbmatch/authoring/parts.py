"""What the headings and tables of a troubleshooting article are called, and in which language."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from kbmatch.resources import read_resource

from .article import Article, Block, Section

PARTS = ("symptoms", "errors", "causes", "solutions")
_NUMBERED = r"\s*\d*\s*[:：.、-]?\s*"
_BOLD = re.compile(r"\*\*(.+?)\*\*([:：]?)\s*(.*)", re.DOTALL)
_NUMBER = re.compile(r"^\D{1,20}?(\d{1,2})(?!\d)")
_HAN = re.compile("[\u4e00-\u9fff]")
_LETTER = re.compile("[A-Za-z]+")
_SIMPLIFIED_SHARE = 0.02


@cache
def names() -> Mapping[str, Any]:
    """Return how articles name their parts, in every language we know."""
    found: dict[str, Any] = json.loads(read_resource("authoring/headings.json"))
    return found


def part(title: str) -> tuple[str, str]:
    """Return which part of an article a heading opens, and what it says after that."""
    lowered = title.lower().strip()
    for kind in PARTS:
        for name in sorted(names()[kind], key=len, reverse=True):
            match = re.fullmatch(rf"{re.escape(name)}{_NUMBERED}(.*)", lowered)
            if match and (not match[1] or lowered[len(name) :].strip()[:1] in "0123456789:：.-"):
                rest = title.strip()[len(title.strip()) - len(match[1]) :] if match[1] else ""
                return kind, rest
    return "", ""


def number(title: str) -> int | None:
    """Return the number that a heading counts with: 2 for `Cause 2: …`."""
    found = _NUMBER.match(title.strip())
    return int(found[1]) if found and part(title)[0] else None


def with_bold_headings(sections: Sequence[Section]) -> list[Section]:
    """Return the sections, those split that open their parts with words in bold.

    These may be a line of their own or begin one: `**Cause:** The tray is open.`
    """
    result: list[Section] = []
    for section in sections:
        current = Section(section.level, section.title, section.anchors, section.number)
        result.append(current)
        for block in section.blocks:
            bold = _BOLD.fullmatch(block.line.text) if block.kind == "paragraph" else None
            title = bold[1].strip(" :：") if bold else ""
            # `**Error** is what it says` is a sentence: a label ends with a colon or its line.
            if bold and part(title)[0] and (not bold[3] or {bold[1][-1], bold[2]} & {*":："}):
                current = Section(section.level + 1, title, (), block.number)
                result.append(current)
                if bold[3]:
                    line = replace(block.line, text=bold[3], bare=_BOLD.sub(r"\3", block.line.bare))
                    current.blocks.append(replace(block, line=line))
            else:
                current.blocks.append(block)
    return result


def headed(sections: Sequence[Section]) -> set[int]:
    """Return the places of sections whose heading is a symptom that no part of theirs tells.

    `## The tray sticks` with `### Cause` and `### Solution` below it is one.
    """
    found = set()
    for place, section in enumerate(sections):
        if section.level < 2 or part(section.title)[0]:
            continue
        kinds = set()
        for below in sections[place + 1 :]:
            if below.level <= section.level:
                break
            kinds.add(part(below.title)[0])
        if kinds & {"causes", "solutions"} and not kinds & {"symptoms", "errors"}:
            found.add(place)
    return found


def table_rows(blocks: Sequence[Block]) -> tuple[list[str], list[list[Block]]]:
    """Return what the columns of a table hold, by its head, and its rows of cells."""
    rows: dict[int, list[Block]] = {}
    for block in blocks:
        rows.setdefault(int(block.info.partition(":")[0]), []).append(block)
    head = [_column(cell.line.text) for cell in rows.get(0, ())]
    return head, [cells for row, cells in sorted(rows.items()) if row]


def _column(title: str) -> str:
    lowered = title.lower().strip(" *:：")
    if lowered in names()["table_symptoms"]:
        return "symptoms"
    return part(title)[0]


def language(article: Article) -> tuple[str, bool]:
    """Return an article's language, and whether it is Chinese in Simplified characters."""
    known = names()["languages"]
    text = "".join(
        piece
        for section in article.sections
        for piece in (section.title, *(block.line.text for block in section.blocks))
    )
    han = _HAN.findall(text)
    for key in ("ms.contentlocale", "locale", "lang", "language"):
        tag = str(article.front_matter.get(key, "")).lower().replace("_", "-")
        for form in (tag, tag.partition("-")[0]):
            if form in known:
                return str(known[form]), known[form] == "zh-TW" and _is_simplified(han)
    # A Chinese word says about as much as two characters.
    if len(han) / 2 > len(_LETTER.findall(text)):
        return "zh-TW", _is_simplified(han)
    return "en", False


def _is_simplified(han: Sequence[str]) -> bool:
    """Whether a text has characters that Taiwan's character set lacks, beyond a stray name."""
    foreign = sum(not character.encode("big5", "ignore") for character in han)
    return foreign > _SIMPLIFIED_SHARE * len(han)


def base(article: Article) -> str | None:
    """Return where articles of a kind are published, when the front matter tells."""
    for site in names()["sites"]:
        if site["front_matter"] in article.front_matter:
            return str(site["base"])
    return None
