"""The command line of `kbmatch`: its options, what they mean together, and its help.

Read with getopt, as argparse alone would double the time of a look-up.
"""

from __future__ import annotations

import os

from .common import language_of_environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    import getopt
    from collections.abc import Mapping, Sequence

    Texts = Mapping[str, str]

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
    """A command line that makes no sense; `key` names the text that says why."""

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def wanted_language(arguments: Sequence[str]) -> str:
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


def parse(arguments: Sequence[str]) -> Options:
    """Read the command line. Raises UsageError."""
    options = Options()
    if not any(argument.startswith("-") for argument in arguments):
        options.text = list(arguments)  # the usual case: getopt loads and compiles more than we do
        return options
    import getopt

    names = []
    for spelling, _ in OPTIONS:
        name, _, value = spelling.rpartition("--")[2].partition(" ")
        names.append(f"{name}=" if value else name)
    try:
        pairs, words = getopt.gnu_getopt(list(arguments), "f:h", names)
    except getopt.GetoptError as error:
        raise _usage_error(error, names) from None
    for option, value in pairs:
        name = option.lstrip("-").replace("-", "_")
        if name in ("f", "file"):
            options.file.append(value)
        elif name in ("lang", "format"):
            allowed = LANGUAGES if name == "lang" else FORMATS
            if value not in allowed:
                raise UsageError(
                    "error-choice", option=option, value=value, allowed=", ".join(allowed)
                )
            setattr(options, name, value)
        elif name in ("kb", "site"):
            setattr(options, name, value)
        elif name in ("redact", "no_redact"):
            options.redact = name == "redact"
        else:
            setattr(options, name, True)
    options.text = words
    if options.file and words:  # a shell has expanded -f *.log
        missing = [word for word in words if word != "-" and not os.path.exists(word)]
        if missing:
            raise UsageError("error-not-a-file", path=missing[0])
        options.text, options.file = [], [*options.file, *words]
    if options.follow:
        _check_follow(options)
    return options


def _check_follow(options: Options) -> None:
    """Refuse what has no meaning for a stream. Raises UsageError."""
    if options.format not in ("text", "json"):
        raise UsageError("error-follow-format")
    for name in ("all", "why", "open"):
        if getattr(options, name):
            raise UsageError("error-follow-option", option=f"--{name}")
    if not all(word == "-" or os.path.exists(word) for word in options.text):
        raise UsageError("error-follow-words")


def _usage_error(error: getopt.GetoptError, names: Sequence[str]) -> UsageError:
    """Return what getopt found wrong in the reader's words."""
    option = f"-{error.opt}" if len(error.opt) == 1 else f"--{error.opt}"
    kinds = {"requires": "value", "must not": "no-value", "unique": "ambiguous"}
    for word, key in kinds.items():
        if word in error.msg:
            return UsageError(f"error-{key}", option=option)
    from difflib import get_close_matches

    near = get_close_matches(error.opt, [name.rstrip("=") for name in names], n=1)
    if near:
        return UsageError("error-option-near", option=option, near=f"--{near[0]}")
    return UsageError("error-option", option=option)


def help_text(text: Texts) -> str:
    """Return what `--help` prints, in the reader's language."""
    from .render import wrap

    lines = [f"{text['usage']}kbmatch [{text['heading-options']}] [TEXT ...]", ""]
    lines += [wrap(text["help-description"]), "", f"{text['heading-arguments']}:"]
    lines += ["  TEXT", wrap(text["help-text"], indent=" " * 8), "", f"{text['heading-options']}:"]
    for spelling, key in OPTIONS:
        lines += [f"  {spelling}", wrap(text[key], indent=" " * 8)]
    return "\n".join([*lines, "", wrap(text["help-epilog"])])
