"""The signatures of a knowledge base as every export needs them: compiled, with their words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kbmatch.knowledge.model import Knowledge
from kbmatch.matching.compile import matchable, plain
from kbmatch.matching.language import parse_message

MIN_LITERAL = 6
"""Characters a literal needs before a plain search for it is worth its hits."""


@dataclass(frozen=True, slots=True)
class ExportedSignature:
    """A signature with its compiled form; `literal` is its longest literal in normalised text."""

    number: int
    id: str
    symptom: str
    message: str
    needs: str
    regex: str
    groups: tuple[str, ...]
    literals: tuple[str, ...]

    @property
    def literal(self) -> str:
        return max(self.literals, key=len).strip()


def exported(knowledge: Knowledge) -> Iterator[ExportedSignature]:
    """Yield every signature in the order of the pack."""
    number = 0
    for symptom in knowledge.symptoms.values():
        for signature in symptom.signatures:
            message = parse_message(
                signature.message, knowledge.settings.slots, line=signature.line
            )
            record = matchable(message, signature.line)
            yield ExportedSignature(
                number,
                f"{symptom.id}/{signature.id}",
                symptom.id,
                signature.message,
                signature.needs or "",
                str(record["regex"]),
                tuple(record["groups"]),
                message.literals,
            )
            number += 1


def literals(knowledge: Knowledge) -> list[str]:
    """Return literals for a plain search in any case: each message holds at least one."""
    return sorted({signature.literal for signature in exported(knowledge)})


def as_json(knowledge: Knowledge) -> dict[str, Any]:
    """Return the whole knowledge with its compiled signatures as plain values."""
    return {
        "version": 1,
        "source": knowledge.source_hash,
        "languages": list(knowledge.settings.languages),
        "settings": plain(knowledge.settings),
        **{
            kind: [plain(entry) for entry in getattr(knowledge, kind).values()]
            for kind in ("symptoms", "causes", "solutions", "links")
        },
        "glossary": plain(knowledge.glossary),
        "tables": plain(knowledge.tables),
        "signatures": [plain(signature) for signature in exported(knowledge)],
    }
