"""Masking an answer before it is laid out: a line break must not hide a secret from the rules.

Everything that came out of the reader's text is masked in one go, so a mask such as `<host-1>`
means the same host in every place. What the knowledge says stays as it is.
"""

from __future__ import annotations

from kbmatch.matching.answer import Quote
from kbmatch.redaction import redact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kbmatch.matching.answer import Answer, Found

_BETWEEN = "\n\x00\n"
"""No rule reaches over it, and no normalised text holds it."""
MASK = "<masked>"


def mask(names: Sequence[str], answers: Sequence[Answer]) -> list[str]:
    """Mask answers in place; return the names of the files they are about, masked likewise."""
    every = [found for answer in answers for found in answer.found]
    texts = [*names]
    for found in every:
        texts += [found.quote.line, found.quote.line[: found.quote.place], *found.slots.values()]
    masked = iter(redact_all(texts))
    shown = [next(masked) for _ in names]
    for found in every:
        line, before = next(masked), next(masked)
        values = {name: next(masked) for name in found.slots}
        found.slots = {
            name: value if value != found.slots[name] else _unless_secret(value, found, line)
            for name, value in values.items()
        }
        found.quote = Quote(line, min(len(before), len(line)))
        found.text = found.quote.shortened()
    return shown


def _unless_secret(value: str, found: Found, masked: str) -> str:
    """Return a value that no rule knows by itself, unless its line no longer shows it."""
    return MASK if value in found.quote.line and value not in masked else value


def redact_all(texts: Sequence[str]) -> list[str]:
    """Mask several texts as one, so that equal things get equal masks."""
    parts = redact(_BETWEEN.join(texts)).split(_BETWEEN)
    return parts if len(parts) == len(texts) else [redact(text) for text in texts]
