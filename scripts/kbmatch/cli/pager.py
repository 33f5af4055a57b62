"""A long page on a terminal goes through the reader's pager, as manual pages do."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys

DEFAULT = "less"
LESS = "FRX"
"""Leave at once where all fits, show colours, keep the page on the screen afterwards."""


def show(page: str) -> None:
    """Print a page, through $PAGER where it is longer than the terminal."""
    command = _pager() if _is_too_long(page) else []
    if command:
        environment = {**os.environ, "LESS": os.environ.get("LESS", LESS)}
        encoding = sys.stdout.encoding or "utf-8"
        try:
            subprocess.run(command, input=page.encode(encoding, "replace") + b"\n", env=environment)
            return
        except OSError:
            pass  # no such pager: print
    print(page)


def _is_too_long(page: str) -> bool:
    if not sys.stdout.isatty() or not sys.stdin or not sys.stdin.isatty():
        return False
    try:
        return page.count("\n") + 1 >= os.get_terminal_size(sys.stdout.fileno()).lines
    except OSError:
        return False


def _pager() -> list[str]:
    given = os.environ.get("PAGER")
    if given is None:
        return [DEFAULT] if shutil.which(DEFAULT) else []
    try:
        return shlex.split(given)
    except ValueError:
        return []
