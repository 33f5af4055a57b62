"""`kb scan`: find known errors in logs with another engine, for those who run one."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kbmatch.cli.common import fail, language_of_environment
from kbmatch.cli.opening import pack_or_fail
from kbmatch.matching.decode import decode_utf8, read_blocks, utf8_blocks
from kbmatch.texts import load as load_texts

BLOCK_BYTES = 1 << 20
PIECE_BYTES = 32 << 20
"""So much of a log is handed to the engine at a time."""


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments."""
    own = load_texts("exports", language_of_environment())
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=own["files"])
    parser.add_argument(
        "--engine", choices=("clickhouse",), default="clickhouse", help=own["engine"]
    )
    parser.add_argument("--kb", metavar="DIR|PACK", help=text["option.kb"])


def run(arguments: argparse.Namespace) -> int:
    """Print how many lines each symptom stands on; 0 when there are any, 1 otherwise."""
    text = load_texts("exports", language_of_environment())
    try:
        from chdb.session import Session
    except ImportError:
        fail(text["no-chdb"])
    from kbmatch.exports.clickhouse import statements

    with pack_or_fail(arguments.kb, language_of_environment()) as pack:
        prepared = list(statements(pack))
    session = Session()
    try:
        for statement in prepared:
            session.query(statement)
        for path in distinct(arguments.files):
            try:
                read_into(session, path)
            except OSError as error:
                fail(text["unreadable"].format(path=path, reason=error.strerror or error))
        shown = str(session.query("SELECT lines, symptom FROM kb_top", "TSV"))
    except RuntimeError as error:  # the engine's own failures: no memory, no disk
        fail(text["engine-failed"].format(reason=str(error).splitlines()[0]))
    finally:
        session.close()
    sys.stdout.write(shown)
    return 0 if shown else 1


def distinct(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield each file once, by whatever names it was given."""
    seen = set()
    for path in paths:
        place = path.resolve()
        if place not in seen:
            seen.add(place)
            yield path


def read_into(session: Any, path: Path) -> None:
    """Hand a log over in pieces of whole lines, in files whose names hold nothing special.

    Read here, it may be packed or in any encoding, and its name is never taken for a pattern.
    Raises OSError.
    """
    source = str(path).replace("\\", "\\\\").replace("'", "\\'")
    number = 0
    with path.open("rb") as file, tempfile.TemporaryDirectory(prefix="kbmatch-") as folder:
        target = Path(folder, "piece.txt")
        for piece in _pieces(utf8_blocks(read_blocks(file, BLOCK_BYTES))):
            target.write_bytes(piece)
            session.query(
                f"INSERT INTO kb_lines SELECT '{source}', {number} + rowNumberInAllBlocks() + 1, "
                f"line FROM file('{target}', 'LineAsString') SETTINGS max_threads = 1"
            )
            number += piece.count(b"\n")


def _pieces(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield whole lines in UTF-8, in pieces of a bounded size; a longer line is cut."""
    parts: list[bytes] = []
    size = 0
    for block in blocks:
        parts.append(block)
        size += len(block)
        if size >= PIECE_BYTES:
            joined = b"".join(parts)
            end = joined.rfind(b"\n") + 1 or len(joined)
            yield _as_utf8(joined[:end])
            parts, size = [joined[end:]], len(joined) - end
    if size:
        yield _as_utf8(b"".join(parts))


def _as_utf8(lines: bytes) -> bytes:
    return decode_utf8(lines).encode("utf-8", "replace")
