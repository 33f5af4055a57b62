"""`kb export`: the same knowledge for other people's engines."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from kbmatch.cli.common import fail, language_of_environment, write_data
from kbmatch.cli.opening import pack_or_fail
from kbmatch.matching.pack import Pack
from kbmatch.resources import read_resource
from kbmatch.texts import load as load_texts

FORMS = ("clickhouse", "spark", "ripgrep", "json", "pack")


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments."""
    own = load_texts("exports", language_of_environment())
    parser.add_argument("form", choices=FORMS, help=own["form"])
    parser.add_argument("--kb", metavar="DIR|PACK", help=text["option.kb"])
    parser.add_argument("-o", "--output", metavar="FILE", help=own["output"])
    parser.add_argument("--cluster", default="", metavar="NAME", help=own["cluster"])
    parser.add_argument("--table", default="kb_lines", metavar="TABLE", help=own["table"])
    parser.add_argument("--column", default="message", metavar="COLUMN", help=own["column"])


def run(arguments: argparse.Namespace) -> int:
    """Write the export to a file or to standard output."""
    text = load_texts("exports", language_of_environment())
    if arguments.form == "spark":
        return _write(read_resource("exports/templates/spark_job.py"), arguments, text)
    with pack_or_fail(arguments.kb, language_of_environment()) as pack:
        try:
            content = rendered(pack, arguments, text)
        except ValueError as error:
            fail(text["bad-name"].format(name=error))
    return _write(content, arguments, text)


def rendered(pack: Pack, arguments: argparse.Namespace, text: Mapping[str, str]) -> bytes:
    """Return the export. Raises ValueError for a name that SQL would not take bare."""
    if arguments.form == "pack":
        return pack.content
    if arguments.form == "clickhouse":
        from kbmatch.exports.clickhouse import script

        return script(
            pack, cluster=arguments.cluster, table=arguments.table, column=arguments.column
        ).encode()
    if arguments.form == "ripgrep":
        return _literals(pack, text)
    from kbmatch.exports.signatures import as_json

    return (json.dumps(as_json(pack), ensure_ascii=False, indent=1) + "\n").encode()


def _literals(pack: Pack, text: Mapping[str, str]) -> bytes:
    """Return the literals, one a line; say on stderr which messages have none."""
    from kbmatch.exports.literals import literals

    made = literals(pack)
    if made.without:
        said = text["without-literal"].format(n=len(made.without), ids=", ".join(made.without))
        print(f"kb export: {said}", file=sys.stderr)
    return "".join(f"{literal}\n" for literal in made.literals).encode()


def _write(content: bytes, arguments: argparse.Namespace, text: Mapping[str, str]) -> int:
    if arguments.output:
        try:
            Path(arguments.output).write_bytes(content)
        except OSError as error:
            fail(text["unwritable"].format(path=arguments.output, reason=error.strerror))
        return 0
    if arguments.form == "pack" and sys.stdout.isatty():
        fail(text["terminal"])
    write_data(content)
    return 0
