"""A Hyperscan database for a set of expressions, compiled once per machine.

Compiling takes longer than reading a gigabyte's fifth, so the compiled form is kept in the user's
cache under the hash of everything it depends on. It is only ever a shortcut: Hyperscan itself
refuses a file of another version, of another kind of processor or with a wrong checksum, a file
that somebody else could have written is not opened, and after any failure the expressions are
compiled.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import version
from platform import machine
from typing import Any

import hyperscan

FILES_KEPT = 8
"""Databases of earlier packs are removed beyond this many."""
_SUFFIX = ".hsdb"


def open_database(expressions: Sequence[bytes]) -> Any:
    """Return the database whose pattern ids are the places in `expressions`, in any case."""
    path = os.path.join(cache_directory(), _key(expressions) + _SUFFIX)
    found = _load(path)
    if found is not None:
        return found
    compiled = _compile(expressions)
    _keep(path, compiled)
    return compiled


def cache_directory() -> str:
    """Return the directory of compiled databases, below the user's cache."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(home, "kbmatch", "hyperscan")


def _compile(expressions: Sequence[bytes]) -> Any:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    count = len(expressions)
    database.compile(
        expressions=list(expressions),
        ids=list(range(count)),
        flags=[hyperscan.HS_FLAG_CASELESS] * count,
        elements=count,
    )
    return database


def _key(expressions: Sequence[bytes]) -> str:
    digest = sha256(f"{version('hyperscan')} {machine()}".encode())
    for expression in expressions:
        digest.update(b"%d:" % len(expression))
        digest.update(expression)
    return digest.hexdigest()[:40]


def _load(path: str) -> Any:
    """Return a kept database, or None where there is none that can be trusted."""
    try:
        with open(path, "rb") as file:
            state = os.fstat(file.fileno())
            if not _is_own(state):
                return None
            content = file.read()
        database = hyperscan.loadb(content, hyperscan.HS_MODE_BLOCK)
        database.scratch = hyperscan.Scratch(database)
        return database
    except (OSError, MemoryError, hyperscan.HyperscanError):
        return None


def _is_own(state: os.stat_result) -> bool:
    """Whether a file is ours alone to write, where the system can tell."""
    if not hasattr(os, "getuid"):
        return True
    return state.st_uid == os.getuid() and not state.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _keep(path: str, database: Any) -> None:
    """Write a database for the next run; a cache that can't be written is none."""
    from tempfile import mkstemp

    directory = os.path.dirname(path)
    try:
        os.makedirs(directory, mode=0o700, exist_ok=True)
        if not _is_own(os.stat(directory)):
            return
        handle, temporary = mkstemp(dir=directory, prefix=".new-")
        with os.fdopen(handle, "wb") as file:
            file.write(hyperscan.dumpb(database))
        os.replace(temporary, path)
        _forget_old(directory)
    except (OSError, hyperscan.HyperscanError):
        return


def _forget_old(directory: str) -> None:
    with os.scandir(directory) as entries:
        kept = [entry for entry in entries if entry.name.endswith(_SUFFIX)]
    kept.sort(key=lambda entry: entry.stat().st_mtime, reverse=True)
    for entry in kept[FILES_KEPT:]:
        os.unlink(entry.path)
