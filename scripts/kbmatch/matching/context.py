"""Whether a generic message stands where it belongs: `connection refused` is not always ours.

The words that prove or disprove it are data of the knowledge base. The line of the message itself
decides first, then the nearest line that says anything, and a message that is all there is counts.
"""

from __future__ import annotations

from collections.abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .normalise import NormalText

LINES_BEFORE = 60
LINES_AFTER = 20
ALONE_SHARE = 0.8
ALONE_CHARACTERS = 2000


class Vocabulary:
    """The contexts of a knowledge base, ready to be asked."""

    def __init__(self, contexts: Mapping[str, Any], foreign: list[str]) -> None:
        self._contexts = contexts
        self._foreign = foreign

    def lacks(self, needs: str, text: NormalText, start: int, end: int, whole: bool) -> str | None:
        """Return None when the message at `start`-`end` belongs here, else what speaks against it.

        `foreign`: the nearest evidence is of something else; `context`: there is no evidence.
        """
        context = self._contexts[needs]
        first, last = text.line_span(start, end)
        verdict = self._verdict(context, text.text[first - 1 : last + 1])
        if verdict is not None:
            return None if verdict else "foreign"
        for line in _nearby(text.text, first, last):
            verdict = self._verdict(context, line)
            if verdict is not None:
                return None if verdict else "foreign"
        if whole and context["alone"] and _is_alone(text.text, start, end):
            return None
        return "context"

    def _verdict(self, context: Mapping[str, Any], line: str) -> bool | None:
        """Say whether a line speaks for the context, against it, or not at all."""
        line = line.replace("\n", " ")
        if any(term in line for term in context["proof"]):
            return True
        if any(term in line for term in self._foreign):
            return False
        if any(term in line for term in context["any"]):
            return True
        return None


def _nearby(text: str, first: int, last: int) -> list[str]:
    """Return the lines around, nearest first, the line before ahead of the line after."""
    before: list[str] = []
    end = first - 1
    while end > 0 and len(before) < LINES_BEFORE:
        start = text.rfind("\n", 0, end)
        before.append(text[start : end + 1])
        end = start
    after: list[str] = []
    start = last
    while start < len(text) - 1 and len(after) < LINES_AFTER:
        end = text.find("\n", start + 1)
        if end < 0:
            break
        after.append(text[start : end + 1])
        start = end
    nearby: list[str] = []
    for distance in range(max(len(before), len(after))):
        nearby += before[distance : distance + 1] + after[distance : distance + 1]
    return nearby


def _is_alone(text: str, start: int, end: int) -> bool:
    """Whether the message is most of the text: somebody pasted just that."""
    if len(text) > ALONE_CHARACTERS:
        return False
    said = sum(not character.isspace() for character in text)
    return sum(not character.isspace() for character in text[start:end]) >= ALONE_SHARE * said
