"""What box and search need, as scripts: fetch fails on file://, and nothing leaves the machine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from ..knowledge.model import Cause, Command, Knowledge, Outcome, Symptom
from ..matching.browser import browser_data
from ..matching.compile import Compiler
from ..matching.pack import Pack
from ..resources import read_resource
from ..search.tokens import asking_phrases, stop_words
from .edition import Edition
from .page import Asset, Page
from .searchtext import WRITTEN, WrittenPage, kind_of, search_text

FOLDER = "assets/kb/box"
_LABELS = ("box.", "find.", "copy", "outcome.", "comma", "contact", "messages")


def box_assets(knowledge: Knowledge, compiler: Compiler | None = None) -> Iterator[Asset]:
    """Yield the signatures with the masking rules: the same for every language.

    A `compiler` that is kept from one build to the next compiles only what has changed.
    """
    pack = Pack((compiler or Compiler()).matching(knowledge), "kb")
    data = {
        "matcher": browser_data(pack),
        "redaction": json.loads(read_resource("redaction.json")),
        "slots": {name: kind.type for name, kind in knowledge.settings.slots.items()},
    }
    yield Asset(f"{FOLDER}/signatures.js", _script("kbBoxSignatures", data))


def search_assets(
    knowledge: Knowledge, language: str, pages: Iterable[Page], written: Iterable[WrittenPage]
) -> Iterator[Asset]:
    """Yield one language's titles and words, and the text of all its pages."""
    pages, written = list(pages), list(written)
    known = _known(Edition(knowledge, language), pages, written)
    yield Asset(f"{FOLDER}/pages-{language}.js", _script("kbBoxPages", known))
    text = search_text(pages, written)
    yield Asset(f"{FOLDER}/text-{language}.js", _script("kbBoxText", text))


def examples(edition: Edition) -> Iterator[tuple[str, str]]:
    """Yield what somebody could put into the box: one line, a longer output, words."""
    symptoms = list(edition.knowledge.symptoms.values())
    samples = [text.strip() for s in symptoms for g in s.signatures for text in g.samples]
    names = [name for s in symptoms for name in s.aliases.get(edition.language, ())]
    for kind, texts in (
        ("line", [text for text in samples if "\n" not in text and 60 < len(text) < 250]),
        ("log", [text for text in samples if 3 <= text.count("\n") < 20]),
        ("words", [name for name in names if " " in name or not name.isascii()]),
    ):
        if texts:
            yield kind, texts[0]


def _script(name: str, value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # Two line ends that JSON allows and older scripts don't.
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"window.{name} = {text};\n"


def _known(edition: Edition, pages: list[Page], written: list[WrittenPage]) -> dict[str, Any]:
    knowledge = edition.knowledge
    plain = edition.prose("").plain
    symptoms = [_symptom(edition, symptom) for symptom in knowledge.symptoms.values()]
    firsts = {symptom.causes[0].cause for symptom in knowledge.symptoms.values() if symptom.causes}
    return {
        "labels": {k: text for k, text in edition.texts.items() if k.startswith(_LABELS)},
        "contact": [edition.contact, edition.contact_now] if edition.contact else [],
        "examples": {name: kind.example for name, kind in edition.settings.slots.items()},
        "origins": dict(_origins(edition)),
        "symptoms": {item["id"]: item for item in symptoms},
        "causes": {
            cause.id: _cause(edition, cause, cause.id in firsts)
            for cause in knowledge.causes.values()
        },
        "others": [*_others(pages), *map(_written, sorted(written, key=lambda page: page.path))],
        "asking": {"words": sorted(stop_words()), "phrases": asking_phrases()},
        "synonyms": [
            [plain(word) for word in (term.en, term.zh_TW, *term.synonyms)]
            for term in knowledge.glossary
        ],
    }


def _origins(edition: Edition) -> Iterator[tuple[str, str]]:
    """Yield the pages that an overlay has brought, each with the overlay's title."""
    knowledge = edition.knowledge
    for folder, entries in (("symptoms", knowledge.symptoms), ("solutions", knowledge.solutions)):
        for entry in entries.values():
            if entry.origin:
                yield f"{folder}/{entry.id}.html", edition.origin(entry)


def _symptom(edition: Edition, symptom: Symptom) -> dict[str, Any]:
    words = [word for found in symptom.aliases.values() for word in found]
    return {
        "id": symptom.id,
        "path": f"symptoms/{symptom.id}.html",
        "title": edition.text(symptom.title),
        "summary": edition.prose("").plain(edition.text(symptom.summary)),
        "brief": edition.first_sentence(symptom.summary),
        "causes": [ranked.cause for ranked in symptom.causes],
        "words": [*words, *symptom.codes],
        "messages": edition.messages_of(symptom),
    }


def _cause(edition: Edition, cause: Cause, whole: bool) -> dict[str, Any]:
    """Return a cause's title and who can fix it; with its check where it comes first."""
    plain = edition.prose("").plain
    value: dict[str, Any] = {
        "title": plain(edition.text(cause.title)),
        "who": cause.who,
        "fixer": edition.fixer(cause.who),
    }
    if whole:
        value["check"] = plain(edition.text(cause.check.text))
        value["commands"] = [_command(edition, command) for command in cause.check.commands]
        value["yours"] = _outcome(edition, cause.check.if_yours)
        value["not"] = _outcome(edition, cause.check.if_not)
    return value


def _command(edition: Edition, command: Command) -> dict[str, str]:
    value = {"run": command.run.rstrip(), "shell": edition.label(f"shell.{command.shell}")}
    if command.on:
        value |= {"on": command.on, "platform": edition.platforms[command.on]}
    return value


def _outcome(edition: Edition, outcome: Outcome) -> dict[str, str]:
    return {
        "output": (outcome.output or "").strip(),
        "meaning": edition.prose("").plain(edition.text(outcome.meaning)),
    }


def _others(pages: list[Page]) -> Iterator[dict[str, Any]]:
    """Yield every page that is no error's: fixes, reference tables, lists."""
    for page in pages:
        if page.kind not in ("symptom", "home"):
            titles = [entry.title for entry in page.search[1:]]
            yield _other(page.path, kind_of(page), page.title, page.description, titles)


def _written(page: WrittenPage) -> dict[str, Any]:
    titles = [entry.title for entry in page.entries()[1:]]
    return _other(page.path, WRITTEN, page.title, page.description, [*page.words, *titles])


def _other(path: str, kind: str, title: str, brief: str, words: list[str]) -> dict[str, Any]:
    return {"path": path, "kind": kind, "title": title, "brief": brief, "words": words}
