"""The skeleton of a new entry: every key there, texts marked as to be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .drafts import Draft, Writer, today

Hints = Mapping[str, Mapping[str, str]]


def new_symptom(
    id: str,
    area: str,
    phase: str,
    tool: str,
    causes: Sequence[str],
    sample: str,
    message: str,
    writer: Writer,
    hints: Hints,
) -> Draft:
    """Return a symptom; with a sample, its message is what of it a signature looks for."""
    missing = writer.mark(hints["message"])
    value = {
        "id": id,
        "area": area,
        "phase": phase,
        "title": writer.blank(hints["title"]),
        "summary": writer.blank(hints["summary"]),
        "signatures": [
            {
                "id": "message",
                "message": message or missing,
                "tools": [tool],
                "samples": [sample or missing],
                "near_misses": [writer.mark(hints["near-miss"])],
            }
        ],
        "causes": [{"cause": cause} for cause in causes],
        "evidence": [{"level": "reported", "source": writer.mark(hints["source"]),
                      "checked": today()}],
    }  # fmt: skip
    return Draft("symptom", id, area, value)


def new_cause(id: str, area: str, solution: str, writer: Writer, hints: Hints) -> Draft:
    """Return a cause that one solution belongs to."""
    value = {
        "id": id,
        "area": area,
        "title": writer.blank(hints["cause-title"]),
        "explanation": writer.blank(hints["explanation"]),
        "check": {
            "text": writer.blank(hints["check"]),
            "commands": [{"run": writer.mark(hints["check-command"])}],
            "if_yours": {"meaning": writer.blank(hints["if-yours"])},
            "if_not": {"meaning": writer.blank(hints["if-not"])},
        },
        "who": "you",
        "solutions": [solution],
    }
    return Draft("cause", id, area, value)


def new_solution(id: str, area: str, writer: Writer, hints: Hints) -> Draft:
    """Return a solution of one step."""
    value = {
        "id": id,
        "area": area,
        "title": writer.blank(hints["solution-title"]),
        "steps": [{"text": writer.blank(hints["step"])}],
        "verify": {
            "text": writer.blank(hints["verify"]),
            "commands": [{"run": writer.mark(hints["verify-command"])}],
            "expected": writer.mark(hints["expected"]),
        },
    }
    return Draft("solution", id, area, value)


def places_to_write(draft: Draft, mark: Sequence[str]) -> list[str]:
    """Return the keys of a draft whose text is still to be written."""
    found: dict[str, None] = {}

    def walk(value: object, path: str) -> None:
        if isinstance(value, str) and any(value.startswith(f"{word}:") for word in mark):
            found[path] = None
        elif isinstance(value, Mapping):
            languages = value and all(isinstance(item, str) for item in value.values())
            for key, item in value.items():
                walk(item, path if languages and key in ("en", "zh-TW") else f"{path}.{key}")
        elif isinstance(value, list):
            for item in value:
                walk(item, path)

    walk(draft.value, "")
    return [path.lstrip(".") for path in found]
