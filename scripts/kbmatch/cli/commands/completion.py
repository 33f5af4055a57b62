"""`kb completion`: shell completion for kb and kbmatch, generated from what they really take."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import replace

from kbmatch.cli.common import fail, language_of_environment, write_data
from kbmatch.cli.parser import Parser, speak
from kbmatch.cli.shells import SHELLS, WORDS, Program, program_of_parser, program_of_table
from kbmatch.texts import load as load_texts


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments."""
    own = load_texts("authoring", language_of_environment())
    parser.add_argument("shell", nargs="?", choices=tuple(SHELLS), help=own["completion.shell"])
    # Asked for by the scripts themselves while somebody completes.
    parser.add_argument("--words", choices=WORDS, help=argparse.SUPPRESS)
    parser.epilog = own["completion.install"]


def run(arguments: argparse.Namespace) -> int:
    """Print the completion script, or the words of a kind that the knowledge has."""
    language = language_of_environment()
    if arguments.words:
        print("\n".join(words(arguments.words)))
        return 0
    if not arguments.shell:
        fail(load_texts("kb", language)["completion.nothing"])
    write_data(SHELLS[arguments.shell](programs(language)))
    return 0


def words(kind: str) -> Iterable[str]:
    """Return the words of a kind; none where there is no knowledge: nobody wants a complaint."""
    from kbmatch.cli.packs import open_pack
    from kbmatch.matching.documents import Documents

    try:
        documents = Documents(open_pack(None))
    except Exception:
        return ()
    settings = documents["settings"]
    if kind == "slots":
        return [f"{name}=" for name in settings["slots"]]
    if kind in settings:
        return [str(item["id"]) for item in settings[kind]]
    folders = ("causes",) if kind == "causes" else ("symptoms", "causes", "solutions")
    keys = [key for folder in folders for key in documents.keys(folder)]
    return dict.fromkeys(key.partition("/")[2] for key in keys)


def programs(language: str) -> list[Program]:
    """Describe kb with its subcommands, and kbmatch."""
    from kbmatch.cli.arguments import OPTIONS
    from kbmatch.cli.kb import COMMANDS, command_module

    text = load_texts("kb", language)
    speak(language)
    commands = []
    for name in COMMANDS:
        parser = Parser(prog=f"kb {name}")
        try:
            command_module(name).configure(parser, text)
        except ModuleNotFoundError:
            pass  # what the command needs is not installed: its name alone is completed
        commands.append(program_of_parser(name, text[f"{name}.help"], parser))
    kb = Parser(prog="kb")
    kb.add_argument("--version", action="version", help=text["option.version"])
    top = program_of_parser("kb", text["description"], kb)
    match = load_texts("match", language)
    return [
        replace(top, commands=tuple(commands)),
        program_of_table("kbmatch", match["help-description"], OPTIONS, match),
    ]
