"""`kb l10n`: which translations are stale or new, and recording those that were read."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kbmatch.cli.commands.validate import knowledge_directory
from kbmatch.cli.common import fail, json_text, language_of_environment
from kbmatch.texts import load as load_texts

if TYPE_CHECKING:
    from kbmatch.knowledge.load import LoadResult
    from kbmatch.knowledge.translations import Translation

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
    accept.add_argument("--all", action="store_true", help=own["all"])
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
    result = read_knowledge(directory)
    _warn_of_unread(result, text)
    found = status(result.documents)
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
        print(json_text({"version": 1, **counts, "open": items}))
    else:
        for item in open_items:
            print(f"{item.position} {text[item.state]} {item.document} {item.key}")
        print(text["summary"].format(**counts), file=sys.stderr)
    return 1 if counts["stale"] else 0


def _accept(arguments: argparse.Namespace, text: Mapping[str, str]) -> int:
    from kbmatch.knowledge.load import read_knowledge
    from kbmatch.knowledge.translations import accept, is_chosen, status

    validate_text = load_texts("validate", language_of_environment())
    directory = knowledge_directory(arguments.kb, validate_text)
    if not arguments.ids and not arguments.all:
        fail(text["name-some"])
    result = read_knowledge(directory)
    _warn_of_unread(result, text)
    documents = result.documents
    items = status(documents)
    ids = None if arguments.all else _named(arguments.ids, items, text)
    open_items = [item for item in items if item.state != "accepted" and is_chosen(item, ids)]
    try:
        changed = accept(documents, ids)
    except OSError as error:
        fail(text["unwritable"].format(path=error.filename, reason=error.strerror))
    counts = Counter((item.document, item.language, item.state) for item in open_items)
    for (document, language, state), count in counts.items():
        key = f"recorded-{state}"
        print(text[key].format(document=document, language=language, count=count))
    if not counts:
        print(text["nothing"])
    for path in changed:
        print(text["written"].format(path=path))
    return 0


def _named(given: Sequence[str], items: Sequence[Translation], text: Mapping[str, str]) -> set[str]:
    """Return the names of the documents asked for; fail when there is none of a name.

    The id of an entry that `kb new` started means its cause and solution as well.
    """
    from kbmatch.knowledge.decode import closest

    names = {item.document for item in items}
    short = {name.rsplit("/", 1)[-1] for name in names}
    chosen = set()
    for word in given:
        if word not in names and word not in short:
            close = closest(word, sorted(names | short))
            fail(text["unknown-close" if close else "unknown"].format(ids=word, close=close))
        chosen.add(word)
        if "/" not in word and f"symptom/{word}" in names:
            chosen |= {f"cause/{word}-cause", f"solution/{word}-solution"}
    return chosen


def _warn_of_unread(result: LoadResult, text: Mapping[str, str]) -> None:
    """Name the files whose translations can't be seen, since their records stay as they are."""
    broken = [d.path for d in result.documents if d.broken]
    unread = [p for p in result.problems if p.code.startswith("KB00")]
    paths = dict.fromkeys([*(p.position.path for p in unread), *broken])
    for path in paths:
        print(text["unread"].format(path=path), file=sys.stderr)
