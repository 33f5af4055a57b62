"""JSON Schemas for editors, generated from the model's classes and their docstrings.

An author's editor completes keys, shows what each is for and underlines mistakes while typing;
`kb validate` says the same and more.
"""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .model import Knowledge
from .shapes import (
    DEFAULT_LANGUAGES,
    KEBAB_CASE,
    KINDS,
    OVERRIDABLE,
    SLOT_NAME,
    BoolShape,
    ChoiceShape,
    FieldShape,
    ListShape,
    MapShape,
    ObjectShape,
    Override,
    Shape,
    StringShape,
    TextShape,
    object_shape,
    shape_of_kind,
)
from .shapes import ENTRY_CLASSES as _ENTRY_CLASSES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCHEMA_DIRECTORY = Path(__file__).resolve().parent.parent / "schemas"

# Editors read an unquoted 443 as a number; the reader takes it as text, so the schema allows it.
_WRITTEN_AS_TEXT = ["string", "number"]
_NOT_BLANK = r"\S"


OWN_DIRECTORY = ".schemas"
"""Where a knowledge directory keeps schemas with its own names; hidden, so it is no knowledge."""

# Which fields hold names that a knowledge base declares: class (or any) and field, and of what.
_NAMED: Mapping[tuple[str, str], str] = {
    ("", "area"): "area",
    ("", "phase"): "phase",
    ("Command", "on"): "platform",
    ("Signature", "tools"): "tool",
    ("Signature", "needs"): "context",
    ("Cause", "who"): "fixer",
    ("Cause", "solutions"): "solution",
    ("RankedCause", "cause"): "cause",
    ("LookAlike", "id"): "symptom",
    ("Derivation", "from_slot"): "slot",
    ("", "links"): "link",
    ("", "wraps"): "symptom",
    ("", "yields_to"): "symptom",
    ("Override", "overrides"): "",
}
_ANY_SYMPTOM = "*"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names of one knowledge base, which its editors complete; a title explains each."""

    names: Mapping[str, Mapping[str, str]]
    """By kind (area, phase, tool, cause …): name to title."""


def vocabulary(knowledge: Knowledge) -> Vocabulary:
    """Return the names that entries of a knowledge base may use."""
    settings = knowledge.settings
    first = settings.languages[0]

    def titles(items: Iterable[Any]) -> dict[str, str]:
        return {item.id: item.title.get(first) for item in items if item.id}

    names: dict[str, Mapping[str, str]] = {
        "area": titles(settings.areas),
        "phase": titles(settings.phases),
        "platform": titles(settings.platforms),
        "tool": titles(settings.tools),
        "fixer": titles(settings.fixers),
        "context": dict.fromkeys(settings.contexts, ""),
        "slot": {name: slot.label.get(first) for name, slot in settings.slots.items()},
        "symptom": titles(knowledge.symptoms.values()),
        "cause": titles(knowledge.causes.values()),
        "solution": titles(knowledge.solutions.values()),
        "link": titles(knowledge.links.values()),
    }
    return Vocabulary(names)


def schema(
    kind: str,
    languages: Iterable[str] = DEFAULT_LANGUAGES,
    words: Vocabulary | None = None,
) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of one kind of document.

    With the vocabulary of a knowledge base, fields that hold names allow those only.
    """
    writer = _Writer(tuple(languages), words, kind.removesuffix("-override"))
    body = writer.write(shape_of_kind(kind), top=True)
    result = {"$schema": DIALECT, "title": f"Knowledge base: {kind}", **body}
    if kind in ("links", "glossary"):
        # A list file with nothing in it yet.
        result["type"] = ["array", "null"]
    if writer.definitions:
        result["$defs"] = dict(sorted(writer.definitions.items()))
    return result


def schema_text(
    kind: str,
    languages: Iterable[str] = DEFAULT_LANGUAGES,
    words: Vocabulary | None = None,
) -> str:
    """Return the schema of a kind as the text of its file."""
    return json.dumps(schema(kind, languages, words), ensure_ascii=False, indent=2) + "\n"


def write_schemas(
    directory: Path = SCHEMA_DIRECTORY,
    languages: Iterable[str] = DEFAULT_LANGUAGES,
    words: Vocabulary | None = None,
) -> list[Path]:
    """Write the schema file of every kind; return those that changed."""
    directory.mkdir(parents=True, exist_ok=True)
    changed = []
    for kind in KINDS:
        path = directory / f"{kind}.schema.json"
        text = schema_text(kind, languages, words)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


