"""The command `kbmatch`: an error text in, the page that explains it out.

Nothing is imported here that the answer at hand does not need: a look-up must feel like grep.
"""

from __future__ import annotations

import os
import sys
from errno import EBADF

from kbmatch.texts import load as load_texts

from .arguments import UsageError, help_text, parse, wanted_language
from .common import (
    USAGE_ERROR,
    guarded,
    is_in_chinese,
    json_text,
    language_of_environment,
    tolerate_console,
    write_data,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kbmatch.matching.answer import Answer, Related
    from kbmatch.matching.matcher import Matcher

    from .arguments import Options

    Texts = Mapping[str, str]

SMALL_BYTES = 1 << 20
"""Up to this size a text is matched whole; larger ones stream."""
PROMPT_LINES = 2
"""So many lines of a terminal are taken by the command itself and the next prompt."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `kbmatch`; return 0 when a signature matched, 1 when none did, 2 on wrong use."""
    tolerate_console()
    given = list(sys.argv[1:] if arguments is None else arguments)
    text = load_texts("match", wanted_language(given))
    return guarded(lambda: _start(given, text), text, "kbmatch")


def _start(given: Sequence[str], text: Texts) -> int:
    if "-h" in given or "--help" in given or "--version" in given:
        _write(_version() if "--version" in given else help_text(text))
        return 0
    try:
        options = parse(given)
    except UsageError as error:
        return _complain(f"{text[error.key].format(**error.values)}\n{text['usage-hint']}")
    return _run(options, text)


def _run(options: Options, text: Texts) -> int:
    from kbmatch.matching.matcher import Matcher

    from .packs import failure_text, open_pack

    _take_files(options, text)
    if not options.text and not options.file and (sys.stdin is None or sys.stdin.isatty()):
        return _complain(text["error-no-text"])
    language = options.lang or language_of_environment()
    try:
        matcher = Matcher(open_pack(options.kb))
    except Exception as error:
        return _complain(failure_text(error, text, language))
    if options.follow:
        from .follow import follow

        return follow(options, matcher, language)
    status = 1
    several = False
    answers: list[tuple[str, Answer]] = []
    for name, source in inputs(options):
        several = several or bool(answers)
        try:
            answers.append((name, _answer(name, source, matcher, language, options)))
        except OSError as error:
            several = True
            reason = error.strerror or str(error)
            _complain(text["error-read"].format(path=name, reason=reason))
            status = USAGE_ERROR
    if any(answer.found for _, answer in answers) and status != USAGE_ERROR:
        status = 0
    if options.redact if options.redact is not None else options.format == "markdown":
        from .masking import mask

        names = mask([name for name, _ in answers], [answer for _, answer in answers])
        masked = [(name, answer) for name, (_, answer) in zip(names, answers)]  # noqa: B905
        _print(masked, matcher, options, several, masked=True)
    else:
        _print(answers, matcher, options, several)
    if options.open:
        _open_page([answer for _, answer in answers], options, text)
    return status


def _take_files(options: Options, text: Texts) -> None:
    """Read words that name files as files, as everybody's fingers expect, and say so."""
    words = options.text
    if words == ["-"]:
        options.text, options.file = [], ["-"]
    elif words and not options.file and all(map(os.path.isfile, words)):
        for word in words:
            _complain(text["error-word-is-file"].format(path=word))
        options.text, options.file = [], words


def inputs(options: Options) -> Iterator[tuple[str, str | None]]:
    """Yield each input's name, with its text where that was given on the command line.

    A file that several names or patterns lead to is read once, or its lines would count twice.
    """
    if options.text:
        yield "", " ".join(options.text)
    seen: set[str] = set()
    for name in options.file or ():
        names = [name]
        if name != "-" and not os.path.exists(name) and any(c in name for c in "*?["):
            import glob

            names = sorted(glob.glob(name)) or names
        for path in names:
            place = path if path == "-" else os.path.realpath(path)
            if place not in seen:
                seen.add(place)
                yield path, None
    if not options.text and not options.file:
        yield "-", None


def _answer(
    name: str, text: str | None, matcher: Matcher, language: str, options: Options
) -> Answer:
    """Answer one input: a text in memory whole, a large stream in constant memory."""
    from kbmatch.matching.answer import answer

    if text is None:
        text, rest = _read(name)
        if rest is not None:
            from kbmatch.matching.scan import answer_stream

            return answer_stream(rest, matcher, language)
    found = answer(text, matcher, language, why=options.why)
    if not found.found:
        if options.lang is None and is_in_chinese(text):
            found.language = "zh-TW"
        found.related = _related(text, matcher, found.language)
    return found


def _read(name: str) -> tuple[str, Iterator[bytes] | None]:
    """Return a small input's text, or the stream of a large one."""
    from itertools import chain

    from kbmatch.matching.decode import decode, read_blocks

    if name == "-" and sys.stdin is None:
        raise OSError(EBADF, os.strerror(EBADF))
    blocks = read_blocks(sys.stdin.buffer) if name == "-" else _blocks_of(name)
    head: list[bytes] = []
    size = 0
    for block in blocks:
        head.append(block)
        size += len(block)
        if size > SMALL_BYTES:
            return "", chain(head, blocks)
    return decode(b"".join(head)), None


def _blocks_of(name: str) -> Iterator[bytes]:
    """Yield what a file holds; it is closed when all of it has been read."""
    from kbmatch.matching.decode import read_blocks

    with open(name, "rb") as file:
        yield from read_blocks(file)


def _related(text: str, matcher: Matcher, language: str) -> tuple[Related, ...]:
    """Return the closest pages by full-text search, where the search library is at hand."""
    if not text.strip():
        return ()
    try:
        from kbmatch.search.related import related
    except ImportError:
        return ()
    found = related(matcher.pack, text, language)
    origins = matcher.settings.get("origins", {})
    for page in found:
        page.origin = origins.get(page.origin, {}).get(language, page.origin)
    return found


def _print(
    answers: Sequence[tuple[str, Answer]],
    matcher: Matcher,
    options: Options,
    several: bool,
    *,
    masked: bool = False,
) -> None:
    from .packs import is_terminal_coloured
    from .render import DEFAULT_LINES, Renderer, Style

    if options.format == "json":
        return _write(json_text(_as_json(answers)))
    if options.format == "openmetrics":
        from .metrics import openmetrics

        return write_data(openmetrics(answers) + "\n")
    style = Style(options.format == "text" and is_terminal_coloured(options.no_color))
    parts: list[str] = []
    for name, answer in answers:
        text = load_texts("match", answer.language)
        renderer = Renderer(
            answer,
            matcher,
            text,
            style=style,
            site=options.site or "",
            everything=options.all,
            masked=masked,
            file=name if name not in ("", "-") else "",
            lines=_screen_lines() or DEFAULT_LINES,
        )
        if options.format == "github":
            parts.append(renderer.github())
            continue
        shown = renderer.terminal() if options.format == "text" else renderer.markdown()
        if options.why and options.format == "text":
            shown = f"{shown}\n\n{renderer.why()}"
        if several and options.format == "text":
            shown = f"{style.bold(f'==> {name}')}\n{shown}"
        elif several:
            shown = f"## {name}\n\n{shown}"
        parts.append(shown)
    _write(("\n" if options.format == "github" else "\n\n").join(filter(None, parts)))


def _screen_lines() -> int:
    """Return how many lines an answer may take on this terminal; 0 without one."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).lines - PROMPT_LINES
    except (OSError, ValueError, AttributeError):
        return 0


def _as_json(answers: Sequence[tuple[str, Answer]]) -> dict[str, object]:
    """Return the contract's object; with several files, each match says which file it is from."""
    if len(answers) == 1:
        return answers[0][1].as_json()
    merged: dict[str, object] = {"version": 1, "outcome": "none", "language": "en"}
    lists: dict[str, list[dict[str, object]]] = {"matches": [], "related": []}
    for name, answer in answers:
        part = answer.as_json()
        merged["language"] = part["language"]
        for key in ("matches", "related", "misses"):
            if key in part:
                lists.setdefault(key, []).extend({**item, "file": name} for item in part[key])
    outcome = "match" if lists["matches"] else "related" if lists["related"] else "none"
    return {**merged, "outcome": outcome, **lists}


def _open_page(answers: Sequence[Answer], options: Options, text: Texts) -> None:
    """Open the page of the first answer, or the closest one where nothing matched."""
    from pathlib import Path

    page = next(
        (
            item["page"]
            for key in ("matches", "related")
            for answer in answers
            for item in answer.as_json()[key]
        ),
        None,
    )
    site = options.site or os.environ.get("KBMATCH_SITE", "")
    if not site:
        built = Path(__file__).resolve().parents[3] / "site"
        site = str(built) if built.is_dir() else ""
    if not page:
        _complain(text["error-open-none"])
    elif not site:
        _complain(text["error-open"])
    else:
        import webbrowser

        root = site if "://" in site else Path(site).resolve().as_uri()
        webbrowser.open(f"{root.rstrip('/')}/{page}")


def _version() -> str:
    from kbmatch import __version__

    return f"kbmatch {__version__}"


def _complain(message: str) -> int:
    print(f"kbmatch: {message}", file=sys.stderr)
    return USAGE_ERROR


def _write(text: str) -> None:
    if text:
        sys.stdout.write(text + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
