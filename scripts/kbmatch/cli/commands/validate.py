"""`kb validate`: every problem of a knowledge base in one run, for people, editors and CI."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from kbmatch import __version__
from kbmatch.cli.common import USAGE_ERROR, fail, language_of_environment
from kbmatch.knowledge.load import LoadResult
from kbmatch.knowledge.problems import (
    Problem,
    as_github,
    as_json,
    as_sarif,
    as_text,
    errors,
)
from kbmatch.texts import load as load_texts

NAME = "validate"
FORMATS = ("text", "json", "github", "sarif")
WATCH_SECONDS = 0.3


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments."""
    own = load_texts("validate", language_of_environment())
    parser.add_argument("directory", nargs="?", metavar="PATH", help=own["directory"])
    parser.add_argument("--kb", metavar="DIR", help=own["kb"])
    parser.add_argument("--format", choices=FORMATS, default="text", help=own["format"])
    parser.add_argument("--lang", choices=("en", "zh-TW"), help=own["lang"])
    parser.add_argument("--only", action="append", metavar="PATH", default=[], help=own["only"])
    parser.add_argument("--fix", action="store_true", help=own["fix"])
    parser.add_argument("--statistics", action="store_true", help=own["statistics"])
    parser.add_argument("--watch", action="store_true", help=own["watch"])


def run(arguments: argparse.Namespace) -> int:
    """Print the problems; return 1 when one of them is an error."""
    from kbmatch.cli.proved import recalled, remember
    from kbmatch.knowledge.validate import validate
    from kbmatch.matching.proofs import Proofs
    from kbmatch.matching.rules import rules_with

    language = arguments.lang or language_of_environment()
    text = load_texts("validate", language)
    directory = knowledge_directory(arguments.kb or arguments.directory, text)
    named = arguments.directory
    if named and Path(named).resolve() != directory.resolve():
        arguments.only.append(named)  # part of a knowledge base: its problems are asked for
    for path in arguments.only:
        if not os.path.lexists(path):
            fail(text["only-nothing"].format(path=path))
    if arguments.fix:
        _fix(directory, text)
    if arguments.watch:
        return _watch(directory, arguments, language, text)
    proofs = Proofs(recalled(directory))
    result = validate(directory, rules_with(proofs))
    remember(directory, proofs.memory(result.documents))
    return _report(result, arguments, language, text)


def _report(
    result: LoadResult, arguments: argparse.Namespace, language: str, text: Mapping[str, str]
) -> int:
    """Print the problems and how many there are; return 1 when one of them is an error."""
    problems = [item.in_language(language) for item in result.problems]
    if arguments.only:
        problems = [item for item in problems if _concerns(item, arguments.only)]
    sys.stdout.write(_render(problems, arguments.format, language, text))
    sys.stdout.flush()
    if arguments.statistics:
        sys.stderr.write(_statistics(problems))
    failed = errors(problems)
    counts = {"errors": failed, "warnings": len(problems) - failed}
    counts["files"] = len(result.documents.all)
    summary = text["summary"].format(
        **{key: text[f"{key}.one" if n == 1 else key].format(n=n) for key, n in counts.items()}
    )
    print(summary, file=sys.stderr)
    return 1 if failed else 0


def _watch(
    directory: Path, arguments: argparse.Namespace, language: str, text: Mapping[str, str]
) -> int:
    """Report again after every change, and keep the pack that `kbmatch` answers from fresh."""
    from kbmatch.authoring.workspace import Workspace
    from kbmatch.cli.packs import keep_pack

    workspace = Workspace(directory)
    seen = ""
    try:
        while True:
            mark = workspace.fingerprint()
            if mark == seen:
                time.sleep(WATCH_SECONDS)
                continue
            seen = mark
            result = workspace.look()
            _report(result, arguments, language, text)
            if result.knowledge is not None:
                folders = [os.path.abspath(folder) for folder in result.directories]  # noqa: PTH100
                keep_pack(folders[0], folders, mark, workspace.pack(result.knowledge))
            print(text["watching"], file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        return 0


def knowledge_directory(given: str | None, text: Mapping[str, str]) -> Path:
    """Return the directory to read: the one that holds what is given, else kb/ here or above.

    A file or folder inside a knowledge directory means that directory, as git means the whole
    repository wherever somebody stands in it. Fails when nothing is found.
    """
    here = Path.cwd()
    if given is None:
        for folder in (here, *here.parents):
            for candidate in (folder / "kb", folder):
                if (candidate / "kb.yaml").is_file():
                    return _relative(candidate, here)
        fail(text["no-directory"])
    start = Path(given)
    if not start.exists():
        fail(text["not-a-directory"].format(path=given))
    folder = start.absolute() if start.is_dir() else start.absolute().parent
    if (folder / "kb.yaml").is_file():
        return _relative(start if start.is_dir() else folder, here)
    found = next((above for above in folder.parents if (above / "kb.yaml").is_file()), None)
    if found is not None:
        return _relative(found, here)
    if not start.is_dir():
        fail(text["not-a-directory"].format(path=given))
    return _relative(start, here)


def _relative(folder: Path, here: Path) -> Path:
    """Return the path as short as it can be, since problems repeat it."""
    try:
        return folder.absolute().relative_to(here)
    except ValueError:
        up = Path(os.path.relpath(folder, here))
        return up if len(str(up)) < len(str(folder)) else folder


def _fix(directory: Path, text: Mapping[str, str]) -> None:
    from kbmatch.knowledge.fix import fix

    try:
        changed = fix(directory)
    except OSError as error:
        fail(text["unwritable"].format(path=error.filename, reason=error.strerror))
    for path in changed:
        print(text["fixed"].format(path=path), file=sys.stderr)


def _concerns(item: Problem, wanted: Iterable[str]) -> bool:
    """Whether a problem stands in one of the files, or one of them has a part in it."""
    paths = {item.position.path, *(place.path for place in item.also)}
    return any(
        Path(path).resolve().is_relative_to(Path(only).resolve())
        for path in paths
        for only in wanted
    )


def _render(problems: list[Problem], form: str, language: str, text: Mapping[str, str]) -> str:
    match form:
        case "json":
            return as_json(problems)
        case "github":
            return as_github(problems)
        case "sarif":
            return as_sarif(problems, __version__, language)
        case _:
            return as_text(problems, text["warning"], text["hint"])


def _statistics(problems: list[Problem]) -> str:
    counts: dict[str, int] = {}
    for item in problems:
        counts[item.code] = counts.get(item.code, 0) + 1
    return "".join(f"{code}\t{count}\n" for code, count in sorted(counts.items()))


def main() -> int:
    """Run the command by itself: `python -m kbmatch.cli.commands.validate`."""
    parser = argparse.ArgumentParser(prog="kb validate")
    configure(parser, {})
    try:
        return run(parser.parse_args())
    except BrokenPipeError:
        return USAGE_ERROR


if __name__ == "__main__":
    raise SystemExit(main())
