"""The command `kbmatch`: an error text in, the page that explains it out.

Nothing is imported here that the answer at hand does not need: a look-up must feel like grep.
"""

from __future__ import annotations

import os
import sys
from errno import EBADF

from kbmatch.texts import load as load_texts

from .common import (
    USAGE_ERROR,
    guarded,
    json_text,
    language_of_environment,
    tolerate_console,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kbmatch.matching.answer import Answer, Related
    from kbmatch.matching.matcher import Matcher

    Texts = Mapping[str, str]

SMALL_BYTES = 1 << 20
"""Up to this size a text is matched whole; larger ones stream."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `kbmatch`; return 0 when a signature matched, 1 when none did, 2 on wrong use."""
    tolerate_console()
    given = list(sys.argv[1:] if arguments is None else arguments)
    text = load_texts("match", _wanted_language(given))
    return guarded(lambda: _start(given, text), text, "kbmatch")


def _start(given: Sequence[str], text: Texts) -> int:
    if "-h" in given or "--help" in given or "--version" in given:
        _write(_version() if "--version" in given else help_text(text))
        return 0
    try:
        options = parse(given)
    except UsageError as error:
        return _complain(f"{error}\n{text['usage-hint']}")
    return _run(options, text)


def _run(options: Options, text: Texts) -> int:
    from kbmatch.matching.matcher import Matcher

    from .packs import failure_text, open_pack

    if not options.text and not options.file and (sys.stdin is None or sys.stdin.isatty()):
        return _complain(text["error-no-text"])
    try:
        matcher = Matcher(open_pack(options.kb))
    except Exception as error:
        return _complain(failure_text(error, text))
    language = options.lang or language_of_environment()
    if options.follow:
        from .follow import follow

        return follow(options, matcher, language)
    status = 1
    answers: list[tuple[str, Answer]] = []
    for name, source in _inputs(options):
        try:
            answers.append((name, _answer(name, source, matcher, language, options.why)))
        except OSError as error:
            reason = error.strerror or str(error)
            _complain(text["error-read"].format(path=name, reason=reason))
            status = USAGE_ERROR
    if any(answer.found for _, answer in answers) and status != USAGE_ERROR:
        status = 0
    _print(answers, matcher, options, load_texts("match", language))
    return status


def _inputs(options: Options) -> Iterator[tuple[str, str | None]]:
    """Yield each input's name, with its text where that was given on the command line."""
    if options.text:
        yield "", " ".join(options.text)
    for name in options.file or ():
        if name != "-" and not os.path.exists(name) and any(c in name for c in "*?["):
            import glob

            for path in sorted(glob.glob(name)) or [name]:
                yield path, None
        else:
            yield name, None
    if not options.text and not options.file:
        yield "-", None


def _answer(name: str, text: str | None, matcher: Matcher, language: str, why: bool) -> Answer:
    """Answer one input: a text in memory whole, a large stream in constant memory."""
    from kbmatch.matching.answer import answer

    if text is None:
        text, rest = _read(name)
        if rest is not None:
            from kbmatch.matching.scan import answer_stream

            return answer_stream(rest, matcher, language)
    found = answer(text, matcher, language, why=why)
    if not found.found:
        found.related = _related(text, matcher, language)
    return found


def _read(name: str) -> tuple[str, Iterator[bytes] | None]:
    """Return a small input's text, or the stream of a large one."""
    from itertools import chain

    from kbmatch.matching.decode import decode, read_blocks

    if name == "-" and sys.stdin is None:
        raise OSError(EBADF, os.strerror(EBADF))
    file = sys.stdin.buffer if name == "-" else open(name, "rb")  # noqa: SIM115 (the stream lives on)
    blocks = read_blocks(file)
    head: list[bytes] = []
    size = 0
    for block in blocks:
        head.append(block)
        size += len(block)
        if size > SMALL_BYTES:
            return "", chain(head, blocks)
    if name != "-":
        file.close()
    return decode(b"".join(head)), None


def _related(text: str, matcher: Matcher, language: str) -> tuple[Related, ...]:
    """Return the closest pages by full-text search, where the search library is at hand."""
    if not text.strip():
        return ()
    try:
        from kbmatch.search.related import related
    except ImportError:
        return ()
    return related(matcher.pack, text, language)


def _print(
    answers: list[tuple[str, Answer]],
    matcher: Matcher,
    options: Options,
    text: Texts,
) -> None:
    from .packs import is_terminal_coloured
    from .render import Renderer, Style

    hide = options.redact if options.redact is not None else options.format == "markdown"
    out: list[str] = []
    if options.format == "json":
        out.append(json_text(_as_json(answers)))
    elif options.format == "openmetrics":
        from .metrics import openmetrics

        out.append(openmetrics(answers))
    else:
        style = Style(options.format == "text" and is_terminal_coloured(options.no_color))
        for name, answer in answers:
            renderer = Renderer(
                answer,
                matcher,
                text,
                style=style,
                site=options.site or "",
                everything=options.all,
            )
            if len(answers) > 1:
                out.append(style.bold(f"==> {name}"))
            form = {
                "text": renderer.terminal,
                "markdown": renderer.markdown,
                "github": renderer.github,
            }[options.format]
            out.append(form())
            if options.why and options.format == "text":
                out += ["", renderer.why()]
    shown = "\n".join(out)
    if hide:
        from kbmatch.redaction import redact

        shown = redact(shown)
    _write(shown)
    if options.open:
        _open_page(answers, options, text)


def _as_json(answers: list[tuple[str, Answer]]) -> dict[str, object]:
    """Return the contract's object; with several files, each match says which file it is from."""
    if len(answers) == 1:
        return answers[0][1].as_json()
    merged: dict[str, object] = {"version": 1, "outcome": "none", "language": "en"}
    matches: list[dict[str, object]] = []
    related: list[dict[str, object]] = []
    for name, answer in answers:
        part = answer.as_json()
        merged["language"] = part["language"]
        matches += [{**match, "file": name} for match in part["matches"]]
        related += [{**page, "file": name} for page in part["related"]]
    merged["outcome"] = "match" if matches else "related" if related else "none"
    return {**merged, "matches": matches, "related": related}


def _open_page(answers: list[tuple[str, Answer]], options: Options, text: Texts) -> None:
    from pathlib import Path

    site = options.site or os.environ.get("KBMATCH_SITE", "")
    if not site:
        built = Path(__file__).resolve().parents[3] / "site"
        site = str(built) if built.is_dir() else ""
    page = next(
        (m["page"] for _, answer in answers for m in answer.as_json()["matches"]),
        None,
    )
    if not site:
        _complain(text["error-open"])
    elif page:
        import webbrowser

        root = site if "://" in site else Path(site).resolve().as_uri()
        webbrowser.open(f"{root.rstrip('/')}/{page}")


def _wanted_language(arguments: Sequence[str]) -> str:
    """Return the language for help and messages, before the arguments are parsed."""
    for place, argument in enumerate(arguments):
        value = ""
        if argument.startswith("--lang="):
            value = argument[7:]
        elif argument == "--lang" and place + 1 < len(arguments):
            value = arguments[place + 1]
        if value in LANGUAGES:
            return value
    return language_of_environment()


class Options:
    """The options of one run, as the command line gave them."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.file: list[str] = []
        self.lang: str | None = None
        self.format = "text"
        self.kb: str | None = None
        self.site: str | None = None
        self.redact: bool | None = None
        self.all = self.why = self.open = self.no_color = self.follow = False


class UsageError(Exception):
    """A command line that makes no sense; the message says why."""


FORMATS = ("text", "json", "markdown", "github", "openmetrics")
LANGUAGES = ("en", "zh-TW")
OPTIONS = (
    ("-f, --file FILE", "help-file"),
    ("--lang en|zh-TW", "help-lang"),
    ("--format text|json|markdown|github|openmetrics", "help-format"),
    ("--all", "help-all"),
    ("--why", "help-why"),
    ("--open", "help-open"),
    ("--kb DIR|PACK", "help-kb"),
    ("--site URL|DIR", "help-site"),
    ("--redact", "help-redact"),
    ("--no-redact", "help-no-redact"),
    ("--follow", "help-follow"),
    ("--no-color", "help-no-color"),
    ("-h, --help", "help-help"),
    ("--version", "help-version"),
)
"""Every option with the key of its help text; `help` prints them in this order."""


def parse(arguments: Sequence[str]) -> Options:
    """Read the command line with getopt: argparse alone would double the time of a look-up.

    Raises UsageError.
    """
    import getopt

    names = []
    for spelling, _ in OPTIONS:
        name, _, value = spelling.rpartition("--")[2].partition(" ")
        names.append(f"{name}=" if value else name)
    try:
        pairs, words = getopt.gnu_getopt(list(arguments), "f:h", names)
    except getopt.GetoptError as error:
        raise UsageError(error.msg) from None
    options = Options()
    options.text = words
    for option, value in pairs:
        name = option.lstrip("-").replace("-", "_")
        if name in ("f", "file"):
            options.file.append(value)
        elif name in ("lang", "format"):
            allowed = LANGUAGES if name == "lang" else FORMATS
            if value not in allowed:
                raise UsageError(f"{option} {value}: {' | '.join(allowed)}")
            setattr(options, name, value)
        elif name in ("kb", "site"):
            setattr(options, name, value)
        elif name in ("redact", "no_redact"):
            options.redact = name == "redact"
        else:
            setattr(options, name, True)
    return options


def help_text(text: Texts) -> str:
    """Return what `--help` prints, in the reader's language."""
    from .render import wrap

    lines = [f"{text['usage']}kbmatch [{text['heading-options']}] [TEXT ...]", ""]
    lines += [wrap(text["help-description"]), "", f"{text['heading-arguments']}:"]
    lines += ["  TEXT", wrap(text["help-text"], indent=" " * 8), "", f"{text['heading-options']}:"]
    for spelling, key in OPTIONS:
        lines += [f"  {spelling}", wrap(text[key], indent=" " * 8)]
    return "\n".join([*lines, "", wrap(text["help-epilog"])])


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
