"""The one matcher: which signatures stand in a piece of normalised text, and where.

Candidates come from the gram index, must hold every literal of their message, then match its
regex; a generic message must also stand where it belongs (context.py). The same function serves a
pasted line and every window of a log, so the two can't disagree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from .context import Vocabulary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .normalise import NormalText
    from .pack import Pack

MAX_FAILURES = 1000
"""After how many places where its literal stands, but not its message, another one is tried."""
FEW_STARTS = 6
"""Up to so many places where a match could begin are tried one by one."""

# Plain classes here and in the modules an answer passes through: importing dataclasses alone
# costs as much as everything else kbmatch does.


class Hit:
    """A signature that stands in the text; offsets count in the normalised text.

    `free` are the spans of free text inside the match, which prove nothing.
    """

    __slots__ = ("end", "free", "signature", "slots", "start", "symptom")

    def __init__(
        self,
        signature: int,
        symptom: int,
        start: int,
        end: int,
        free: tuple[tuple[int, int], ...],
        slots: Mapping[str, str],
    ) -> None:
        self.signature = signature
        self.symptom = symptom
        self.start = start
        self.end = end
        self.free = free
        self.slots = slots


class Miss:
    """A signature that nearly matched; `lacked` is `context`, `foreign` or `form` (`--why`)."""

    __slots__ = ("lacked", "signature")

    def __init__(self, signature: int, lacked: str) -> None:
        self.signature = signature
        self.lacked = lacked


class Signature:
    """A signature as the pack holds it; the regex is compiled when first used."""

    __slots__ = (
        "_compiled",
        "anchor",
        "free",
        "groups",
        "id",
        "literals",
        "message",
        "needs",
        "number",
        "others",
        "phrases",
        "pieces",
        "reach",
        "source",
        "symptom",
    )

    def __init__(self, number: int, record: Mapping[str, Any]) -> None:
        self.number = number
        self.id: str = record["id"]
        self.symptom: int = record["symptom"]
        self.message: str = record["message"]
        self.needs: str | None = record["needs"]
        self.source: str = record["regex"]
        self.groups: list[str] = record["groups"]
        self.free = frozenset(record["free"])
        self.phrases: list[str] = record["phrases"]
        self.pieces: list[str] = record.get("pieces", self.phrases)
        """The phrases as they stand in lines of their own (compile.py)."""
        runs = (run for phrase in self.phrases for run in phrase.split('"'))
        self.literals: list[str] = [run for run in runs if run.strip()]
        self.anchor = max(self.literals, key=len)
        """The longest literal: the best place to start looking."""
        self.reach: tuple[int, int, int] = tuple(record["reach"])
        """The least and the most characters before the anchor, and the most after it (reach.py)."""
        self.others: list[list[Any]] = record["others"]
        """The other literals, each with its reach."""
        self._compiled: re.Pattern[str] | None = None

    @property
    def regex(self) -> re.Pattern[str]:
        """The compiled regex of the message."""
        if self._compiled is None:
            self._compiled = re.compile(self.source)
        return self._compiled


class Matcher:
    """Matches text against the signatures of one pack; keeps what it has loaded."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._grams = pack.grams()
        self._signatures: dict[int, Signature] = {}
        self.settings: Mapping[str, Any] = pack.json_section("settings")
        self.vocabulary = Vocabulary(self.settings["contexts"], self.settings["foreign"])

    def signature(self, number: int) -> Signature:
        """Return a signature by its number in the pack."""
        found = self._signatures.get(number)
        if found is None:
            found = Signature(number, self.pack.json_record("signatures", number))
            self._signatures[number] = found
        return found

    def candidates(self, flat: str, only: Iterable[int] | None = None) -> list[Signature]:
        """Return the signatures all of whose literals stand in `flat`.

        `flat` is normalised lower-case text with blanks for line feeds.
        """
        if only is None:
            only = self._grams.signatures(flat.encode("utf-8", "surrogatepass"))
        signatures = (self.signature(number) for number in sorted(only))
        return [s for s in signatures if all(literal in flat for literal in s.literals)]

    def hits(
        self,
        text: NormalText,
        *,
        whole: bool = True,
        only: Iterable[int] | None = None,
        misses: list[Miss] | None = None,
    ) -> list[Hit]:
        """Return every match in `text`, in order of place.

        `whole` says that the text is all there is, so that a generic message standing alone may
        count; for a window of a log it is false. `only` names the signatures to try when a gate has
        already found which can match. `misses` collects what nearly matched.
        """
        found: list[Hit] = []
        flat = text.text.replace("\n", " ")
        for signature in self.candidates(flat, only):
            placed = self._places(signature, text, flat)
            if not placed and misses is not None:
                misses.append(Miss(signature.number, "form"))
            for hit in placed:
                lacked = self._lacks(signature, hit, text, whole)
                if lacked is None:
                    found.append(hit)
                elif misses is not None:
                    misses.append(Miss(signature.number, lacked))
        found.sort(key=lambda hit: (hit.start, -hit.end, hit.signature))
        return found

    def _places(self, signature: Signature, text: NormalText, flat: str) -> list[Hit]:
        """Return the matches, each the first from where the one before ended.

        In a text full of the anchor the literal that is rarest there leads to them instead.
        """
        hits, tried = _matches(signature, text, flat, signature.anchor, signature.reach)
        if tried >= MAX_FAILURES and signature.others:
            literal, *around = min(signature.others, key=lambda other: flat.count(other[0]))
            hits, _ = _matches(signature, text, flat, literal, tuple(around))
        return hits

    def _lacks(self, signature: Signature, hit: Hit, text: NormalText, whole: bool) -> str | None:
        if signature.needs is None:
            return None
        return self.vocabulary.lacks(signature.needs, text, hit.start, hit.end, whole)


