"""Plain YAML values into model objects, with every problem and none of the crashes.

Whatever is wrong is reported and replaced by something empty of the right type, so that one run
finds the problems of the parts that follow as well. A document with a problem is marked broken
and never reaches readers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from .folding import close_up
from .model import Text
from .problems import Problem, problem
from .shapes import (
    DEFAULT_LANGUAGES,
    KEBAB_CASE,
    SLOT_NAME,
    BoolShape,
    ChoiceShape,
    ListShape,
    MapShape,
    ObjectShape,
    Override,
    Shape,
    StringShape,
    TextShape,
    shape_of_kind,
)
from .source import Path, Source, Value

_MAP_KEY = re.compile(f"{KEBAB_CASE}|{SLOT_NAME}")
_compiled = cache(re.compile)


class Decoded:
    """A document's model object, the texts in it with their places, and what is wrong with it."""

    __slots__ = ("problems", "texts", "value")

    def __init__(self) -> None:
        self.value: Any = None
        self.texts: list[tuple[Path, Text]] = []
        self.problems: list[Problem] = []


def decode(kind: str, source: Source, languages: Iterable[str] = DEFAULT_LANGUAGES) -> Decoded:
    """Make the model object of a document of one kind (see `shapes.KINDS`)."""
    return _Decoder(source, tuple(languages)).run(shape_of_kind(kind))


def closest(word: str, known: Iterable[str]) -> str:
    """Return the known word that `word` is most likely a slip for, or nothing."""
    return _closest(word, tuple(known))


@lru_cache(maxsize=4096)
def _closest(word: str, candidates: tuple[str, ...]) -> str:
    """Cached, because one missing entry is usually missed in many places."""
    import difflib

    folded = {candidate.casefold().replace("_", "-"): candidate for candidate in candidates}
    exact = folded.get(word.casefold().replace("_", "-"))
    if exact is not None:
        return exact
    matches = difflib.get_close_matches(word, candidates, n=1, cutoff=0.7)
    return matches[0] if matches else ""


class _Decoder:
    def __init__(self, source: Source, languages: tuple[str, ...]) -> None:
        self._source = source
        self._languages = languages
        self._decoded = Decoded()
        self._methods: dict[type, Callable[[Any, Value, Path], Any]] = {
            StringShape: self._string,
            BoolShape: self._bool,
            TextShape: self._text,
            ChoiceShape: self._choice,
            ListShape: self._list,
            MapShape: self._map,
            ObjectShape: self._object,
        }

    def run(self, shape: Shape) -> Decoded:
        value = self._source.value
        # An empty list file is a list without entries, not a mistake.
        if value is None and isinstance(shape, ListShape) and not shape.filled:
            value = []
        self._decoded.value = self._any(shape, value, ())
        return self._decoded

    def _any(self, shape: Shape, value: Value, path: Path) -> Any:
        return self._methods[type(shape)](shape, value, path)

    def _report(self, code: str, path: Path, variant: str = "", **values: object) -> None:
        self._decoded.problems.append(problem(code, self._source.position(path), variant, **values))

    def _wrong(self, expected: str, value: Value, path: Path) -> None:
        """Report a value of the wrong type, or of none."""
        key = _key_of(path)
        if value is None:
            self._report("KB106", path, key=key)
        else:
            self._report("KB103", path, expected, key=key, value=_shown(value))

    def _string(self, shape: StringShape, value: Value, path: Path) -> str:
        if not isinstance(value, str):
            variant = "quote" if isinstance(value, bool) else "string"
            self._wrong(variant, value, path)
            return ""
        if not value.strip():
            self._report("KB106", path, key=_key_of(path))
            return ""
        if shape.format is not None:
            if not _compiled(shape.format.pattern).match(value):
                self._report(shape.format.code, path, value=value)
            elif shape.format.is_date and (trouble := _trouble_with_date(value)):
                self._report(shape.format.code, path, trouble, value=value)
        return value

    def _bool(self, shape: BoolShape, value: Value, path: Path) -> bool:
        if not isinstance(value, bool):
            self._wrong("bool", value, path)
            return False
        return value

    def _choice(self, shape: ChoiceShape, value: Value, path: Path) -> str:
        if not isinstance(value, str):
            self._wrong("string", value, path)
        elif value not in shape.choices:
            close = closest(value, shape.choices)
            self._report(
                "KB104",
                path,
                "close" if close else "",
                key=_key_of(path),
                value=value,
                close=close,
                choices=", ".join(shape.choices),
            )
        else:
            return value
        return shape.choices[0]

    def _text(self, shape: TextShape, value: Value, path: Path) -> Text:
        texts = dict.fromkeys(self._languages, "")
        if not isinstance(value, dict):
            self._wrong("text", value, path)
            return Text(MappingProxyType(texts))
        for language in self._languages:
            if language not in value:
                self._report("KB105", path, key=_key_of(path), language=language)
        for language, words in value.items():
            inner = (*path, language)
            if language not in texts:
                self._unknown_key(language, inner, self._languages)
            elif not isinstance(words, str):
                variant = "quote" if isinstance(words, bool) else "string"
                self._wrong(variant, words, inner)
            elif not words.strip():
                self._report("KB106", inner, key=_key_of(inner))
            else:
                texts[language] = close_up(words)
        text = Text(MappingProxyType(texts))
        self._decoded.texts.append((path, text))
        return text

    def _list(self, shape: ListShape, value: Value, path: Path) -> tuple[Any, ...]:
        if not isinstance(value, list):
            self._wrong("list", value, path)
            return ()
        if shape.filled and not value:
            self._report("KB106", path, "list", key=_key_of(path))
        return tuple(
            self._any(shape.item, item, (*path, index)) for index, item in enumerate(value)
        )

    def _map(self, shape: MapShape, value: Value, path: Path) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            self._wrong("mapping", value, path)
            return MappingProxyType({})
        found = {}
        for key, item in value.items():
            inner = (*path, key)
            if shape.by_language and key not in self._languages:
                self._unknown_key(key, inner, self._languages)
            elif not shape.by_language and not _MAP_KEY.match(key):
                position = self._source.key_position(inner)
                self._decoded.problems.append(problem("KB108", position, "name", value=key))
            found[key] = self._any(shape.value, item, inner)
        return MappingProxyType(found)

    def _object(self, shape: ObjectShape, value: Value, path: Path) -> Any:
        fields = {field.key: field for field in shape.fields}
        if not isinstance(value, dict):
            self._wrong("mapping", value, path)
            value = {}
        else:
            for key in value:
                if key not in fields:
                    self._unknown_key(key, (*path, key), fields)
            for field in shape.fields:
                if field.required and field.key not in value:
                    line = f"{field.key}: {_sketch(field.shape, self._languages)}"
                    self._report("KB102", path, key=field.key, line=line)
        found = {
            field.name: self._any(field.shape, value[field.key], (*path, field.key))
            if field.key in value
            else (_blank(field.shape, self._languages) if field.required else field.default)
            for field in shape.fields
            if shape.cls is not Override or field.key in value or field.required
        }
        if shape.cls is Override:
            return Override(found.pop("overrides"), MappingProxyType(found))
        return shape.cls(**found)

    def _unknown_key(self, key: str, path: Path, known: Iterable[str]) -> None:
        names = tuple(known)
        close = closest(key, names)
        self._decoded.problems.append(
            problem(
                "KB101",
                self._source.key_position(path),
                "close" if close else "",
                key=key,
                close=close,
                known=", ".join(names),
            )
        )


