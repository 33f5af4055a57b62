"""What is wrong with a knowledge base, as values: where, which rule, what to do about it.

Nothing here prints. A `Problem` is worded in English when it is made and can be worded again in
another language, because it keeps the values its sentences are filled with.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Literal

from kbmatch import texts

from .model import Position

Severity = Literal["error", "warning"]

# Codes that never fail a validation: the knowledge is usable, something is worth a look.
WARNING_CODES = frozenset({"KB110", "KB111", "KB402", "KB403", "KB404", "KB313"})

_LONGEST_VALUE = 80
_LONGEST_LIST = 1000
_LISTS = ("known", "choices")
"""Values that list every choice; cut short they would hide the one that is looked for."""
_NO_VALUES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, at one place."""

    position: Position
    code: str
    message: str
    hint: str = ""
    severity: Severity = "error"
    variant: str = field(default="", compare=False, repr=False)
    """Which wording of the rule's message and hint applies."""
    values: Mapping[str, str] = field(default_factory=lambda: _NO_VALUES, compare=False, repr=False)
    """What the wording is filled with."""
    domain: str = field(default="", compare=False, repr=False)
    """The text domain the wording comes from; empty when the message was written by hand."""
    also: tuple[Position, ...] = field(default=(), compare=False, repr=False)
    """Other places that have a part in it; who looks at one of them wants to hear of it too."""

    def __str__(self) -> str:
        return f"{self.position} {self.code} {self.message}"

    def with_places(self, *places: Position) -> Problem:
        """Return the same problem with other places that have a part in it."""
        return replace(self, also=places)

    def in_language(self, language: str) -> Problem:
        """Return the same problem worded in `language`."""
        if not self.domain:
            return self
        message, hint = _word(self.domain, self.code, self.variant, self.values, language)
        return Problem(
            self.position, self.code, message, hint, self.severity,
            self.variant, self.values, self.domain, self.also,
        )  # fmt: skip


def problem(
    code: str,
    position: Position,
    variant: str = "",
    **values: object,
) -> Problem:
    """Make a problem, worded by `texts/<language>/rules.json`.

    Each word of `variant` picks `<code>.message.<word>` and `<code>.hint.<word>` where these exist.
    """
    return worded("rules", code, position, variant, values)


def worded(
    domain: str, code: str, position: Position, variant: str, values: Mapping[str, object]
) -> Problem:
    """Make a problem worded by another text domain, for rules outside this package."""
    safe = {
        name: printable(str(value), _LONGEST_LIST if name in _LISTS else _LONGEST_VALUE)
        for name, value in values.items()
    }
    message, hint = _word(domain, code, variant, safe, "en")
    severity: Severity = "warning" if code in WARNING_CODES else "error"
    return Problem(position, code, message, hint, severity, variant, safe, domain)


def _word(
    domain: str, code: str, variant: str, values: Mapping[str, str], language: str
) -> tuple[str, str]:
    wording = texts.load(domain, language)
    parts = []
    for part in (f"{code}.message", f"{code}.hint"):
        keys = [*(f"{part}.{name}" for name in variant.split()), part]
        template = next((wording[key] for key in keys if key in wording), "")
        parts.append(template.format_map(values))
    return parts[0], parts[1]


