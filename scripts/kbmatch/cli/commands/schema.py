"""`kb schema`: write the JSON Schemas that editors use, or print one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from kbmatch.cli.commands.validate import knowledge_directory
from kbmatch.cli.common import fail, language_of_environment, write_data
from kbmatch.knowledge.shapes import DEFAULT_LANGUAGES, KINDS
from kbmatch.texts import load as load_texts

NAME = "schema"


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments."""
    own = load_texts("validate", language_of_environment())
    parser.add_argument("kind", nargs="?", choices=KINDS, metavar="KIND", help=own["schema.kind"])
    parser.add_argument("--output", metavar="DIR", help=own["schema.output"])
    parser.add_argument("--kb", metavar="DIR", help=own["schema.kb"])


def run(arguments: argparse.Namespace) -> int:
    """Write every schema to its place, or print the one asked for."""
    from kbmatch.knowledge.load import read_knowledge
    from kbmatch.knowledge.schema import (
        OWN_DIRECTORY,
        SCHEMA_DIRECTORY,
        schema_text,
        vocabulary,
        write_schemas,
    )

    text = load_texts("validate", language_of_environment())
    languages: tuple[str, ...] = DEFAULT_LANGUAGES
    words, directory = None, SCHEMA_DIRECTORY
    if arguments.kb:
        folder = knowledge_directory(arguments.kb, text)
        draft = read_knowledge(folder).draft
        languages, words = draft.settings.languages, vocabulary(draft)
        directory = folder / OWN_DIRECTORY
    if arguments.kind:
        write_data(schema_text(arguments.kind, languages, words))
        return 0
    if arguments.output:
        directory = Path(arguments.output)
    try:
        changed = write_schemas(directory, languages, words)
    except OSError as error:
        fail(text["unwritable"].format(path=directory, reason=error.strerror))
    for path in changed:
        print(path)
    if changed and arguments.kb and not arguments.output:
        print(text["schema.next"].format(kb=arguments.kb), file=sys.stderr)
    return 0
