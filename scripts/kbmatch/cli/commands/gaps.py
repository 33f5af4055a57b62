"""`kb gaps LOG…`: the error lines that no signature explains, to see what is worth an entry."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kbmatch.authoring.gaps import Gaps, Group, NoDrainError
from kbmatch.cli.common import fail, json_text, language_of_environment
from kbmatch.cli.opening import pack_or_fail
from kbmatch.cli.packs import is_terminal_coloured
from kbmatch.cli.render import Style, wrap
from kbmatch.matching.decode import read_blocks
from kbmatch.matching.documents import Documents
from kbmatch.matching.matcher import Matcher
from kbmatch.texts import load as load_texts

DEFAULT_LIMIT = 20


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments."""
    own = load_texts("authoring", language_of_environment())
    parser.add_argument("logs", nargs="*", metavar="LOG", help=own["gaps.logs"])
    parser.add_argument(
        "--limit", type=int, default=DEFAULT_LIMIT, metavar="N", help=own["gaps.limit"]
    )
    parser.add_argument("--minimum", type=int, default=1, metavar="N", help=own["gaps.minimum"])
    parser.add_argument("--format", choices=("text", "json"), default="text", help=own["format"])
    parser.add_argument("--lang", choices=("en", "zh-TW"), help=text["option.lang"])
    parser.add_argument("--kb", metavar="DIR|PACK", help=text["option.kb"])
    parser.add_argument("--no-color", action="store_true", help=text["option.no-color"])


def run(arguments: argparse.Namespace) -> int:
    """Print the groups; return 1 when there are any, 0 when everything is explained."""
    language = arguments.lang or language_of_environment()
    text = load_texts("authoring", language)
    pack = pack_or_fail(arguments.kb, language)
    try:
        gaps = Gaps(Matcher(pack), Documents(pack)["settings"]["slots"])
    except NoDrainError:
        fail(text["gaps.no-drain"])
    for name in arguments.logs or ["-"]:
        try:
            if name == "-":
                gaps.add(name, read_blocks(sys.stdin.buffer))
            else:
                with Path(name).open("rb") as file:
                    gaps.add(name, read_blocks(file))
        except OSError as error:
            fail(text["unreadable"].format(path=name, reason=error.strerror))
    groups = [group for group in gaps.groups() if group.count >= arguments.minimum]
    if arguments.format == "json":
        print(json_text(_as_json(gaps, groups)))
    else:
        style = Style(is_terminal_coloured(arguments.no_color))
        _print(gaps, groups, max(1, arguments.limit), text, style)
    return 1 if groups else 0


def _as_json(gaps: Gaps, groups: Sequence[Group]) -> dict[str, Any]:
    return {
        "version": 1,
        "read": gaps.read,
        "unexplained": gaps.unexplained,
        "groups": [
            {
                "count": group.count,
                "template": group.template,
                "example": group.example,
                "file": group.file,
                "line": group.line,
            }
            for group in groups
        ],
    }


def _print(
    gaps: Gaps, groups: Sequence[Group], limit: int, text: Mapping[str, str], style: Style
) -> None:
    if not groups:
        print(text["gaps.none"])
        return
    print(text["gaps.summary"].format(lines=gaps.unexplained, groups=len(groups), read=gaps.read))
    for group in groups[:limit]:
        print()
        print(style.bold(wrap(group.template, indent=" " * 8, first=f"{group.count:>6}  ")))
        where = f"{group.file}:{group.line}: "
        print(style.dim(wrap(where + group.example, indent=" " * 10, first=" " * 8)))
    print()
    if len(groups) > limit:
        print(text["gaps.more"].format(hidden=len(groups) - limit))
    print(text["gaps.next"])
