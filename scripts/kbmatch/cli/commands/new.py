"""`kb new`: the skeleton of an entry, from nothing or from an error somebody met."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kbmatch.authoring.core import core, without_codes
from kbmatch.authoring.drafts import Draft, Writer, slug, write_new
from kbmatch.authoring.errors import weight_of_error
from kbmatch.authoring.hints import hints_of, notes_of
from kbmatch.authoring.neighbours import Known, Neighbour, Neighbourhood, cause_ids
from kbmatch.authoring.skeleton import new_cause, new_solution, new_symptom, places_to_write
from kbmatch.authoring.slots import anonymous, slotted
from kbmatch.cli.common import fail, language_of_environment, write_data
from kbmatch.cli.opening import settings_or_fail
from kbmatch.cli.packs import checkout_directory, open_pack
from kbmatch.cli.render import wrap
from kbmatch.knowledge.decode import closest
from kbmatch.knowledge.fix import refresh_schemas
from kbmatch.matching.decode import decode
from kbmatch.matching.pack import Pack
from kbmatch.texts import load as load_texts

KINDS = ("symptom", "cause", "solution")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s|(?<=[。！？])")
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
    parser.add_argument("--verbatim", action="store_true", help=own["new.verbatim"])
    parser.add_argument("--stdout", action="store_true", help=own["new.stdout"])
    parser.add_argument("--lang", choices=("en", "zh-TW"), help=text["option.lang"])
    parser.add_argument("--kb", metavar="DIR", help=text["option.kb"])


def run(arguments: argparse.Namespace) -> int:
    """Write the skeleton; return 1 when a signature explains the text already."""
    language = arguments.lang or language_of_environment()
    text = load_texts("authoring", language)
    directory = _target(arguments, text)
    pack = _pack(arguments.kb)
    settings = settings_or_fail(_base_of(arguments.kb, directory, text), language)
    sample = told = ""
    near: Sequence[Neighbour] = ()
    if arguments.from_log:
        line = _sample(arguments, text)
        known = Neighbourhood(pack, language).of(line) if pack else Known()
        near = known.near
        if known.explained and not arguments.force:
            found = known.explained
            print(text["new.explained"].format(id=found.id, title=found.title), file=sys.stderr)
            return 1
        if known.wrapper is not None:
            print(text["new.wrapper"].format(id=known.wrapper.id), file=sys.stderr)
        sample = _made_harmless(line, settings, arguments, text)
        told = _made_harmless(known.rest, settings, None, text) if known.rest else sample
        if near and not _is_none_of(near, arguments, text):
            return 1
    message = slotted(core(told), settings["slots"]) if told else ""
    id = arguments.id or (slug(message, "") if sample else "")
    if not id:
        fail(text["new.needs-id"])
    if not _ID.fullmatch(id):
        fail(text["new.bad-id"].format(id=id))
    languages = tuple(settings["languages"])
    notes = notes_of(languages)
    _refuse_unknown_causes(arguments, pack, directory, text)
    choices = _choices(arguments, settings, near, sample, text)
    drafts = _drafts(id, arguments, choices, sample, message, Writer(languages, notes))
    if arguments.stdout:
        write_data(
            "\n".join(f"--- {draft.path}\n{draft.text(directory)}" for draft in drafts) + "\n"
        )
    else:
        _write(drafts, directory, text)
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
        return without_codes(chosen.strip())
    filled = [without_codes(line.strip()) for line in lines if line.strip()]
    if len(filled) == 1:
        return filled[0]
    best = max(filled, key=weight_of_error, default="")
    if not best or not weight_of_error(best):
        fail(text["new.no-error"].format(path=path))
    return best


def _made_harmless(
    line: str,
    settings: Mapping[str, Any],
    arguments: argparse.Namespace | None,
    text: Mapping[str, str],
) -> str:
    """Return a line without secrets and names of somebody's systems, and say what was replaced."""
    if arguments is not None and arguments.verbatim:
        return line
    harmless, replaced = anonymous(line, settings["slots"])
    if replaced and arguments is not None:
        listed = "; ".join(f"{what} (×{n})" if n > 1 else what for what, n in replaced.items())
        print(text["new.replaced"].format(listed=listed), file=sys.stderr)
    return harmless


def _is_none_of(
    near: Sequence[Neighbour], arguments: argparse.Namespace, text: Mapping[str, str]
) -> bool:
    """Show the closest pages, so that nobody adds a twin; say whether the entry is a new one.

    On a terminal that is asked. Elsewhere an id says so: whoever names an entry has looked.
    """
    print(text["new.closest"], file=sys.stderr)
    for number, page in enumerate(near, 1):
        print(f"  {number}  {page.id}: {page.title}", file=sys.stderr)
        says = _SENTENCE_END.split(page.summary, maxsplit=1)[0]
        print(wrap(says, indent=" " * 5), file=sys.stderr)
    if arguments.force or arguments.stdout:
        return True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        if arguments.id:
            return True
        print(text["new.nothing-written"], file=sys.stderr)
        return False
    print(text["new.ask"], end="", file=sys.stderr, flush=True)
    given = sys.stdin.readline().strip()
    if given.isdigit() and 0 < int(given) <= len(near):
        page = near[int(given) - 1]
        print(text["new.add-there"].format(id=page.id, area=page.area), file=sys.stderr)
        return False
    return True


