"""`kb new`: the skeleton of an entry, from nothing or from an error somebody met."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kbmatch.authoring.drafts import Draft, Writer, slug, write_new
from kbmatch.authoring.errors import weight_of_error
from kbmatch.authoring.hints import hints_of, notes_of
from kbmatch.authoring.skeleton import (
    core,
    new_cause,
    new_solution,
    new_symptom,
    places_to_write,
)
from kbmatch.authoring.slots import slotted
from kbmatch.cli.common import fail, language_of_environment, write_data
from kbmatch.cli.opening import settings_or_fail
from kbmatch.cli.packs import checkout_directory, open_pack
from kbmatch.matching.answer import Answer, answer
from kbmatch.matching.decode import decode
from kbmatch.matching.matcher import Matcher
from kbmatch.texts import load as load_texts

KINDS = ("symptom", "cause", "solution")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments."""
    own = load_texts("authoring", language_of_environment())
    parser.add_argument("id", nargs="?", metavar="ID", help=own["new.id"])
    parser.add_argument("--area", help=own["new.area"])
    parser.add_argument("--phase", help=own["new.phase"])
    parser.add_argument("--kind", choices=KINDS, default="symptom", help=own["new.kind"])
    parser.add_argument("--from-log", metavar="FILE|-", help=own["new.from-log"])
    parser.add_argument("--line", type=int, metavar="N", help=own["new.line"])
    parser.add_argument("--tool", help=own["new.tool"])
    parser.add_argument("--cause", action="append", default=[], metavar="ID", help=own["new.cause"])
    parser.add_argument("--output", type=Path, metavar="DIR", help=own["new.output"])
    parser.add_argument("--force", action="store_true", help=own["new.force"])
    parser.add_argument("--stdout", action="store_true", help=own["new.stdout"])
    parser.add_argument("--lang", choices=("en", "zh-TW"), help=text["option.lang"])
    parser.add_argument("--kb", metavar="DIR", help=text["option.kb"])


def run(arguments: argparse.Namespace) -> int:
    """Write the skeleton; return 1 when a signature explains the text already."""
    language = arguments.lang or language_of_environment()
    text = load_texts("authoring", language)
    settings = settings_or_fail(arguments.kb, language)
    sample = _sample(arguments, text) if arguments.from_log else ""
    if sample and _show_closest(sample, arguments.kb, language, text) and not arguments.force:
        return 1
    id = arguments.id or (slug(slotted(core(sample), settings["slots"]), "") if sample else "")
    if not id:
        fail(text["new.needs-id"])
    if not _ID.fullmatch(id):
        fail(text["new.bad-id"].format(id=id))
    languages = tuple(settings["languages"])
    notes = notes_of(languages)
    drafts = _drafts(id, arguments, settings, sample, Writer(languages, notes), text)
    if arguments.stdout:
        write_data("\n".join(f"--- {draft.path}\n{draft.text()}" for draft in drafts) + "\n")
    else:
        _write(drafts, arguments, text)
    print(text["new.to-write"].format(mark=notes[language]), file=sys.stderr)
    for draft in drafts:
        places = ", ".join(places_to_write(draft, list(notes.values())))
        print(f"  {draft.path}: {places}", file=sys.stderr)
    return 0


def _sample(arguments: argparse.Namespace, text: Mapping[str, str]) -> str:
    """Return the line of the log that says what went wrong."""
    path: str = arguments.from_log
    try:
        content = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        fail(text["unreadable"].format(path=path, reason=error.strerror))
    lines = decode(content).splitlines()
    if arguments.line is not None:
        if not 0 < arguments.line <= len(lines):
            fail(text["new.no-line"].format(path=path, line=arguments.line))
        chosen: str = lines[arguments.line - 1]
        return chosen.strip()
    filled = [line.strip() for line in lines if line.strip()]
    if len(filled) == 1:
        return filled[0]
    best = max(filled, key=weight_of_error, default="")
    if not best or not weight_of_error(best):
        fail(text["new.no-error"].format(path=path))
    return best


def _show_closest(sample: str, kb: str | None, language: str, text: Mapping[str, str]) -> bool:
    """Print the closest existing pages, so that nobody adds a twin; say whether one matches."""
    try:
        pack = open_pack(kb)
    except Exception:  # knowledge with errors must not keep anybody from writing an entry
        return False
    found: Answer = answer(sample, Matcher(pack), language)
    if found.found:
        first = found.found[0]
        print(
            text["new.explained"].format(id=first.id, title=found.titles[first.id]),
            file=sys.stderr,
        )
        return True
    from kbmatch.search.related import related

    near = related(pack, sample, language)
    if near:
        print(text["new.closest"], file=sys.stderr)
        for page in near:
            print(f"  {page.id}: {page.title}", file=sys.stderr)
    return False


def _drafts(
    id: str,
    arguments: argparse.Namespace,
    settings: Mapping[str, Any],
    sample: str,
    writer: Writer,
    text: Mapping[str, str],
) -> list[Draft]:
    area = _known("areas", arguments.area, settings, text)
    hints = hints_of(writer.languages)
    solution = f"{id}-solution"
    if arguments.kind == "solution":
        return [new_solution(id, area, writer, hints)]
    if arguments.kind == "cause":
        return [
            new_cause(id, area, solution, writer, hints),
            new_solution(solution, area, writer, hints),
        ]
    phase = _known("phases", arguments.phase, settings, text)
    tools = [tool["id"] for tool in settings["tools"]]
    tool = arguments.tool or tools[0]
    if tool not in tools:
        fail(text["new.unknown-tool"].format(given=tool, known=", ".join(tools)))
    drafts = []
    causes = arguments.cause
    if not causes:
        causes = [f"{id}-cause"]
        drafts = [
            new_cause(causes[0], area, solution, writer, hints),
            new_solution(solution, area, writer, hints),
        ]
    symptom = new_symptom(id, area, phase, tool, causes, sample, settings, writer, hints)
    return [symptom, *drafts]


def _known(
    kind: str, given: str | None, settings: Mapping[str, Any], text: Mapping[str, str]
) -> str:
    """Return the area or phase asked for, by default the first one."""
    known = [str(item["id"]) for item in settings[kind]]
    if given is None:
        return known[0]
    if given not in known:
        fail(text[f"unknown-{kind}"].format(given=given, known=", ".join(known)))
    return given


def _write(drafts: Sequence[Draft], arguments: argparse.Namespace, text: Mapping[str, str]) -> None:
    directory = arguments.output or _directory(arguments.kb)
    if directory is None:
        fail(text["new.no-directory"])
    for draft in drafts:
        taken = next(directory.glob(f"{draft.path.partition('/')[0]}/*/{draft.id}.yaml"), None)
        if taken is not None:
            fail(text["new.taken"].format(id=draft.id, path=taken))
    for draft in drafts:
        path = directory / draft.path
        try:
            write_new(path, draft.text())
        except OSError as error:
            fail(text["unwritable"].format(path=path, reason=error.strerror))
        print(text["new.wrote"].format(path=path))


def _directory(kb: str | None) -> Path | None:
    """Return the knowledge directory to write to: the one named, kb/ here, or the checkout's."""
    candidates = [Path(kb)] if kb else [Path("kb"), Path()]
    for candidate in candidates:
        if (candidate / "kb.yaml").is_file():
            return candidate
    checkout = None if kb else checkout_directory()
    return Path(checkout) if checkout else None
