"""What nobody should see in a ticket, masked: secrets, people, internal names and addresses.

The rules are data (`redaction.json`) in the subset of regular expressions that Python and
JavaScript (flag `u`) read alike, so the page in the browser masks the same. Each rule in order
replaces what its pattern finds; `$1` stands for a group. A rule with `number` keeps one number per
distinct value of its group `value` (1 when not said), so that `<registry-1>` is the same registry
throughout; with `everywhere` that value is masked wherever else it stands as a word. `unless` names
values that stay. `when` holds lower-case texts, one of which must occur for the rule to be tried.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from .resources import read_resource

_REFERENCE = re.compile(r"\$([1-9n])")


def redact(text: str) -> str:
    """Return `text` with secrets, user names, internal hosts and addresses masked."""
    names: dict[str, dict[str, int]] = {}
    spread: dict[str, str] = {}
    lowered = text.lower()
    for rule in _rules()["rules"]:
        if any(word in lowered for word in rule["when"]) or not rule["when"]:
            text = _apply(rule, text, names, spread)
    for value, mask in spread.items():
        if value in text.lower():
            word = f"(?<![A-Za-z0-9_-]){re.escape(value)}(?![A-Za-z0-9_-])"
            text = re.sub(word, mask, text, flags=re.IGNORECASE)
    return text


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


def _is_telling(value: str) -> bool:
    """Whether a value is long and odd enough to be looked for in the rest of the text."""
    rules = _rules()
    return len(value) >= rules["everywhere_from"] and value not in rules["everywhere_not"]


@cache
def _rules() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(read_resource("redaction.json"))
    for rule in data["rules"]:
        flags = re.IGNORECASE if rule.get("ignore_case") else 0
        rule["pattern"] = re.compile(rule["pattern"], flags)
        rule["unless"] = re.compile(rule["unless"], re.IGNORECASE) if "unless" in rule else None
        rule.setdefault("when", [])
        rule.setdefault("number", "")
        rule.setdefault("value", 1)
        rule.setdefault("everywhere", False)
    return data