class _Writer:
    def __init__(
        self, languages: tuple[str, ...], words: Vocabulary | None = None, kind: str = ""
    ) -> None:
        self.definitions: dict[str, Any] = {}
        self._languages = languages
        self._words = words
        self._kind = kind

    def write(self, shape: Shape, top: bool = False) -> dict[str, Any]:
        match shape:
            case StringShape(format=form):
                if form is None:
                    return {"type": _WRITTEN_AS_TEXT, "pattern": _NOT_BLANK}
                return {"type": "string", "pattern": form.pattern}
            case BoolShape():
                return {"type": "boolean"}
            case TextShape():
                return self._defined("Text", self._text)
            case ChoiceShape(choices=choices):
                return {"enum": list(choices)}
            case ListShape(item=item, filled=filled):
                result: dict[str, Any] = {"type": "array", "items": self.write(item)}
                return {**result, "minItems": 1} if filled else result
            case MapShape(value=value, by_language=by_language):
                return self._map(self.write(value), by_language)
            case ObjectShape():
                if top:
                    return self._object(shape)
                return self._defined(shape.name, lambda: self._object(shape))

    def _defined(self, name: str, make: Any) -> dict[str, Any]:
        if name not in self.definitions:
            self.definitions[name] = {}  # reserved while its parts are written
            self.definitions[name] = make()
        return {"$ref": f"#/$defs/{name}"}

    def _text(self) -> dict[str, Any]:
        one = {"type": _WRITTEN_AS_TEXT, "pattern": _NOT_BLANK}
        return {
            "description": _docs("Text")[""],
            "type": "object",
            "properties": dict.fromkeys(self._languages, one),
            "required": list(self._languages),
            "additionalProperties": False,
        }

    def _map(self, value: dict[str, Any], by_language: bool) -> dict[str, Any]:
        if by_language:
            return {
                "type": "object",
                "properties": dict.fromkeys(self._languages, value),
                "additionalProperties": False,
            }
        names = {"anyOf": [{"pattern": KEBAB_CASE}, {"pattern": SLOT_NAME}]}
        return {"type": "object", "propertyNames": names, "additionalProperties": value}

    def _object(self, shape: ObjectShape) -> dict[str, Any]:
        docs = _docs(shape.cls.__name__)
        if shape.cls is Override:
            docs = {**_entry_docs(shape.name), **docs}
        properties = {}
        for field in shape.fields:
            written = self._with_names(shape, field, self.write(field.shape))
            described = docs.get(field.name)
            properties[field.key] = {"description": described, **written} if described else written
        result: dict[str, Any] = {"description": docs[""]} if docs.get("") else {}
        result["type"] = "object"
        result["properties"] = properties
        result["required"] = [field.key for field in shape.fields if field.required]
        result["additionalProperties"] = False
        return result

    def _with_names(
        self, shape: ObjectShape, field: FieldShape, written: dict[str, Any]
    ) -> dict[str, Any]:
        """Return what was written of a field, with the names it may hold where they are known."""
        if self._words is None:
            return written
        cls = shape.cls.__name__
        named = _NAMED.get((cls, field.name), _NAMED.get(("", field.name)))
        if named is None:
            return written
        if not named:  # an override names an entry of its own kind
            named = self._kind
        names = dict(self._words.names.get(named, {}))
        if field.name == "wraps":
            names[_ANY_SYMPTOM] = ""
        if not names:
            return written
        choice = {"enum": list(names), "enumDescriptions": list(names.values())}
        if isinstance(field.shape, ListShape):
            return {**written, "items": choice}
        return choice


def _entry_docs(name: str) -> dict[str, str]:
    kind = name.removesuffix("Override").lower()
    docs = _docs(object_shape(_ENTRY_CLASSES[kind]).name)
    return {key: text for key, text in docs.items() if key in OVERRIDABLE[kind]}


@cache
def _docs(class_name: str) -> dict[str, str]:
    """Return a class's docstring under "" and each field's docstring under its name.

    Python keeps no docstrings of fields, so they are read from the source.
    """
    from . import model, settings, shapes

    cls = next(getattr(m, class_name) for m in (model, settings, shapes) if hasattr(m, class_name))
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    assert isinstance(tree, ast.ClassDef)
    docs = {"": _joined(ast.get_docstring(tree))}
    name = ""
    for statement in tree.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            name = statement.target.id
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            if name and isinstance(statement.value.value, str):
                docs[name] = _joined(statement.value.value)
            name = ""
        else:
            name = ""
    return docs


def _joined(text: str | None) -> str:
    return " ".join(text.split()) if text else ""
