"""Whether an error line is explained: a message that only wraps others explains nothing by itself.

`Failed to pull image "x": <reason>` is known, but the reason after it may be one that no page
tells of; that is where new entries are needed most.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kbmatch.matching.matcher import Hit, Matcher
    from kbmatch.matching.normalise import NormalText

_KEPT = ("error", "err", "msg", "message", "reason", "cause")
# What structured logs and tables add behind a message: fields, ages, counts.
_FIELD = re.compile(
    r'(?:^|[\s,;{"])"?([\w.-]{1,40})"?(?:=|: ?)("(?:[^"\\]|\\.)*"|[\w./:@-]+)(?=[\s,;}")]|$)'
)
_ASIDE = re.compile(r"\(x\d+ over [^)]*\)|\([^()]*\)")
_NEXT_FIELD = re.compile(r'"[ ,;]+"?[\w.-]{1,40}"?[=:]')
"""Where a structured log line goes on behind a quoted message."""
_LETTERS = re.compile(r"[^\W\d_]")
_LEAST = 12
"""Letters that must be left for something to have been said."""


class Wrappers:
    """Tells the symptoms of a pack that only wrap others."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._wraps: dict[int, tuple[str, bool]] = {}

    def of(self, symptom: int) -> tuple[str, bool]:
        """Return the id of a symptom and whether it only wraps others."""
        found = self._wraps.get(symptom)
        if found is None:
            record: Mapping[str, object] = self._matcher.pack.json_record("relations", symptom)
            found = str(record["id"]), bool(record["wraps"])
            self._wraps[symptom] = found
        return found

    def rest(self, text: NormalText, hits: Iterable[Hit]) -> str:
        """Return what a line says behind its wrappers; nothing when the line is explained."""
        end = 0
        for hit in hits:
            if not self.of(hit.symptom)[1]:
                return ""
            end = max(end, _told(hit))
        _, last = text.line_span(max(0, end - 1), end)
        rest = _NEXT_FIELD.split(text.cased[end:last].strip(" :;,.\"'"))[0]
        said = _ASIDE.sub(" ", _FIELD.sub(_kept, rest))
        return rest if len(_LETTERS.findall(said)) >= _LEAST else ""


def _told(hit: Hit) -> int:
    """Return where a message's own words end: free text at its end may hold anything."""
    end = hit.end
    for start, stop in hit.free:
        if stop >= hit.end:
            end = min(end, start)
    return end


def _kept(match: re.Match[str]) -> str:
    return match[0] if match[1].lower() in _KEPT else " "