def printable(text: str, longest: int = _LONGEST_VALUE) -> str:
    """Return `text` on one line, shortened, without anything a terminal would obey."""
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else "␣" if c.isspace() else "�" for c in text)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems by path and line, each once."""
    unique = dict.fromkeys(problems)
    return tuple(
        sorted(
            unique,
            key=lambda p: (p.position.path, p.position.line, p.position.column, p.code, p.message),
        )
    )


def errors(problems: Iterable[Problem]) -> int:
    """Count the problems that fail a validation."""
    return sum(problem.severity == "error" for problem in problems)


def as_text(problems: Iterable[Problem], warning: str = "warning", hint: str = "hint") -> str:
    """Render `path:line:column CODE message`, each followed by its indented hint."""
    lines = []
    for item in problems:
        mark = f"{warning}: " if item.severity == "warning" else ""
        where = f"{_shown_path(item)}:{item.position.line}:{item.position.column}"
        lines.append(f"{where} {item.code} {mark}{item.message}")
        if item.hint:
            lines.append(f"    {hint}: {item.hint}")
    return "".join(line + "\n" for line in lines)


def as_json(problems: Iterable[Problem]) -> str:
    """Render one JSON object: counts and every problem."""
    items = list(problems)
    return (
        json.dumps(
            {
                "version": 1,
                "errors": errors(items),
                "warnings": len(items) - errors(items),
                "problems": [
                    {
                        "path": item.position.path,
                        "line": item.position.line,
                        "column": item.position.column,
                        "code": item.code,
                        "severity": item.severity,
                        "message": item.message,
                        "hint": item.hint,
                    }
                    for item in items
                ],
            },
            ensure_ascii=False,
            indent=2,
        )
        + "\n"
    )


def as_github(problems: Iterable[Problem]) -> str:
    """Render GitHub workflow commands, which show up beside the changed lines."""
    lines = []
    for item in problems:
        body = item.message + (f"\n{item.hint}" if item.hint else "")
        properties = {
            "file": item.position.path,
            "line": str(item.position.line),
            "col": str(item.position.column),
            "title": item.code,
        }
        listed = ",".join(f"{k}={_github_property(v)}" for k, v in properties.items())
        lines.append(f"::{item.severity} {listed}::{_github_data(body)}\n")
    return "".join(lines)


def as_sarif(problems: Iterable[Problem], version: str, language: str = "en") -> str:
    """Render a SARIF 2.1.0 log with the rules that were broken."""
    items = list(problems)
    codes = sorted({item.code for item in items})
    log: dict[str, Any] = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "kbmatch",
                        "semanticVersion": version,
                        "rules": [_sarif_rule(code, items, language) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_sarif_result(item, codes.index(item.code)) for item in items],
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _sarif_rule(code: str, items: list[Problem], language: str) -> dict[str, Any]:
    domain = next((i.domain for i in items if i.code == code and i.domain), "")
    if not domain:
        return {"id": code, "shortDescription": {"text": code}}
    # Examples are the same in every language and stand in English only.
    wording = {**texts.load(domain, "en"), **texts.load(domain, language)}
    why, bad, good = (wording[f"{code}.{part}"] for part in ("why", "bad", "good"))
    labels = texts.load("validate", language)
    told = labels["sarif.help"].format(why=why, bad=bad, good=good)
    return {
        "id": code,
        "shortDescription": {"text": wording[f"{code}.title"]},
        "fullDescription": {"text": why},
        "help": {"text": told},
        "defaultConfiguration": {"level": "warning" if code in WARNING_CODES else "error"},
    }


def _sarif_result(item: Problem, index: int) -> dict[str, Any]:
    text = item.message + (f"\n{item.hint}" if item.hint else "")
    # What stays the same when lines are added above, so that a report knows a problem again.
    same = f"{item.code}\0{item.position.path}\0{item.message}"
    return {
        "ruleId": item.code,
        "ruleIndex": index,
        "level": item.severity,
        "message": {"text": text},
        "partialFingerprints": {"problem/v1": sha256(same.encode("utf-8", "replace")).hexdigest()},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(item.position.path)},
                    "region": {
                        "startLine": item.position.line,
                        "startColumn": item.position.column,
                    },
                }
            }
        ],
    }


def _uri(path: str) -> str:
    from urllib.parse import quote

    path = path.replace("\\", "/")
    return ("file://" if path.startswith("/") else "") + quote(path)


def _shown_path(item: Problem) -> str:
    return printable(item.position.path, longest=4096)


def _github_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _github_property(text: str) -> str:
    return _github_data(text).replace(":", "%3A").replace(",", "%2C")
