"""What the paste box needs, as scripts: fetch fails on file://, and nothing leaves the machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ..knowledge.model import Knowledge, Symptom
from ..matching.browser import browser_data
from ..matching.compile import compile_matching
from ..matching.pack import Pack
from ..resources import read_resource
from .edition import Edition
from .page import Asset

FOLDER = "assets/kb/box"


def box_assets(knowledge: Knowledge) -> Iterator[Asset]:
    """Yield the signatures with the masking rules, and each language's titles and words."""
    pack = Pack(compile_matching(knowledge), "kb")
    data = {
        "matcher": browser_data(pack),
        "redaction": json.loads(read_resource("redaction.json")),
    }
    yield Asset(f"{FOLDER}/signatures.js", _script("kbBoxSignatures", data))
    for language in knowledge.settings.languages:
        pages = _pages(Edition(knowledge, language))
        yield Asset(f"{FOLDER}/pages-{language}.js", _script("kbBoxPages", pages))


def _script(name: str, value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # Two line ends that JSON allows and older scripts don't.
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"window.{name} = {text};\n"


def _pages(edition: Edition) -> dict[str, Any]:
    knowledge = edition.knowledge
    labels = {key: text for key, text in edition.texts.items() if key.startswith("box.")}
    plain = edition.prose("").plain
    symptoms = [_symptom(edition, symptom) for symptom in knowledge.symptoms.values()]
    solutions = [
        {
            "path": f"solutions/{solution.id}.html",
            "title": edition.text(solution.title),
            "summary": edition.first_sentence(solution.steps[0].text),
            "words": [],
        }
        for solution in knowledge.solutions.values()
    ]
    return {
        "labels": labels,
        "symptoms": {item["id"]: item for item in symptoms},
        "solutions": solutions,
        "synonyms": [
            [plain(word) for word in (term.en, term.zh_TW, *term.synonyms)]
            for term in knowledge.glossary
        ],
    }


def _symptom(edition: Edition, symptom: Symptom) -> dict[str, Any]:
    plain = edition.prose("").plain
    words = [word for found in symptom.aliases.values() for word in found]
    return {
        "id": symptom.id,
        "path": f"symptoms/{symptom.id}.html",
        "title": edition.text(symptom.title),
        "summary": plain(edition.text(symptom.summary)),
        "causes": [
            {
                "id": ranked.cause,
                "title": edition.text(edition.knowledge.causes[ranked.cause].title),
            }
            for ranked in symptom.causes
        ],
        "words": [*words, *symptom.codes],
        "messages": edition.messages_of(symptom),
    }
