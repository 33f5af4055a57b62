"""Commands with the reader's own names in them, and only with names that are safe to paste."""

from __future__ import annotations

import re
from collections.abc import Mapping

_SLOT = re.compile(r"(?<![{$%\\])\{([a-z][a-z0-9_]*)\}(?!\})")
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@%+=-]*")
_MASKED = re.compile(r"(?:[A-Za-z0-9._:/@%+=-]|<[a-z]+(?:-[0-9]+)?>)+")
_TELLING = 4
"""A shorter example is not looked for in others."""


def is_safe(value: str) -> bool:
    """Whether a value may stand in a command."""
    return _SAFE.fullmatch(value) is not None


def fill(
    command: str, slots: Mapping[str, str], examples: Mapping[str, str], *, masked: bool = False
) -> str:
    """Return `command` with its slots filled from `slots`, else with readable examples.

    A value out of a log is used only when it is plain letters, digits and `._:/@%+=-`: nobody
    should paste a command that a log has written. With `masked` it may also hold masks such as
    `<host-1>`. Braces that are no declared slot stay.
    """
    safe = _MASKED if masked else _SAFE
    known = {name: value for name, value in slots.items() if safe.fullmatch(value)}

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in examples:
            return match[0]
        return known[name] if name in known else _example(examples[name], known, examples)

    return _SLOT.sub(value, command)


def _example(example: str, known: Mapping[str, str], examples: Mapping[str, str]) -> str:
    """Return an example with the parts that are known: the reader's own host in an address."""
    parts = {examples[n]: v for n, v in known.items() if len(examples.get(n, "")) >= _TELLING}
    parts.pop(example, None)
    if not parts:
        return example
    wanted = "|".join(re.escape(part) for part in sorted(parts, key=len, reverse=True))
    return re.sub(rf"(?<![\w.-])(?:{wanted})(?![\w-])", lambda match: parts[match[0]], example)
