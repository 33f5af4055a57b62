"""`kb export`: the same knowledge for other people's engines."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from kbmatch.cli.common import fail, language_of_environment, write_data
from kbmatch.cli.packs import checkout_directory, explain_failure
from kbmatch.knowledge.load import KnowledgeError, load_or_raise
from kbmatch.knowledge.model import Knowledge
from kbmatch.resources import read_resource
from kbmatch.texts import load as load_texts

FORMS = ("clickhouse", "spark", "ripgrep", "json")


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments."""
    own = load_texts("exports", language_of_environment())
    parser.add_argument("form", choices=FORMS, help=own["form"])
    parser.add_argument("--kb", metavar="DIR", help=own["kb"])
    parser.add_argument("-o", "--output", metavar="FILE", help=own["output"])
    parser.add_argument("--cluster", default="", metavar="NAME", help=own["cluster"])
    parser.add_argument("--table", default="kb_lines", metavar="TABLE", help=own["table"])
    parser.add_argument("--column", default="message", metavar="COLUMN", help=own["column"])


def run(arguments: argparse.Namespace) -> int:
    """Write the export to a file or to standard output."""
    text = load_texts("exports", language_of_environment())
    try:
        content = rendered(arguments, text)
    except ValueError as error:
        fail(text["bad-name"].format(name=error))
    if arguments.output:
        try:
            Path(arguments.output).write_text(content, "utf-8")
        except OSError as error:
            fail(text["unwritable"].format(path=arguments.output, reason=error.strerror))
    else:
        write_data(content)
    return 0


def rendered(arguments: argparse.Namespace, text: Mapping[str, str]) -> str:
    """Return the export as text. Raises ValueError for a name that SQL would not take bare."""
    if arguments.form == "spark":
        return read_resource("exports/templates/spark_job.py").decode()
    knowledge = read_knowledge(arguments.kb, text)
    if arguments.form == "clickhouse":
        from kbmatch.exports.clickhouse import script

        return script(
            knowledge, cluster=arguments.cluster, table=arguments.table, column=arguments.column
        )
    from kbmatch.exports.signatures import as_json, literals

    if arguments.form == "ripgrep":
        return "".join(f"{literal}\n" for literal in literals(knowledge))
    return json.dumps(as_json(knowledge), ensure_ascii=False, indent=1) + "\n"


def read_knowledge(given: str | None, text: Mapping[str, str]) -> Knowledge:
    """Return the knowledge of a directory, by default the checkout's; fail where there is none."""
    directory = given or checkout_directory()
    if directory is None or not Path(directory).is_dir():
        fail(text["no-directory"].format(path=given or "kb"))
    try:
        return load_or_raise(directory)
    except KnowledgeError as error:
        fail(explain_failure(error))
