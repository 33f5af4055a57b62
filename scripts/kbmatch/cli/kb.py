"""The command `kb`: one subcommand per module of `commands`, each imported only when asked for."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import Protocol, cast

from kbmatch import __version__
from kbmatch.texts import load as load_texts

from .common import USAGE_ERROR, language_of_environment

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
    given = list(sys.argv[1:] if arguments is None else arguments)
    language = language_of_environment()
    text = load_texts("kb", language)
    name = next((argument for argument in given if not argument.startswith("-")), None)
    parser = build_parser(text, only=name, language=language)
    options = parser.parse_args(given)
    if options.command is None:
        parser.print_help()
        return USAGE_ERROR
    try:
        return command_module(options.command).run(options)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def build_parser(
    text: Mapping[str, str], *, only: str | None, language: str
) -> argparse.ArgumentParser:
    """Return the parser; only the subcommand named `only` is loaded in full."""
    parser = argparse.ArgumentParser(
        prog="kb",
        description=text["description"],
        epilog=text["epilog"],
        allow_abbrev=False,
        add_help=False,
        formatter_class=_formatter(text),
    )
    _localise(parser, text)
    parser.add_argument(
        "--version", action="version", version=f"kb {__version__}", help=text["option.version"]
    )
    subparsers = parser.add_subparsers(dest="command", metavar=text["command"])
    for command in COMMANDS:
        summary = text[f"{command}.help"]
        subparser = subparsers.add_parser(
            command,
            help=summary,
            description=summary,
            add_help=False,
            formatter_class=_formatter(text),
        )
        _localise(subparser, text)
        if only is None or command == only:
            command_module(command).configure(subparser, load_texts("kb", language))
    return parser


def _formatter(text: Mapping[str, str]) -> type[argparse.HelpFormatter]:
    """Return a help formatter whose usage line speaks the reader's language."""

    class Formatter(argparse.HelpFormatter):
        def add_usage(
            self,
            usage: str | None,
            actions: Iterable[argparse.Action],
            groups: Iterable[argparse._MutuallyExclusiveGroup],
            prefix: str | None = None,
        ) -> None:
            shown = text["heading.usage"] if prefix is None else prefix
            super().add_usage(usage, actions, groups, shown)

    return Formatter


def _localise(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Give the parser's headings and its own option the reader's language."""
    parser._positionals.title = text["heading.arguments"]
    parser._optionals.title = text["heading.options"]
    parser.add_argument("-h", "--help", action="help", help=text["option.help"])


if __name__ == "__main__":
    raise SystemExit(main())
