"""Files beside the pages: everything as data, an outline for language models, redirects."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any
from urllib.parse import urlsplit

from ..knowledge.model import Knowledge, Text
from ..matching.compile import Compiler
from ..texts import load
from .box import box_assets
from .edition import Edition
from .page import Asset
from .rendering import environment
from .slots import Slots

KB_JSON_VERSION = 1


class Kept:
    """What one build leaves to the next: what has not changed is not made again."""

    def __init__(self) -> None:
        self.compiler = Compiler()
        self._lines: dict[str, dict[int, tuple[object, str]]] = {}

    def lines(self, part: str, entries: Iterable[object]) -> list[str]:
        """Return a part's entries as JSON; those that are the same objects are not made again."""
        before = self._lines.get(part, {})
        now = self._lines[part] = {}
        lines = []
        for entry in entries:
            found = before.get(id(entry))
            if found is None or found[0] is not entry:
                found = (entry, _compact(plain_value(entry)))
            now[id(entry)] = found
            lines.append(found[1])
        return lines


def build_assets(
    knowledge: Knowledge, site_url: str = "", kept: Kept | None = None
) -> Iterator[Asset]:
    """Yield the files beside the pages.

    `site_url` is where the site will be served, for the 404 page; without it that page finds the
    root by the language in the address.
    """
    kept = kept or Kept()
    outer = _OuterPages(knowledge)
    first = knowledge.settings.languages[0]
    yield Asset("kb.json", knowledge_json(knowledge, kept))
    yield Asset("llms.txt", outline(knowledge))
    yield Asset("assets/kb/slots.js", slots_script(knowledge))
    yield from box_assets(knowledge, kept.compiler)
    yield Asset("index.html", outer.render("choose", first))
    root = f"{urlsplit(site_url).path.rstrip('/')}/" if site_url else ""
    yield Asset("404.html", outer.render("404", first, root=root, pages=_named(knowledge)))
    for language in knowledge.settings.languages:
        for old, new in retired(knowledge):
            title = knowledge.symptoms[new].title[language]
            page = outer.render("moved", language, target=f"{new}.html", title=title)
            yield Asset(f"{language}/symptoms/{old}.html", page)


def _named(knowledge: Knowledge) -> list[tuple[str, Text]]:
    """Return the pages that somebody may have asked for by nearly the right name."""
    return [
        *((f"symptoms/{item.id}.html", item.title) for item in knowledge.symptoms.values()),
        *((f"solutions/{item.id}.html", item.title) for item in knowledge.solutions.values()),
    ]


class _OuterPages:
    """Pages outside the theme: each is one file, its style and script allowed by their hashes."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._environment = environment()
        settings = knowledge.settings
        self._common = {
            "texts": {language: load("site", language) for language in settings.languages},
            "title": settings.title,
            "description": settings.description,
            "style": self._environment.get_template("outer.css").render(),
        }

    def render(self, name: str, language: str, **values: object) -> str:
        script = self._environment.get_template(f"{name}.js").render()
        common = {**self._common, "language": language, "script": script}
        return self._environment.get_template(f"{name}.html").render({**common, **values})


def slots_script(knowledge: Knowledge) -> str:
    """Return what the pages' script must know to fill slots, as a script (fetch fails on file://)."""
    settings = knowledge.settings
    value = Slots(settings.slots, settings.derivations).script()
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f"window.kbSlots = {text};\n"


def retired(knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    """Yield old symptom ids with the id that took their place."""
    for symptom in knowledge.symptoms.values():
        for old in symptom.retired_ids:
            yield old, symptom.id


def knowledge_json(knowledge: Knowledge, kept: Kept) -> str:
    """Return the whole knowledge as JSON: the model's own field names, texts by language.

    An entry stands on a line of its own, so that two versions can be compared.
    """
    settings = knowledge.settings
    parts: dict[str, Any] = {
        "version": KB_JSON_VERSION,
        "source_hash": knowledge.source_hash,
        "title": settings.title,
        "languages": list(settings.languages),
        "areas": settings.areas,
        "phases": settings.phases,
        "tools": settings.tools,
        "platforms": settings.platforms,
        "slots": settings.slots,
        "symptoms": knowledge.symptoms.values(),
        "causes": knowledge.causes.values(),
        "solutions": knowledge.solutions.values(),
        "links": knowledge.links.values(),
        "glossary": knowledge.glossary,
        "tables": knowledge.tables,
    }
    lines = []
    for name, part in parts.items():
        if isinstance(part, str | int | Text | Mapping):
            lines.append(f'"{name}": {_compact(plain_value(part))}')
        else:
            lines.append(f'"{name}": [\n' + ",\n".join(kept.lines(name, part)) + "\n]")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def plain_value(value: Any) -> Any:
    """Return a model value as JSON has it; fields that say nothing are left out."""
    if isinstance(value, Text):
        return dict(value.values)
    if is_dataclass(value):
        found = {item.name: plain_value(getattr(value, item.name)) for item in fields(value)}
        return {name: item for name, item in found.items() if item not in (None, "", [], {})}
    if isinstance(value, Mapping):
        return {key: plain_value(item) for key, item in value.items()}
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    return [plain_value(item) for item in value]


def outline(knowledge: Knowledge) -> str:
    """Return llms.txt: what is here and where, a line a page, in every language."""
    settings = knowledge.settings
    first = settings.languages[0]
    lines = [f"# {settings.title[first]}", "", f"> {settings.description[first]}", ""]
    for language in settings.languages:
        edition = Edition(knowledge, language)
        lines += _section(
            f"{edition.label('language.name')}: {edition.label('llms.symptoms')}",
            (
                (
                    edition.text(symptom.title),
                    f"{language}/symptoms/{symptom.id}.html",
                    edition.first_sentence(symptom.summary),
                )
                for symptom in knowledge.symptoms.values()
            ),
        )
        lines += _section(
            f"{edition.label('language.name')}: {edition.label('llms.solutions')}",
            (
                (edition.text(solution.title), f"{language}/solutions/{solution.id}.html", "")
                for solution in knowledge.solutions.values()
            ),
        )
        references = [
            (edition.text(shelf.tables[0].title), f"{shelf.name}.html")
            for shelf in edition.shelves()
        ]
        references += [
            (edition.label(name), f"{name}.html")
            for name in ("by-phase", "by-tool", "by-code", "messages", "glossary")
        ]
        lines += _section(
            f"{edition.label('language.name')}: {edition.label('llms.reference')}",
            ((title, f"{language}/{path}", "") for title, path in references),
        )
    data = load("site", first)["footer.data"]
    lines += _section("Optional", [(data, "kb.json", "")])  # the name is llms.txt's own
    return "\n".join(lines)


def _section(title: str, rows: Iterable[tuple[str, str, str]]) -> list[str]:
    lines = [f"## {title}", ""]
    for name, path, summary in rows:
        lines.append(f"- [{name}]({path})" + (f": {summary}" if summary else ""))
    return [*lines, ""]
