"""Counters of a scan in OpenMetrics form, for node_exporter's textfile collector.

A series is a symptom in a file, nothing more: whatever else a log holds must not give it another
name, and no two lines may be of one series, or a collector refuses them all.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from kbmatch.matching.answer import Answer

NAME = "kbmatch_lines"


def openmetrics(answers: Iterable[tuple[str, Answer]]) -> str:
    """Return how many lines each symptom stands on, per file, ended as the format demands."""
    counts: dict[str, int] = {}
    for name, answer in answers:
        for found in answer.found:
            series = f'{NAME}{{symptom="{_label(found.id)}",file="{_label(name)}"}}'
            counts[series] = counts.get(series, 0) + found.count  # masked names may be equal
    lines = [
        f"# TYPE {NAME} gauge",
        f"# HELP {NAME} Lines of the log on which a known error stands.",
        *(f"{series} {count}" for series, count in counts.items()),
        "# EOF",
    ]
    return "\n".join(lines)


def _label(value: str) -> str:
    readable = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return readable.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