def _blank(shape: Shape, languages: tuple[str, ...]) -> Any:
    """Return something empty that fits a shape, in place of what the author left out."""
    match shape:
        case StringShape():
            return ""
        case BoolShape():
            return False
        case TextShape():
            return Text(MappingProxyType(dict.fromkeys(languages, "")))
        case ChoiceShape():
            return shape.choices[0]
        case ListShape():
            return ()
        case MapShape():
            return MappingProxyType({})
        case ObjectShape():
            return shape.cls(
                **{
                    field.name: _blank(field.shape, languages) if field.required else field.default
                    for field in shape.fields
                }
            )


_CLOCK_STARTS = date(2026, 1, 1)


@lru_cache(maxsize=256)
def _trouble_with_date(value: str) -> str:
    """Say what is wrong with a date in ISO form: no such day, or one nobody has seen yet."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return "nosuch"
    # Somewhere it is tomorrow already, and a clock that was never set proves nothing.
    today = date.today()
    return "future" if today >= _CLOCK_STARTS and day > today + timedelta(days=1) else ""


def _sketch(shape: Shape, languages: tuple[str, ...]) -> str:
    """Return how a value of a shape looks, for an author who left it out."""
    match shape:
        case TextShape():
            return "{" + ", ".join(f"{language}: …" for language in languages) + "}"
        case BoolShape():
            return "true"
        case ChoiceShape(choices=choices):
            return choices[0]
        case ListShape(item=item):
            return f"[{_sketch(item, languages)}]"
        case ObjectShape(fields=fields):
            return "{" + ", ".join(f"{f.key}: …" for f in fields if f.required) + "}"
        case _:
            return "…"


def _key_of(path: Path) -> str:
    """Return the path as an author would say it: `signatures[0].samples`."""
    if not path:
        return "(document)"
    said = ""
    for part in path:
        said += f"[{part}]" if isinstance(part, int) else f".{part}" if said else part
    return said


def _shown(value: Value) -> str:
    if isinstance(value, dict):
        return "{…}"
    if isinstance(value, list):
        return "[…]"
    return str(value).lower() if isinstance(value, bool) else str(value)
