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
        top, bottom = text.line_of(start), text.line_of(max(start, end - 1))
        verdict = self._of_lines(needs, text, top, bottom)
        away = 1
        while verdict is None and away <= LINES_BEFORE:
            if top >= away:
                verdict = self._of_lines(needs, text, top - away, top - away)
            if verdict is None and away <= LINES_AFTER and bottom + away < text.lines:
                verdict = self._of_lines(needs, text, bottom + away, bottom + away)
            away += 1
        if verdict is not None:
            return None if verdict else "foreign"
        if whole and context["alone"] and _is_alone(text.text, start, end):
            return None
        return "context"

    def _of_lines(self, needs: str, text: NormalText, first: int, last: int) -> bool | None:
        """Say what lines tell about a context; what one line tells is kept with the text."""
        key = (needs, first)
        if first == last and key in text.said:
            return text.said[key]
        start, _ = text.bounds(first)
        _, end = text.bounds(last)
        verdict = self._verdict(self._contexts[needs], text.text[start - 1 : end + 1])
        if first == last:
            text.said[key] = verdict
        return verdict

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


def _is_alone(text: str, start: int, end: int) -> bool:
    """Whether the message is most of the text: somebody pasted just that."""
    if len(text) > ALONE_CHARACTERS:
        return False
    said = sum(not character.isspace() for character in text)
    return sum(not character.isspace() for character in text[start:end]) >= ALONE_SHARE * said
