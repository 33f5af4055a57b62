"""`kb test`: run error texts against the pages they should reach, per file and per measure."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from kbmatch.cli.cases import CaseError, Result, read_cases, run_cases, tally
from kbmatch.cli.common import fail, language_of_environment
from kbmatch.cli.opening import pack_or_fail
from kbmatch.matching.answer import Answer, answer
from kbmatch.matching.matcher import Matcher
from kbmatch.texts import load as load_texts


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "cases", nargs="+", type=Path, metavar="CASES.jsonl", help=text["test.cases"]
    )
    parser.add_argument("--kb", metavar="DIR|PACK", help=text["option.kb"])
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--failures", action="store_true", help=text["test.failures"])


def run(arguments: argparse.Namespace) -> int:
    """Run the cases; return 0 when all pass, 1 when some don't, 2 on unreadable input."""
    from kbmatch.search.related import related

    language = language_of_environment()
    text = load_texts("kb", language)
    matcher = Matcher(pack_or_fail(arguments.kb, language))

    def ask(query: str, language: str) -> Answer:
        found = answer(query, matcher, language)
        if not found.found:
            found.related = related(matcher.pack, query, language)
        return found

    results: dict[str, list[Result]] = {}
    for path in arguments.cases:
        try:
            results[str(path)] = run_cases(read_cases(path), ask)
        except (CaseError, OSError) as error:
            fail(str(error))
    if arguments.format == "json":
        json.dump(_as_json(results), sys.stdout, ensure_ascii=False, indent=2)
        print()
    else:
        _print(results, text, arguments.failures)
    return 0 if all(r.passed for rows in results.values() for r in rows) else 1


def _as_json(results: Mapping[str, list[Result]]) -> dict[str, object]:
    return {
        path: {
            "measures": {k: {"passed": p, "cases": n} for k, (p, n) in tally(rows).items()},
            "failed": [
                {"id": r.case.id, "expect": list(r.case.expect), "got": list(r.got)}
                for r in rows
                if not r.passed
            ],
        }
        for path, rows in results.items()
    }


def _print(results: Mapping[str, list[Result]], text: Mapping[str, str], failures: bool) -> None:
    for path, rows in results.items():
        print(path)
        for measure, (passed, total) in tally(rows).items():
            label = text[f"test.{measure.replace(' ', '-')}"]
            print(f"  {label}  {passed}/{total}  {passed / total:.1%}")
        if failures:
            for result in rows:
                if not result.passed:
                    expected = "|".join(result.case.expect) or "-"
                    print(f"    {result.case.id}: {expected} ← {' '.join(result.got) or '-'}")
                    print(f"      {result.case.text[:150]!r}")
