"""Error texts with the page they should reach, and how often they do.

A case is one JSON object per line: `id`, `kind` (`line`, `log`, `query`), `text`, `expect` (symptom
ids that are right as the first answer; none means the text is not ours), `also`, `lang`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from kbmatch.matching.answer import Answer

FIRST = 3
"""How many pages a description in words may need to hold the right one."""


KINDS = ("line", "log", "query")


class CaseError(ValueError):
    """A line of a case file that is not a case; `key` names the text that says why."""

    def __init__(self, path: Path, line: int, key: str, **values: str) -> None:
        super().__init__(f"{path}:{line}:1: {key} {values or ''}".rstrip())
        self.path = path
        self.line = line
        self.key = key
        self.values = values


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


def read_cases(path: Path, known: Collection[str] | None = None) -> Iterator[Case]:
    """Yield the cases of a JSON-lines file; `known` are the pages that may be expected.

    Raises CaseError naming the line that is wrong.
    """
    empty = True
    for number, line in enumerate(path.read_text("utf-8-sig", "replace").splitlines(), 1):
        if line.strip():
            empty = False
            yield _case(path, number, line, known)
    if empty:
        raise CaseError(path, 1, "case-none")


def _case(path: Path, number: int, line: str, known: Collection[str] | None) -> Case:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise CaseError(path, number, "case-json", reason=str(error)) from None
    if not isinstance(record, dict):
        raise CaseError(path, number, "case-object")
    for key in ("id", "kind", "text", "expect"):
        if key not in record:
            raise CaseError(path, number, "case-lacks", field=key)
    if record["kind"] not in KINDS:
        kind = str(record["kind"])
        raise CaseError(path, number, "case-kind", kind=kind, known=", ".join(KINDS))
    pages: dict[str, tuple[str, ...]] = {}
    for key in ("expect", "also"):
        value = record.get(key, [])
        if not isinstance(value, list) or not all(isinstance(id, str) for id in value):
            raise CaseError(path, number, "case-list", field=key)
        pages[key] = tuple(value)
    missing = [id for id in pages["expect"] if known is not None and id not in known]
    if missing:
        near = get_close_matches(missing[0], known or (), n=1)
        key = "case-page-near" if near else "case-page"
        raise CaseError(path, number, key, id=missing[0], near="".join(near))
    language = "zh-TW" if str(record.get("lang", "en")).startswith("zh") else "en"
    return Case(
        str(record["id"]),
        record["kind"],
        str(record["text"]),
        pages["expect"],
        language,
        pages["also"],
    )


def judge(case: Case, answer: Answer) -> Result:
    """Compare an answer with what the case expects."""
    matched = [found.id for found in answer.found]
    related = [page.id for page in answer.related]
    got = tuple(matched + related)
    if not case.expect:
        passed = not matched
    elif case.kind == "query":
        passed = bool(set(got[:FIRST]) & set(case.expect))
    else:  # a page that is only near is no answer
        passed = bool(matched) and matched[0] in case.expect
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
