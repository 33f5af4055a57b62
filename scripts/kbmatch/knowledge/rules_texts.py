"""Rules about prose: Markdown is safe, links lead somewhere, words are the glossary's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from kbmatch.texts import load as load_texts

from . import markdown
from .documents import Document, Documents
from .model import Knowledge, Term
from .problems import Problem, problem
from .rules import RuleSet
from .rules_identity import missing
from .source import Path, Value

RULES = RuleSet()

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*):")
_GLOSSARY_LANGUAGE = "zh-TW"
LANGUAGES = ("en", "zh-TW")
"""Languages in which drafts are marked."""


@RULES.rule("KB303", "KB304", "KB305", "KB306")
def markdown_is_safe(knowledge: Knowledge, documents: Documents) -> Iterator[Problem]:
    """No raw HTML, no headings or images, only links that work."""
    for document in documents:
        for path, text in document.texts:
            for language, prose in text.values.items():
                if not markdown.is_plain(prose):
                    yield from _markdown(document, (*path, language), prose, knowledge, documents)


def _markdown(
    document: Document, path: Path, prose: str, knowledge: Knowledge, documents: Documents
) -> Iterator[Problem]:
    for token in markdown.tokens(prose):
        match token.type:
            case "html_inline" | "html_block":
                html = token.content.strip()
                where = document.position(*path, needle=html.split("\n")[0])
                yield problem("KB303", where, html=html)
            case "heading_open":
                yield problem("KB306", document.position(*path))
            case "image":
                yield problem("KB306", document.position(*path, needle="!["), "image")
            case "link_open":
                target = str(token.attrs.get("href", ""))
                yield from _link(document, path, target, knowledge, documents)


def _link(
    document: Document, path: Path, target: str, knowledge: Knowledge, documents: Documents
) -> Iterator[Problem]:
    scheme = _SCHEME.match(target)
    name = scheme.group(1) if scheme else ""
    where = document.position(*path, needle=target)
    if name in ("symptom", "solution"):
        known = knowledge.symptoms if name == "symptom" else knowledge.solutions
        # An anchor on the page may follow.
        identity = target.partition(":")[2].partition("#")[0]
        if identity not in known and (name, identity) not in documents.unread:
            yield missing("KB305", where, known, target=target, id=identity)
    elif name not in ("http", "https"):
        yield problem("KB304", where, target=target)


@RULES.each("KB307")
def wording_is_the_glossarys(
    document: Document, knowledge: Knowledge, documents: Documents
) -> Iterator[Problem]:
    """A text says what the glossary says, so that readers find and compare by words."""
    if document.kind == "glossary":
        return
    pattern, avoided = _avoided(knowledge.glossary)
    if pattern is None:
        return
    for path, text in document.texts:
        prose = text.get(_GLOSSARY_LANGUAGE)
        if not any(match in avoided for match in pattern.findall(prose)):
            continue
        for match in dict.fromkeys(pattern.findall(markdown.words(prose))):
            if match in avoided:
                term = avoided[match]
                where = document.position(*path, _GLOSSARY_LANGUAGE, needle=match)
                yield problem(
                    "KB307",
                    where,
                    found=match,
                    language=_GLOSSARY_LANGUAGE,
                    term=term.zh_TW,
                    english=term.en,
                )


_Avoided = tuple[re.Pattern[str] | None, dict[str, Term]]
_last: list[tuple[tuple[Term, ...], _Avoided]] = []
"""The glossary asked about last: hashing one takes longer than using it."""


def _avoided(glossary: tuple[Term, ...]) -> _Avoided:
    """Return a pattern of the wordings to avoid and of terms that contain one, and their terms."""
    if not _last or _last[0][0] is not glossary:
        _last[:] = [(glossary, _avoided_in(glossary))]
    return _last[0][1]


def _avoided_in(glossary: tuple[Term, ...]) -> _Avoided:
    avoided: dict[str, Term] = {}
    for term in glossary:
        for wording in term.avoid:
            if wording:
                avoided.setdefault(wording, term)
    if not avoided:
        return None, avoided
    # A term that contains an avoided wording is fine: 連接埠 although 連接 isn't.
    allowed = {
        term.zh_TW
        for term in glossary
        if term.zh_TW
        and term.zh_TW not in avoided
        and any(wording in term.zh_TW for wording in avoided)
    }
    longest_first = sorted((*allowed, *avoided), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), avoided


_MARKUP = re.compile(r"`|\*\*|\]\(")


@RULES.each("KB322")
def titles_are_plain(
    document: Document, knowledge: Knowledge, documents: Documents
) -> Iterator[Problem]:
    """Titles are shown where nothing reads Markdown."""
    for path, text in document.texts:
        if path != ("title",):
            continue
        for language, title in text.values.items():
            match = _MARKUP.search(title)
            if match:
                where = document.position(*path, language, needle=match[0])
                yield problem("KB322", where, mark=match[0])


@RULES.each("KB113", "table")
def rows_fit_columns(
    document: Document, knowledge: Knowledge, documents: Documents
) -> Iterator[Problem]:
    """Each row of a table has one cell per column."""
    columns = len(document.entry.columns)
    for index, row in enumerate(document.entry.rows):
        if row and columns and len(row) != columns:
            where = document.position("rows", index)
            yield problem("KB113", where, row=index + 1, cells=len(row), columns=columns)


@RULES.each("KB115", "table")
def lists_name_columns(
    document: Document, knowledge: Knowledge, documents: Documents
) -> Iterator[Problem]:
    """A list to copy is made of columns that the table has."""
    listing = document.entry.listing
    if listing is None:
        return
    first = knowledge.settings.languages[0]
    columns = [column.values.get(first, "") for column in document.entry.columns]
    for key in ("names", "beside"):
        for index, name in enumerate(getattr(listing, key)):
            if name not in columns:
                where = document.position("listing", key, index)
                yield problem("KB115", where, name=name, columns=", ".join(columns))


@RULES.each("KB311")
def everything_is_written(
    document: Document, knowledge: Knowledge, documents: Documents
) -> Iterator[Problem]:
    """Drafts mark what their author still has to write; a reader must never see the mark."""
    text = document.source.text
    # Letters may hide behind escapes, where only the values tell.
    if not any(mark in text for mark in marks()) and not _ESCAPED.search(text):
        return
    for path, value in _strings(document.source.value):
        mark = next((mark for mark in marks() if f"{mark}:" in value or value == mark), None)
        if mark is not None:
            yield problem("KB311", document.position(*path, needle=mark), mark=mark)


_ESCAPED = re.compile(r"\\[uUx]")


@cache
def marks() -> tuple[str, ...]:
    """Return what begins a text that is still to be written, in every language of the tools."""
    return tuple(load_texts("authoring", language)["to-write"] for language in LANGUAGES)


def _strings(value: Value) -> Iterator[tuple[Path, str]]:
    """Yield every string of a document with its path, whatever it is for."""
    pending: list[tuple[Path, Value]] = [((), value)]
    while pending:
        path, item = pending.pop()
        if isinstance(item, str):
            yield path, item
        elif isinstance(item, dict):
            pending.extend(((*path, key), inner) for key, inner in item.items())
        elif isinstance(item, list):
            pending.extend(((*path, index), inner) for index, inner in enumerate(item))


_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_LOWER_WORD = re.compile(r"(?<![A-Za-z])[a-z]{2,}(?![A-Za-z])")
_ENGLISH_WORDS = 3
"""So many ordinary words make a sentence; names are written alike in both languages."""


@RULES.each("KB312")
def traditional_chinese_is_chinese(
    document: Document, knowledge: Knowledge, documents: Documents
) -> Iterator[Problem]:
    """A zh-TW text is neither English nor written in Simplified characters."""
    language, names = _GLOSSARY_LANGUAGE, document.kind in ("settings", "overlay")
    if language not in documents.languages:
        return
    foreign = _not_traditional("".join(text.get(language) for _, text in document.texts))
    for path, text in document.texts:
        prose = text.get(language)
        if not prose or any(mark in prose for mark in marks()):
            continue
        found = [character for character in foreign if character in prose]
        if found:
            where = document.position(*path, language, needle=min(found, key=prose.index))
            listed = "".join(sorted(found, key=prose.index))
            yield problem("KB312", where, "simplified", characters=listed, language=language)
        elif not names and not _HAN.search(prose):
            words = _LOWER_WORD.findall(markdown.words(text.get("en")))
            if len(words) >= _ENGLISH_WORDS:
                where = document.position(*path, language)
                yield problem("KB312", where, language=language)


def _not_traditional(text: str) -> set[str]:
    """Return the characters that Taiwan's character set lacks: simplified ones, in practice."""
    return {character for character in set(text) if _is_foreign(character)}


@cache
def _is_foreign(character: str) -> bool:
    if not "\u4e00" <= character <= "\u9fff":
        return False
    return not character.encode("big5", "ignore")
