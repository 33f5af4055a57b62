"""`kb test`: run error texts against the pages they should reach, per file and per measure."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from kbmatch.cli.cases import CaseError, Result, read_cases, run_cases, tally
from kbmatch.cli.common import LANGUAGES, fail, json_text, language_of_environment
from kbmatch.cli.opening import pack_or_fail
from kbmatch.cli.render import Renderer, Style, wrap
from kbmatch.matching.answer import Answer, answer
from kbmatch.matching.documents import Documents
from kbmatch.matching.matcher import Matcher
from kbmatch.texts import load as load_texts

SHOWN_FAILURES = 10
"""So many failures are shown without being asked for."""
SHOWN_CHARACTERS = 400


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "cases", nargs="+", type=Path, metavar="CASES.jsonl", help=text["test.cases"]
    )
    parser.add_argument("--failures", action="store_true", help=text["test.failures"])
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help=text["test.format"]
    )
    parser.add_argument("--lang", choices=LANGUAGES, help=text["option.lang"])
    parser.add_argument("--kb", metavar="DIR|PACK", help=text["option.kb"])


def run(arguments: argparse.Namespace) -> int:
    """Run the cases; return 0 when all pass, 1 when some don't, 2 on unreadable input."""
    from kbmatch.search.related import related

    language = arguments.lang or language_of_environment()
    text = load_texts("kb", language)
    pack = pack_or_fail(arguments.kb, language)
    matcher = Matcher(pack)
    known = {key.partition("/")[2] for key in Documents(pack).keys("symptoms")}

    def ask(query: str, language: str) -> Answer:
        found = answer(query, matcher, language)
        if not found.found:
            found.related = related(matcher.pack, query, language)
        return found

    results: dict[str, list[Result]] = {}
    for path in arguments.cases:
        try:
            results[str(path)] = run_cases(read_cases(path, known), ask)
        except CaseError as error:
            reason = text[f"test.{error.key}"].format(**error.values)
            fail(f"{error.path}:{error.line}:1 {reason}")
        except OSError as error:
            fail(f"{path}: {error.strerror or error}")
    if arguments.format == "json":
        print(json_text(_as_json(results)))
    else:
        _print(results, text, arguments.failures, matcher, language)
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


def _print(
    results: Mapping[str, list[Result]],
    text: Mapping[str, str],
    everything: bool,
    matcher: Matcher,
    language: str,
) -> None:
    failed = [result for rows in results.values() for result in rows if not result.passed]
    for path, rows in results.items():
        print(path)
        for measure, (passed, total) in tally(rows).items():
            label = text[f"test.{measure.replace(' ', '-')}"]
            print(f"  {label}  {passed}/{total}  {passed / total:.1%}")
    if not failed:
        return
    if len(failed) > SHOWN_FAILURES and not everything:
        print(text["test.many-failed"].format(count=len(failed)), file=sys.stderr)
        return
    for result in failed:
        print("\n" + _failure(result, text, matcher, language))


def _failure(result: Result, text: Mapping[str, str], matcher: Matcher, language: str) -> str:
    """Return what was expected of a case, what came instead, and why."""
    case = result.case
    nothing = text["test.nothing"]
    values = {
        "id": case.id,
        "expected": ", ".join(case.expect) or nothing,
        "got": ", ".join(result.got) or nothing,
    }
    said = " ".join(case.text.split())[:SHOWN_CHARACTERS]
    lines = [wrap(text["test.failed"].format(**values), indent="  ", first="")]
    lines.append(wrap(said, indent="    ", first="    "))
    found = answer(case.text, matcher, language, why=True)
    renderer = Renderer(found, matcher, load_texts("match", language), style=Style(False))
    lines += [f"  {line}" for line in renderer.why().splitlines()]
    return "\n".join(lines)
