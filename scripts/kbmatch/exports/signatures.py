"""The signatures of a pack as every export needs them: compiled, with their words.

Exports are made from a pack, not from the YAML behind it: whoever has the knowledge in any form can
write them, and they are the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from kbmatch.matching.documents import Documents
from kbmatch.matching.language import literal_runs
from kbmatch.matching.pack import Pack

_KINDS = ("symptoms", "causes", "solutions", "links")
_REST = ("glossary", "tables")


@dataclass(frozen=True, slots=True)
class ExportedSignature:
    """A signature with its compiled form.

    `literals` are the runs of text between slots and quotes, all of which stand in a match.
    """

    number: int
    id: str
    symptom: str
    message: str
    needs: str
    regex: str
    groups: tuple[str, ...]
    phrases: tuple[str, ...]

    @property
    def literals(self) -> tuple[str, ...]:
        return literal_runs(self.phrases)

    @property
    def literal(self) -> str:
        """The longest literal, in bytes: a Han character tells more than a letter."""
        return max(self.literals, key=lambda run: len(run.encode())).strip()


def exported(pack: Pack) -> Iterator[ExportedSignature]:
    """Yield every signature in the order of the pack."""
    symptoms = [pack.json_record("relations", n)["id"] for n in range(pack.count("relations"))]
    for number in range(pack.count("signatures")):
        record = pack.json_record("signatures", number)
        yield ExportedSignature(
            number,
            record["id"],
            symptoms[record["symptom"]],
            record["message"],
            record["needs"] or "",
            record["regex"],
            tuple(record["groups"]),
            tuple(record["phrases"]),
        )


def as_json(pack: Pack) -> dict[str, Any]:
    """Return the whole knowledge with its compiled signatures as plain values."""
    documents = Documents(pack)
    settings = documents["settings"]
    return {
        "version": 1,
        "source": pack.source_hash,
        "languages": settings["languages"],
        "settings": settings,
        **{kind: [documents[key] for key in documents.keys(kind)] for kind in _KINDS},
        **{name: documents[name] for name in _REST},
        "signatures": [
            {**asdict(signature), "literals": list(signature.literals)}
            for signature in exported(pack)
        ],
    }
