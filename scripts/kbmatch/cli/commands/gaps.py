"""`kb gaps LOG…`: the error lines that no signature explains, to see what is worth an entry."""

from __future__ import annotations

import argparse
import glob
import shlex
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kbmatch.authoring.gaps import Gaps, Group, NoDrainError
from kbmatch.cli.common import USAGE_ERROR, fail, harmless, json_text, language_of_environment
from kbmatch.cli.opening import pack_or_fail
from kbmatch.cli.packs import is_terminal_coloured
from kbmatch.cli.render import Style, wrap
from kbmatch.matching.decode import read_blocks
from kbmatch.matching.documents import Documents
from kbmatch.matching.matcher import Matcher
from kbmatch.texts import load as load_texts

DEFAULT_LIMIT = 20
PIECE = 64 << 10
PROGRESS_SECONDS = 0.2


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
    progress = Progress(text["gaps.progress"])
    unread = False
    for name in arguments.logs or ["-"]:
        for path in _expanded(name):
            try:
                _add(gaps, path, progress)
            except OSError as error:
                progress.clear()
                reason = error.strerror or str(error)
                said = text["unreadable"].format(path=path, reason=reason)
                print(f"kb gaps: {harmless(said)}", file=sys.stderr)
                unread = True
    progress.clear()
    groups = [group for group in gaps.groups() if group.count >= arguments.minimum]
    limit = max(1, arguments.limit)
    if arguments.format == "json":
        print(json_text(_as_json(gaps, groups, limit)))
    elif gaps.read or not unread:  # of logs that nobody could read there is nothing to say
        style = Style(is_terminal_coloured(arguments.no_color))
        _print(gaps, groups, limit, text, style)
    if unread:
        return USAGE_ERROR
    return 1 if groups else 0


def _expanded(name: str) -> list[str]:
    """Return the files that a pattern names, where no shell has done it."""
    if name != "-" and any(sign in name for sign in "*?[") and not Path(name).exists():
        return sorted(glob.glob(name)) or [name]  # noqa: PTH207 (patterns may be absolute)
    return [name]


def _add(gaps: Gaps, name: str, progress: Progress) -> None:
    """Look through a log. Raises OSError."""
    if name == "-":
        gaps.add(name, progress.of(read_blocks(sys.stdin.buffer)))
        return
    with Path(name).open("rb") as file:
        gaps.add(name, progress.of(read_blocks(file)))


class Progress:
    """On a terminal, a line that says how much has been read; elsewhere nothing."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._bytes = 0
        self._shown = 0.0
        self._on = sys.stderr is not None and sys.stderr.isatty()

    def of(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the blocks in small pieces, counting them."""
        for block in blocks:
            for start in range(0, len(block), PIECE) if self._on else (0,):
                piece = block[start : start + PIECE] if self._on else block
                yield piece
                self._bytes += len(piece)
                self._show()

    def _show(self) -> None:
        now = time.monotonic()
        if self._on and now - self._shown > PROGRESS_SECONDS:
            self._shown = now
            said = self._text.format(size=f"{self._bytes / 1e6:.1f}")
            print(f"\r{said}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Remove the line, so that what follows stands by itself."""
        if self._shown:
            self._shown = 0.0
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _as_json(gaps: Gaps, groups: Sequence[Group], limit: int) -> dict[str, Any]:
    return {
        "version": 1,
        "read": gaps.read,
        "unexplained": gaps.unexplained,
        "total": len(groups),
        "groups": [
            {
                "count": group.count,
                "template": group.template,
                "example": group.example,
                "file": group.file,
                "line": group.line,
            }
            for group in groups[:limit]
        ],
    }


def _print(
    gaps: Gaps, groups: Sequence[Group], limit: int, text: Mapping[str, str], style: Style
) -> None:
    if not groups:
        print(text["gaps.none"])
        return
    counts = {"lines": gaps.unexplained, "groups": len(groups), "read": gaps.read}
    said = {
        key: text[f"gaps.{key}.one" if n == 1 else f"gaps.{key}"].format(n=n)
        for key, n in counts.items()
    }
    print(text["gaps.summary"].format(**said))
    for group in groups[:limit]:
        print()
        form = harmless(group.template)
        print(style.bold(wrap(form, indent=" " * 8, first=f"{group.count:>6}  ")))
        example = harmless(f"{group.file}:{group.line}: {group.example}")
        print(style.dim(wrap(example, indent=" " * 10, first=" " * 8)))
    print()
    if len(groups) > limit:
        print(text["gaps.more"].format(hidden=len(groups) - limit))
    first = groups[0]
    file = shlex.quote(harmless(first.file)) if first.file != "-" else "FILE"
    print(text["gaps.next"].format(file=file, line=first.line))
