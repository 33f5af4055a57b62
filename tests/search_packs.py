"""Packs of real knowledge directories for the tests of search."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kbmatch.knowledge.load import load_or_raise
from kbmatch.matching.compile import compile_pack
from kbmatch.matching.pack import Pack

TESTS = Path(__file__).parent
KNOWLEDGE = TESTS.parent / "kb"


@cache
def printers() -> Pack:
    """Return the pack of the small knowledge base about printers."""
    return Pack(compile_pack(load_or_raise(TESTS / "printers")), "printers")


@cache
def registries() -> Pack:
    """Return the pack of the real knowledge."""
    return Pack(compile_pack(load_or_raise(KNOWLEDGE)), "kb")
