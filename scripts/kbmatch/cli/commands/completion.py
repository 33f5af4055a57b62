"""`kb completion`: shell completion for kb and kbmatch, generated from what they really take."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from kbmatch.cli.common import language_of_environment, write_data
from kbmatch.cli.shells import SHELLS, Program, program_of_parser, program_of_table
from kbmatch.texts import load as load_texts


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments."""
    own = load_texts("authoring", language_of_environment())
    parser.add_argument("shell", choices=tuple(SHELLS), help=own["completion.shell"])
    parser.epilog = own["completion.install"]


def run(arguments: argparse.Namespace) -> int:
    """Print the completion script."""
    write_data(SHELLS[arguments.shell](programs(language_of_environment())))
    return 0


def programs(language: str) -> list[Program]:
    """Describe kb with its subcommands, and kbmatch."""
    from kbmatch.cli.kb import COMMANDS, command_module
    from kbmatch.cli.match import OPTIONS

    text = load_texts("kb", language)
    commands = []
    for name in COMMANDS:
        parser = argparse.ArgumentParser(prog=f"kb {name}")
        try:
            command_module(name).configure(parser, text)
        except ModuleNotFoundError:
            pass  # what the command needs is not installed: its name alone is completed
        commands.append(program_of_parser(name, text[f"{name}.help"], parser))
    top = program_of_parser("kb", text["description"], argparse.ArgumentParser(prog="kb"))
    kb = Program("kb", top.help, top.options, commands=tuple(commands))
    match = load_texts("match", language)
    return [kb, program_of_table("kbmatch", match["help-description"], OPTIONS, match)]
