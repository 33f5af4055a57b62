"""`kb scan`: find known errors in logs with another engine, for those who run one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kbmatch.cli.common import fail, language_of_environment
from kbmatch.texts import load as load_texts

from .export import read_knowledge


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments."""
    own = load_texts("exports", language_of_environment())
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=own["files"])
    parser.add_argument(
        "--engine", choices=("clickhouse",), default="clickhouse", help=own["engine"]
    )
    parser.add_argument("--kb", metavar="DIR", help=own["kb"])


def run(arguments: argparse.Namespace) -> int:
    """Print how many lines each symptom stands on; 0 when there are any, 1 otherwise."""
    text = load_texts("exports", language_of_environment())
    try:
        from chdb.session import Session
    except ImportError:
        fail(text["no-chdb"])
    knowledge = read_knowledge(arguments.kb, text)
    from kbmatch.exports.clickhouse import statements

    session = Session()
    try:
        for statement in statements(knowledge):
            session.query(statement)
        for path in arguments.files:
            if not path.is_file():
                fail(text["no-file"].format(path=path))
            _read_into(session, path)
        shown = str(session.query("SELECT lines, symptom FROM kb_top", "TSV"))
    finally:
        session.close()
    sys.stdout.write(shown)
    return 0 if shown else 1


def _read_into(session: Any, path: Path) -> None:
    source = str(path.resolve()).replace("\\", "\\\\").replace("'", "\\'")
    session.query(
        "INSERT INTO kb_lines SELECT _path, rowNumberInAllBlocks(), line "
        f"FROM file('{source}', 'LineAsString')"
    )
