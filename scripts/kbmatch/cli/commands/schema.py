"""`kb schema`: write the JSON Schemas that editors use, or print one."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from kbmatch.cli.common import fail, language_of_environment, write_data
from kbmatch.knowledge.shapes import KINDS
from kbmatch.texts import load as load_texts

NAME = "schema"


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments."""
    own = load_texts("validate", language_of_environment())
    parser.add_argument("kind", nargs="?", choices=KINDS, metavar="KIND", help=own["schema.kind"])
    parser.add_argument("--output", metavar="DIR", help=own["schema.output"])


def run(arguments: argparse.Namespace) -> int:
    """Write every schema to its place, or print the one asked for."""
    from kbmatch.knowledge.schema import SCHEMA_DIRECTORY, schema_text, write_schemas

    text = load_texts("validate", language_of_environment())
    if arguments.kind:
        write_data(schema_text(arguments.kind))
        return 0
    directory = Path(arguments.output) if arguments.output else SCHEMA_DIRECTORY
    try:
        changed = write_schemas(directory)
    except OSError as error:
        fail(text["unwritable"].format(path=directory, reason=error.strerror))
    for path in changed:
        print(path)
    return 0