class _Choices(NamedTuple):
    """What an entry needs to have chosen for it; each may be changed in the file."""

    area: str
    phase: str
    tool: str


def _choices(
    arguments: argparse.Namespace,
    settings: Mapping[str, Any],
    near: Sequence[Neighbour],
    sample: str,
    text: Mapping[str, str],
) -> _Choices:
    """Return area, phase and tool: those asked for, else those of the closest page or the text."""
    closest_page = near[0] if near else None
    area = _known("areas", arguments.area, settings, text, closest_page and closest_page.area)
    phase = _known("phases", arguments.phase, settings, text, closest_page and closest_page.phase)
    tool = _known("tools", arguments.tool, settings, text, _tool_in(sample, settings, closest_page))
    given = (arguments.area, arguments.phase, arguments.tool)
    if None in given and arguments.kind == "symptom":
        said = text["new.chosen"].format(area=area, phase=phase, tool=tool)
        print(said, file=sys.stderr)
    return _Choices(area, phase, tool)


def _refuse_unknown_causes(
    arguments: argparse.Namespace,
    pack: Pack | None,
    directory: Path | None,
    text: Mapping[str, str],
) -> None:
    folders = [folder for folder in (directory, _directory(arguments.kb)) if folder is not None]
    names = cause_ids(pack, folders) if arguments.cause else set()
    for cause in arguments.cause:
        if cause not in names:
            close = closest(cause, sorted(names))
            key = "new.unknown-cause-close" if close else "new.unknown-cause"
            fail(text[key].format(id=cause, close=close))


def _pack(kb: str | None) -> Pack | None:
    """Return the knowledge as a pack; errors in it must not keep anybody from writing an entry."""
    try:
        return open_pack(kb)
    except Exception:
        return None


def _tool_in(
    sample: str, settings: Mapping[str, Any], closest_page: Neighbour | None
) -> str | None:
    """Return the tool that a text names, else the one of the closest page."""
    words = set(re.findall(r"[a-z0-9-]+", sample.lower()))
    named = next((tool["id"] for tool in settings["tools"] if tool["id"] in words), None)
    return named or (closest_page.tool if closest_page else None)


def _drafts(
    id: str,
    arguments: argparse.Namespace,
    choices: _Choices,
    sample: str,
    message: str,
    writer: Writer,
) -> list[Draft]:
    hints = hints_of(writer.languages)
    area = choices.area
    solution = f"{id}-solution"
    if arguments.kind == "solution":
        return [new_solution(id, area, writer, hints)]
    if arguments.kind == "cause":
        return [
            new_cause(id, area, solution, writer, hints),
            new_solution(solution, area, writer, hints),
        ]
    drafts = []
    causes = arguments.cause
    if not causes:
        causes = [f"{id}-cause"]
        drafts = [
            new_cause(causes[0], area, solution, writer, hints),
            new_solution(solution, area, writer, hints),
        ]
    symptom = new_symptom(
        id, area, choices.phase, choices.tool, causes, sample, message, writer, hints
    )
    return [symptom, *drafts]


def _known(
    kind: str,
    given: str | None,
    settings: Mapping[str, Any],
    text: Mapping[str, str],
    likely: str | None,
) -> str:
    """Return the area, phase or tool asked for, by default the likely one, else the first."""
    known = [str(item["id"]) for item in settings[kind]]
    if given is None:
        return likely if likely in known else known[0]
    if given not in known:
        fail(text[f"unknown-{kind}"].format(given=given, known=", ".join(known)))
    return given


def _target(arguments: argparse.Namespace, text: Mapping[str, str]) -> Path | None:
    """Return the directory to write below; fail when there is none and one is needed."""
    directory: Path | None = arguments.output or _directory(arguments.kb)
    if directory is None and not arguments.stdout:
        fail(text["new.no-directory"])
    return directory


def _base_of(kb: str | None, directory: Path | None, text: Mapping[str, str]) -> str | None:
    """Return the knowledge that settings come from; an overlay has none of its own."""
    if kb is None or not (Path(kb) / "kb.yaml").is_file():
        return kb
    from kbmatch.knowledge.load import read_knowledge

    if not read_knowledge(kb).draft.settings.areas:
        fail(text["new.overlay"].format(path=kb))
    return kb


def _write(drafts: Sequence[Draft], directory: Path | None, text: Mapping[str, str]) -> None:
    assert directory is not None
    for draft in drafts:
        taken = next(directory.glob(f"{draft.path.partition('/')[0]}/*/{draft.id}.yaml"), None)
        if taken is not None:
            fail(text["new.taken"].format(id=draft.id, path=taken))
    for draft in drafts:
        path = directory / draft.path
        try:
            write_new(path, draft.text(directory))
        except OSError as error:
            fail(text["unwritable"].format(path=path, reason=error.strerror))
        print(text["new.wrote"].format(path=path))
    # Editors are to know the new ids at once.
    refresh_schemas(directory)


def _directory(kb: str | None) -> Path | None:
    """Return the knowledge directory to write to: the one named, kb/ here, or the checkout's."""
    candidates = [Path(kb)] if kb else [Path("kb"), Path()]
    for candidate in candidates:
        if (candidate / "kb.yaml").is_file():
            return candidate
    checkout = None if kb else checkout_directory()
    return Path(checkout) if checkout else None
