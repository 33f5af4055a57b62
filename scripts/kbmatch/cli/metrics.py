"""Counters of a scan in OpenMetrics form, for node_exporter's textfile collector."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from kbmatch.matching.answer import Answer

NAME = "kbmatch_lines"


def openmetrics(answers: Iterable[tuple[str, Answer]]) -> str:
    """Return how many lines each symptom stands on, per file, ended as the format demands."""
    lines = [
        f"# TYPE {NAME} gauge",
        f"# HELP {NAME} Lines of the log on which a known error stands.",
    ]
    for name, answer in answers:
        for found in answer.found:
            labels = f'symptom="{_label(found.id)}",role="{found.role}",file="{_label(name)}"'
            lines.append(f"{NAME}{{{labels}}} {found.count}")
    return "\n".join([*lines, "# EOF"])


def _label(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
