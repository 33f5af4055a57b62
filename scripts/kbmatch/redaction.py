"""What nobody should see in a ticket, masked: secrets, people, internal names and addresses.

The rules are data (`redaction.json`) in the subset of regular expressions that Python and
JavaScript (flag `u`) read alike, so the page in the browser masks the same. `{name}` in a rule
stands for one of the file's `parts`. Each rule in order replaces what its pattern finds; `$1`
stands for a group. A rule with `number` keeps one number per distinct value of its group `value`
(1 when not said), so that `<registry-1>` is the same registry throughout; with `everywhere` that
value is masked wherever else it stands as a word. `unless` names values that stay. `when` holds
lower-case texts, one of which must occur for the rule to be tried.
"""

from __future__ import annotations

import json
import re
import string
from functools import cache
from typing import Any

from .resources import read_resource

_REFERENCE = re.compile(r"\$([1-9n])")
_PART = re.compile(r"\{([a-z_]+)\}")
_LABEL = re.compile(r"[A-Za-z0-9_-]+")
_LABELS = 10
"""A value of more labels (`a.b.c` has three) is masked only where a rule finds it."""
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def redact(text: str) -> str:
    """Return `text` with secrets, user names, internal hosts and addresses masked."""
    names: dict[str, dict[str, int]] = {}
    spread: dict[str, str] = {}
    lowered = text.lower()
    for rule in _rules()["rules"]:
        if any(word in lowered for word in rule["when"]) or not rule["when"]:
            text = _apply(rule, text, names, spread)
    return _spread(text, spread) if spread else text


def _apply(
    rule: dict[str, Any], text: str, names: dict[str, dict[str, int]], spread: dict[str, str]
) -> str:
    known = names.setdefault(rule["number"], {})

    def replacement(match: re.Match[str]) -> str:
        value = (match[rule["value"]] if rule["number"] else match[0]).lower()
        if rule["unless"] and rule["unless"].search(value):
            return match[0]
        number = known.setdefault(value, len(known) + 1) if rule["number"] else 0
        if rule["everywhere"] and _is_telling(value):
            spread[value] = f"<{rule['number']}-{number}>"

        def reference(found: re.Match[str]) -> str:
            return str(number) if found[1] == "n" else match[int(found[1])] or ""

        return _REFERENCE.sub(reference, rule["with"])

    return str(rule["pattern"].sub(replacement, text))


def _spread(text: str, masks: dict[str, str]) -> str:
    """Mask values wherever they stand as words: one pass, however many values there are."""
    longest: dict[str, int] = {}
    for value in masks:
        labels = _LABEL.findall(value)
        if len(labels) <= _LABELS and value.startswith(labels[0] if labels else "\n"):
            longest[labels[0]] = max(longest.get(labels[0], 0), len(labels))
    lowered = text.translate(_LOWER)
    labels = [match.span() for match in _LABEL.finditer(lowered)]
    pieces: list[str] = []
    last = 0
    for place, (start, first) in enumerate(labels):
        if start < last or (start and text[start - 1] == "<"):
            continue
        for _, end in reversed(labels[place : place + longest.get(lowered[start:first], 0)]):
            if lowered[start:end] in masks:
                pieces += [text[last:start], masks[lowered[start:end]]]
                last = end
                break
    return "".join([*pieces, text[last:]])


def _is_telling(value: str) -> bool:
    """Whether a value is long and odd enough to be looked for in the rest of the text."""
    rules = _rules()
    return len(value) >= rules["everywhere_from"] and value not in rules["everywhere_not"]


@cache
def _rules() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(read_resource("redaction.json"))

    def whole(source: str) -> str:
        return _PART.sub(lambda match: str(data["parts"][match[1]]), source)

    for rule in data["rules"]:
        flags = re.IGNORECASE if rule.get("ignore_case") else 0
        rule["pattern"] = re.compile(whole(rule["pattern"]), flags)
        unless = rule.get("unless")
        rule["unless"] = re.compile(whole(unless), re.IGNORECASE) if unless else None
        rule.setdefault("when", [])
        rule.setdefault("number", "")
        rule.setdefault("value", 1)
        rule.setdefault("everywhere", False)
    return data