def _matches(
    signature: Signature, text: NormalText, flat: str, literal: str, around: tuple[int, ...]
) -> tuple[list[Hit], int]:
    """Return the matches around the places of one literal, and in how many there was none."""
    hits: list[Hit] = []
    searched = failures = 0
    at = flat.find(literal)
    while at >= 0 and failures < MAX_FAILURES:
        match = _match_around(signature, text.text, at, searched, len(literal), around)
        at += 1
        if match is None:
            failures += 1
        else:
            hits.append(_hit(signature, match, text))
            searched = match.end() - 1
            at = max(at, searched)
        at = flat.find(literal, at)
    return hits, failures


def _match_around(
    signature: Signature, text: str, at: int, searched: int, length: int, around: tuple[int, ...]
) -> re.Match[str] | None:
    """Return the first match that begins from `searched` on and not after the literal at `at`."""
    least, most, after = around
    low, last = max(searched, at - most), at - least
    high = at + length + after
    if most - least > FEW_STARTS:
        match = signature.regex.search(text, low, high)
        return match if match is not None and match.start() <= last else None
    for start in range(low, last + 1):
        match = signature.regex.match(text, start, high)
        if match is not None:
            return match
    return None


def _hit(signature: Signature, match: re.Match[str], text: NormalText) -> Hit:
    slots: dict[str, str] = {}
    free = []
    for number, name in enumerate(signature.groups, 1):
        start, end = match.span(number)
        if start < 0:
            continue
        if number in signature.free:
            free.append((start, end))
        value = text.cased[start:end].strip(" .,;)").rstrip(":")
        if value and "*" not in value and name not in slots:  # masked: nobody's name
            slots[name] = value
    start, end = match.span()
    # The characters before and after only prove that the message is not part of a longer word.
    if signature.source.startswith(("[^a-z0-9]", "\\n")):
        start += 1
    if signature.source.endswith(("[^a-z0-9]", "\\n")):
        end -= 1
    return Hit(signature.number, signature.symptom, start, end, tuple(free), slots)
