"""What a document may look like, read off the model's classes.

Decoding and the JSON Schema both walk these shapes, so a field added to the model is decoded,
completed in editors and checked without a second description of it.
"""

from __future__ import annotations

import dataclasses
import re
import types
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

from . import model, settings

DEFAULT_LANGUAGES = ("en", "zh-TW")

KEBAB_CASE = r"^[a-z0-9]+(-[a-z0-9]+)*$"
ISO_DATE = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
WEB_ADDRESS = r"^https?://[^\s/?#]+[^\s]*$"
CONTACT = rf"{WEB_ADDRESS}|^[^\s@:/]+@[^\s@:/]+$"
SLOT_NAME = r"^[a-z][a-z0-9_]*$"


@dataclass(frozen=True, slots=True)
class Format:
    """A form that every text of a field with this name has, and the rule that says so."""

    pattern: str
    code: str
    is_date: bool = False


FORMATS: Mapping[str, Format] = {
    "id": Format(KEBAB_CASE, "KB108"),
    "checked": Format(ISO_DATE, "KB112", is_date=True),
    "url": Format(WEB_ADDRESS, "KB310"),
    "repository": Format(WEB_ADDRESS, "KB310"),
    "contact": Format(CONTACT, "KB321"),
    "overrides": Format(KEBAB_CASE, "KB108"),
    "retired_ids[]": Format(KEBAB_CASE, "KB108"),
}

# What `load.py` fills in, so no author may.
_NOT_WRITTEN = frozenset({"origin", "source_hash"})


@dataclass(frozen=True, slots=True)
class StringShape:
    format: Format | None = None


@dataclass(frozen=True, slots=True)
class BoolShape:
    pass


@dataclass(frozen=True, slots=True)
class TextShape:
    """One text per language."""


@dataclass(frozen=True, slots=True)
class ChoiceShape:
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListShape:
    item: Shape
    filled: bool


@dataclass(frozen=True, slots=True)
class MapShape:
    value: Shape
    by_language: bool


@dataclass(frozen=True, slots=True)
class FieldShape:
    key: str
    name: str
    shape: Shape
    required: bool
    default: Any


@dataclass(frozen=True, slots=True)
class ObjectShape:
    cls: type
    fields: tuple[FieldShape, ...]
    name: str


Shape: TypeAlias = (
    "StringShape | BoolShape | TextShape | ChoiceShape | ListShape | MapShape | ObjectShape"
)


@dataclass(frozen=True, slots=True)
class OverlaySettings:
    """kb.yaml of an overlay: its title, and what it adds to the settings it lies over."""

    title: model.Text
    """Whose overlay it is."""
    description: model.Text | None = None
    """What it adds."""
    areas: tuple[settings.Area, ...] = ()
    """Further areas."""
    phases: tuple[settings.Named, ...] = ()
    """Further phases."""
    platforms: tuple[settings.Named, ...] = ()
    """Further tools and systems for commands."""
    tools: tuple[settings.Named, ...] = ()
    """Further tools."""
    slots: Mapping[str, settings.SlotKind] = dataclasses.field(default_factory=dict)
    """Further slots."""
    contact: str | None = None
    """Where readers report what is wrong or missing, in place of the knowledge below."""
    repository: str | None = None
    """Web address that opens a file for editing, in place of the knowledge below."""


@dataclass(frozen=True, slots=True)
class Override:
    """New texts for an entry of the knowledge below; everything else of the entry stays."""

    overrides: str
    """Id of the entry whose texts are replaced."""
    changes: Mapping[str, Any]


ENTRY_CLASSES: Mapping[str, type] = {
    "symptom": model.Symptom,
    "cause": model.Cause,
    "solution": model.Solution,
}

# What an overlay may replace: what readers see, never what messages an entry answers to.
OVERRIDABLE: Mapping[str, tuple[str, ...]] = {
    "symptom": ("title", "summary", "applies_to", "links"),
    "cause": ("title", "explanation", "check", "who", "links"),
    "solution": ("title", "risk", "steps", "verify", "links"),
}

KINDS = (
    "settings", "symptom", "cause", "solution", "links", "glossary", "table",
    "overlay", "symptom-override", "cause-override", "solution-override",
)  # fmt: skip
"""Every kind of document; a schema file is named after each."""


@cache
def shape_of_kind(kind: str) -> Shape:
    """Return the shape of a whole document of one kind."""
    if kind == "settings":
        return object_shape(settings.Settings)
    if kind == "overlay":
        return object_shape(OverlaySettings)
    if kind == "table":
        return object_shape(model.Table)
    if kind == "links":
        return ListShape(object_shape(model.Link), filled=False)
    if kind == "glossary":
        return ListShape(object_shape(model.Term), filled=False)
    if kind.endswith("-override"):
        return _override_shape(kind.removesuffix("-override"))
    return object_shape(ENTRY_CLASSES[kind])


@cache
def object_shape(cls: type) -> ObjectShape:
    """Return the shape of a mapping that becomes an instance of a model class."""
    hints = get_type_hints(cls)
    shapes = []
    for entry in dataclasses.fields(cls):
        if entry.name in _NOT_WRITTEN:
            continue
        required = (
            entry.default is dataclasses.MISSING and entry.default_factory is dataclasses.MISSING
        )
        default = None
        if entry.default is not dataclasses.MISSING:
            default = entry.default
        elif entry.default_factory is not dataclasses.MISSING:
            default = entry.default_factory()
        shape = _shape(hints[entry.name], entry.name, required)
        shapes.append(FieldShape(yaml_key(entry.name), entry.name, shape, required, default))
    return ObjectShape(cls, tuple(shapes), cls.__name__)


def _override_shape(kind: str) -> ObjectShape:
    whole = object_shape(ENTRY_CLASSES[kind])
    naming = FieldShape("overrides", "overrides", StringShape(FORMATS["overrides"]), True, None)
    chosen = [
        dataclasses.replace(entry, required=False)
        for entry in whole.fields
        if entry.name in OVERRIDABLE[kind]
    ]
    return ObjectShape(Override, (naming, *chosen), f"{whole.name}Override")


def yaml_key(name: str) -> str:
    """Return the key an author writes for a field: `zh_TW` is written `zh-TW`."""
    return re.sub(r"_([A-Z]{2})$", r"-\1", name)


def _shape(hint: Any, name: str, required: bool) -> Shape:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (inner,) = (argument for argument in arguments if argument is not type(None))
        return _shape(inner, name, required)
    if hint is str:
        return StringShape(FORMATS.get(name))
    if hint is bool:
        return BoolShape()
    if hint is model.Text:
        return TextShape()
    if origin is Literal:
        return ChoiceShape(arguments)
    if origin is tuple:
        return ListShape(_shape(arguments[0], f"{name}[]", required), filled=required)
    if origin in (Mapping, dict):
        return MapShape(_shape(arguments[1], "", required), by_language=name == "aliases")
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return object_shape(hint)
    raise TypeError(f"field {name}: no shape for {hint!r}")
