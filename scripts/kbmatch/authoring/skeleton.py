"""The skeleton of a new entry: every key there, texts marked as to be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .drafts import Draft, Writer, today
from .slots import slotted

Hints = Mapping[str, Mapping[str, str]]


def new_symptom(
    id: str,
    area: str,
    phase: str,
    tool: str,
    causes: Sequence[str],
    sample: str,
    settings: Mapping[str, Any],
    writer: Writer,
    hints: Hints,
) -> Draft:
    """Return a symptom; with a sample, its message is that text with values as slots."""
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
                "message": slotted(core(sample), settings["slots"]) if sample else missing,
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
        "title": writer.blank(hints["title"]),
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
        "title": writer.blank(hints["title"]),
        "steps": [{"text": writer.blank(hints["step"])}],
        "verify": {
            "text": writer.blank(hints["verify"]),
            "commands": [{"run": writer.mark(hints["verify-command"])}],
            "expected": writer.mark(hints["expected"]),
        },
    }
    return Draft("solution", id, area, value)


def core(sample: str) -> str:
    """Return the part of a line that names the trouble: what stands after wrappers and prefixes."""
    from kbmatch.matching.normalise import normalise

    line = normalise(sample).cased.strip("\n").split("\n")[0].strip()
    for wrapper in ("rpc error: code = Unknown desc = ", "Error response from daemon: "):
        place = line.lower().find(wrapper.lower())
        if place >= 0 and len(line) - place - len(wrapper) > 12:
            line = line[place + len(wrapper) :]
    return line


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
