"""Where `kb validate` keeps what it has proved: beside the pack, else in the user's cache."""

from __future__ import annotations

import os
from pathlib import Path

from kbmatch.authoring.memory import as_bytes, recall
from kbmatch.knowledge.translations import write_atomically
from kbmatch.matching.proofs import Memory

from .packs import pack_paths

SUFFIX = ".proved"


def recalled(directory: Path) -> Memory | None:
    """Return what earlier runs proved about a knowledge directory."""
    return next((found for path in _paths(directory) if (found := recall(path))), None)


def remember(directory: Path, memory: Memory) -> None:
    """Keep what was proved for the next run, where that is possible."""
    for path in _paths(directory):
        try:
            content = as_bytes(memory)
            if not path.is_file() or path.read_bytes() != content:
                write_atomically(path, content)
            return
        except OSError:
            continue  # read-only, full, or an engine that is no files: the next place, or nowhere


def _paths(directory: Path) -> list[Path]:
    return [Path(path + SUFFIX) for path in pack_paths(os.path.abspath(directory))]  # noqa: PTH100
