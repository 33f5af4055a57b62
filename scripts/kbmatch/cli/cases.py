"""Error texts with the page they should reach, and how often they do.

A case is one JSON object per line: `id`, `kind` (`line`, `log`, `query`), `text`, `expect` (symptom
ids that are right as the first answer; none means the text is not ours), `also`, `lang`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kbmatch.matching.answer import Answer

FIRST = 3
"""How many pages a description in words may need to hold the right one."""


class CaseError(ValueError):
    """A line of a case file that is not a case; the message says where."""


@dataclass(frozen=True, slots=True)
class Case:
    """One text and the pages it should reach."""

    id: str
    kind: str
    text: str
    expect: tuple[str, ...]
    language: str
    also: tuple[str, ...] = ()

    @property
    def measure(self) -> str:
        """The row of the table that this case counts in."""
        if not self.expect:
            return "unrelated"
        return {"line": "lines", "log": "logs"}.get(self.kind, f"words {self.language}")


@dataclass(frozen=True, slots=True)
class Result:
    """How one case went; `got` holds the pages in the order they were offered."""

    case: Case
    passed: bool
    outcome: str
    got: tuple[str, ...]


def read_cases(path: Path) -> Iterator[Case]:
    """Yield the cases of a JSON-lines file. Raises CaseError naming the line that is wrong."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            yield Case(
                str(record["id"]),
                str(record["kind"]),
                str(record["text"]),
                tuple(record["expect"]),
                "zh-TW" if str(record.get("lang", "en")).startswith("zh") else "en",
                tuple(record.get("also", ())),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise CaseError(f"{path}:{number}:1: not a case: {error}") from error


def judge(case: Case, answer: Answer) -> Result:
    """Compare an answer with what the case expects."""
    matched = [found.id for found in answer.found]
    related = [page.id for page in answer.related]
    got = tuple(matched + related)
    if not case.expect:
        passed = not matched
    elif case.kind == "query":
        passed = bool(set(got[:FIRST]) & set(case.expect))
    else:
        passed = bool(got) and got[0] in case.expect
    return Result(case, passed, answer.outcome, got)


def run_cases(cases: Iterable[Case], ask: Callable[[str, str], Answer]) -> list[Result]:
    """Judge every case by `ask(text, language)`."""
    return [judge(case, ask(case.text, case.language)) for case in cases]


def tally(results: Iterable[Result]) -> dict[str, tuple[int, int]]:
    """Return (passed, all) per measure, in a fixed order."""
    order = ("lines", "logs", "unrelated", "words en", "words zh-TW")
    counts = {measure: [0, 0] for measure in order}
    for result in results:
        row = counts.setdefault(result.case.measure, [0, 0])
        row[0] += result.passed
        row[1] += 1
    return {measure: (passed, total) for measure, (passed, total) in counts.items() if total}
