"""A knowledge directory that somebody is working on: looked at again and again, cheaply.

Reading, rules, proofs and the pack each keep what they made of an entry until it changes, so that
a look after one saved file costs what that file touches, however large the knowledge is.
"""

from __future__ import annotations

import os
from pathlib import Path

from kbmatch.knowledge.fingerprint import fingerprint
from kbmatch.knowledge.load import LoadResult
from kbmatch.knowledge.model import Knowledge
from kbmatch.knowledge.rules import Memo
from kbmatch.knowledge.store import DocumentStore
from kbmatch.knowledge.validate import validate
from kbmatch.matching.compile import Compiler
from kbmatch.matching.proofs import Proofs
from kbmatch.matching.rules import rules_with


class Workspace:
    """One knowledge directory with everything that is kept between two looks at it."""

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self.directory = Path(directory)
        self._store = DocumentStore()
        self._memo = Memo()
        self._rules = rules_with(Proofs())
        self._compiler = Compiler()
        self._directories: tuple[Path, ...] = (self.directory,)

    def look(self) -> LoadResult:
        """Return what the directory holds now, with every problem, as `validate` would."""
        result = validate(self.directory, self._rules, store=self._store, memo=self._memo)
        self._directories = result.directories
        return result

    def pack(self, knowledge: Knowledge) -> bytes:
        """Return the pack of what was seen, as `compile_pack` would."""
        return self._compiler.pack(knowledge)

    def fingerprint(self) -> str:
        """Return a text that differs once a file of the directory or its overlays has changed."""
        return fingerprint(*self._directories)
