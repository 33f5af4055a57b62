"""Commands with the reader's own names in them, and only with names that are safe to paste."""

from __future__ import annotations

import re
from collections.abc import Mapping

_SLOT = re.compile(r"(?<![{$%\\])\{([a-z][a-z0-9_]*)\}(?!\})")
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@%+=-]*")


def fill(command: str, slots: Mapping[str, str], examples: Mapping[str, str]) -> str:
    """Return `command` with its slots filled from `slots`, else with readable examples.

    A value out of a log is used only when it is plain letters, digits and `._:/@%+=-`: nobody
    should paste a command that a log has written. Braces that are no declared slot stay.
    """

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in examples:
            return match[0]
        found = slots.get(name, "")
        return found if _SAFE.fullmatch(found) else examples[name]

    return _SLOT.sub(value, command)
