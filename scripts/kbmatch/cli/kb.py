"""The command `kb`: one subcommand per module of `commands`, each imported only when asked for."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Protocol, cast

from kbmatch import __version__
from kbmatch.texts import load as load_texts

from .common import LANGUAGES, USAGE_ERROR, guarded, language_of_environment, tolerate_console
from .parser import Parser, speak

COMMANDS = (
    "explain",
    "search",
    "run",
    "validate",
    "test",
    "build",
    "serve",
    "new",
    "import",
    "gaps",
    "l10n",
    "export",
    "scan",
    "bundle",
    "verify",
    "schema",
    "completion",
)
"""Every subcommand, in the order of the help."""


class CommandModule(Protocol):
    """What a module of `commands` offers."""

    def configure(self, parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None: ...
    def run(self, arguments: argparse.Namespace) -> int: ...


def command_module(name: str) -> CommandModule:
    """Import the module of a subcommand; `import` is a keyword, so its module is `import_`."""
    module = f"{name}_" if name == "import" else name
    return cast(CommandModule, import_module(f"kbmatch.cli.commands.{module}"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `kb`; return the subcommand's exit status."""
    tolerate_console()
    given = list(sys.argv[1:] if arguments is None else arguments)
    language = _wanted_language(given)
    text = load_texts("kb", language)
    return guarded(lambda: _run(given, text, language), text, "kb")


def _run(given: Sequence[str], text: Mapping[str, str], language: str) -> int:
    name = next((argument for argument in given if not argument.startswith("-")), None)
    parser = build_parser(text, only=name, language=language)
    options = parser.parse_args(given)
    if options.command is None:
        parser.print_help()
        return USAGE_ERROR
    return command_module(options.command).run(options)


def _wanted_language(given: Sequence[str]) -> str:
    """Return the language for help and usage errors, before the arguments are parsed."""
    own = list(given)[: given.index("--")] if "--" in given else list(given)
    for place, argument in enumerate(own):
        value = argument[7:] if argument.startswith("--lang=") else ""
        if argument == "--lang":
            value = "".join(own[place + 1 : place + 2])
        if value in LANGUAGES:
            return value
    return language_of_environment()


def build_parser(text: Mapping[str, str], *, only: str | None, language: str) -> Parser:
    """Return the parser; only the subcommand named `only` is loaded in full."""
    speak(language)
    parser = Parser(prog="kb", description=text["description"], epilog=text["epilog"])
    parser.add_argument(
        "--version", action="version", version=f"kb {__version__}", help=text["option.version"]
    )
    subparsers = parser.add_subparsers(dest="command", metavar=text["command"])
    for command in COMMANDS:
        summary = text[f"{command}.help"]
        subparser = subparsers.add_parser(command, help=summary, description=summary)
        if only is None or command == only:
            command_module(command).configure(subparser, text)
            own = f"{subparser.epilog}\n\n" if subparser.epilog else ""
            subparser.epilog = own + text[f"{command}.epilog"]
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
