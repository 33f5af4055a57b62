"""What nearly matched, and what it lacked (`--why`): the messages that share most with a text.

The matcher only looks at messages all of whose words stand in the text. Here every message is
compared, which takes longer than an answer, so nothing but `--why` asks for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .matcher import Matcher, Miss, Signature
    from .normalise import NormalText

SHOWN = 3
LEAST_SHARE = 0.5
"""So much of a message's own text must stand in the text for it to be near."""
MANY_GRAMS, LEAST_OF_MANY = 10, 0.3
"""Of a long message less will do."""
LONGEST_TEXT = 200_000
EVIDENCE = 4
FIRST_HAN = "\u2e80"


class NearMiss:
    """A message that nearly matched.

    `lacked` is `words` (part of the message is not in the text: `missing`), `form` (its words are
    there, not in its form), `context` (nothing near speaks of what it needs: `missing` holds words
    that would) or `foreign` (`missing` holds the words that speak of something else).
    """

    __slots__ = ("id", "lacked", "message", "missing", "needs", "signature")

    def __init__(self, signature: Signature, id: str, lacked: str, missing: Iterable[str]) -> None:
        self.signature = signature.id
        self.id = id
        self.message = signature.message
        self.needs = signature.needs
        self.lacked = lacked
        self.missing = tuple(missing)

    def as_json(self) -> dict[str, Any]:
        """Return it for `kbmatch --why --format json`."""
        return {
            "id": self.id,
            "signature": self.signature,
            "message": self.message,
            "lacked": self.lacked,
            "missing": list(self.missing),
        }


def near_misses(
    matcher: Matcher, text: NormalText, misses: Iterable[Miss], found: Collection[int]
) -> tuple[NearMiss, ...]:
    """Return what came nearest, best first, one message per symptom that was not found.

    `misses` are those that the matcher itself turned down.
    """
    flat = text.text[:LONGEST_TEXT].replace("\n", " ")
    ranked: dict[int, tuple[float, int, NearMiss]] = {}

    def offer(signature: Signature, score: float, lacked: str, missing: Iterable[str]) -> None:
        known = ranked.get(signature.symptom)
        size = sum(map(len, signature.literals))
        if signature.symptom not in found and (known is None or (score, size) > known[:2]):
            id = matcher.pack.json_record("relations", signature.symptom)["id"]
            ranked[signature.symptom] = (score, size, NearMiss(signature, id, lacked, missing))

    turned_down = set()
    for miss in misses:
        signature = matcher.signature(miss.signature)
        turned_down.add(miss.signature)
        offer(signature, 2.0, miss.lacked, _evidence(matcher.settings, signature, miss, flat))
    grams = set(_grams(flat))
    for number in range(matcher.pack.count("signatures")):
        if number in turned_down:
            continue
        signature = matcher.signature(number)
        missing = [literal for literal in signature.literals if literal not in flat]
        if not missing:
            continue  # all is there, and the matcher has said its word
        own = [gram for literal in signature.literals for gram in _grams(literal)]
        shared = sum(gram in grams for gram in own)
        share = shared / max(len(own), 1)
        if share >= LEAST_SHARE or (shared >= MANY_GRAMS and share >= LEAST_OF_MANY):
            offer(signature, share, "words", [literal.strip() for literal in missing])
    best = sorted(ranked.values(), key=lambda entry: (-entry[0], -entry[1], entry[2].signature))
    return tuple(near for _, _, near in best[:SHOWN])


def _grams(text: str) -> list[str]:
    """Return four letters from every place; two where a script has a character per word."""
    if text.isascii():
        return [text[at : at + 4] for at in range(len(text) - 3)]
    return [
        text[at : at + 2] if text[at] >= FIRST_HAN else text[at : at + 4]
        for at in range(len(text) - 1)
    ]


def _evidence(
    settings: Mapping[str, Any], signature: Signature, miss: Miss, flat: str
) -> Iterable[str]:
    """Return words that explain the verdict of the surroundings."""
    if miss.lacked == "foreign":
        return [term.strip() for term in settings["foreign"] if term in flat][:EVIDENCE]
    if miss.lacked == "context" and signature.needs:
        context = settings["contexts"][signature.needs]
        return [term.strip() for term in (*context["proof"], *context["any"])][:EVIDENCE]
    return []
