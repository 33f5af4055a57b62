"""The knowledge base of this repository, loaded and compiled once per test run."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kbmatch.knowledge.load import load_or_raise
from kbmatch.knowledge.model import Knowledge
from kbmatch.matching.compile import compile_pack
from kbmatch.matching.matcher import Matcher
from kbmatch.matching.pack import Pack

ROOT = Path(__file__).resolve().parents[1]
DIRECTORY = ROOT / "kb"
CASES = ROOT / "tests" / "cases"


@cache
def knowledge() -> Knowledge:
    return load_or_raise(DIRECTORY)


@cache
def pack_bytes() -> bytes:
    return compile_pack(knowledge())


@cache
def matcher() -> Matcher:
    return Matcher(Pack(pack_bytes(), "kb"))
