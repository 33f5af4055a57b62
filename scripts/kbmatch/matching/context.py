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
        if verdict is None:
            before = self._nearest(needs, text, top, -1, LINES_BEFORE)
            after = self._nearest(needs, text, bottom, 1, LINES_AFTER)
            if before is not None and (after is None or top - before <= after - bottom):
                verdict = text.said[needs, before]
            elif after is not None:
                verdict = text.said[needs, after]
        if verdict is not None:
            return None if verdict else "foreign"
        if whole and context["alone"] and _is_alone(text.text, start, end):
            return None
        return "context"

    def _nearest(
        self, needs: str, text: NormalText, line: int, step: int, limit: int
    ) -> int | None:
        """Return the nearest line in one direction that says anything of a context.

        Stretches of lines that say nothing are walked once and then leapt over.
        """
        leaps = text.leaps.setdefault((needs, step), {})
        walked = [line]
        at = leaps.get(line, line + step)
        while (silent := 0 <= at < text.lines and abs(at - line) <= limit) and (
            self._of_lines(needs, text, at, at) is None
        ):
            walked.append(at)
            at = leaps.get(at, at + step)
        for one in walked:
            leaps[one] = at
        return at if silent else None

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
        for terms, says in (
            (context["proof"], True),
            (self._foreign, False),
            (context["any"], True),
        ):
            for term in terms:  # a generator costs twice as much
                if term in line:
                    return says
        return None


def _is_alone(text: str, start: int, end: int) -> bool:
    """Whether the message is most of the text: somebody pasted just that."""
    if len(text) > ALONE_CHARACTERS:
        return False
    said = sum(not character.isspace() for character in text)
    return sum(not character.isspace() for character in text[start:end]) >= ALONE_SHARE * said
