"""`kb l10n`: which translations are stale or new, and recording those that were read."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping

from kbmatch.cli.commands.validate import knowledge_directory
from kbmatch.cli.common import fail, language_of_environment
from kbmatch.texts import load as load_texts

NAME = "l10n"


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments of both actions."""
    own = load_texts("l10n", language_of_environment())
    actions = parser.add_subparsers(dest="action", metavar=own["action"], required=True)
    status = actions.add_parser("status", help=own["status.help"], description=own["status.help"])
    status.add_argument("--kb", metavar="DIR", help=own["kb"])
    status.add_argument("--format", choices=("text", "json"), default="text", help=own["format"])
    accept = actions.add_parser("accept", help=own["accept.help"], description=own["accept.help"])
    accept.add_argument("ids", nargs="*", metavar="ID", help=own["ids"])
    accept.add_argument("--kb", metavar="DIR", help=own["kb"])


def run(arguments: argparse.Namespace) -> int:
    """Show the state (1 when something is stale), or record the present one."""
    text = load_texts("l10n", language_of_environment())
    if arguments.action == "accept":
        return _accept(arguments, text)
    return _status(arguments, text)


def _status(arguments: argparse.Namespace, text: Mapping[str, str]) -> int:
    from kbmatch.knowledge.load import read_knowledge
    from kbmatch.knowledge.translations import status

    validate_text = load_texts("validate", language_of_environment())
    directory = knowledge_directory(arguments.kb, validate_text)
    found = status(read_knowledge(directory).documents)
    counts = {"accepted": 0, "stale": 0, "unrecorded": 0}
    for item in found:
        counts[item.state] += 1
    open_items = [item for item in found if item.state != "accepted"]
    if arguments.format == "json":
        items = [
            {
                "document": item.document,
                "language": item.language,
                "key": item.key,
                "state": item.state,
                "path": item.position.path,
                "line": item.position.line,
            }
            for item in open_items
        ]
        print(json.dumps({"version": 1, **counts, "open": items}, ensure_ascii=False, indent=2))
    else:
        for item in open_items:
            print(f"{item.position} {text[item.state]} {item.document} {item.key}")
        print(text["summary"].format(**counts), file=sys.stderr)
    return 1 if counts["stale"] else 0


def _accept(arguments: argparse.Namespace, text: Mapping[str, str]) -> int:
    from kbmatch.knowledge.load import read_knowledge
    from kbmatch.knowledge.translations import accept, status

    validate_text = load_texts("validate", language_of_environment())
    directory = knowledge_directory(arguments.kb, validate_text)
    documents = read_knowledge(directory).documents
    ids = set(arguments.ids) or None
    if ids is not None:
        names = {item.document for item in status(documents)}
        known = names | {name.rsplit("/", 1)[-1] for name in names}
        unknown = sorted(ids - known)
        if unknown:
            fail(text["unknown"].format(ids=", ".join(unknown)))
    try:
        changed = accept(documents, ids)
    except OSError as error:
        fail(text["unwritable"].format(path=error.filename, reason=error.strerror))
    for path in changed:
        print(text["written"].format(path=path))
    return 0
