"""The texts of tests/cases, for tests that ask the same question of every one of them."""

from __future__ import annotations

import json
from functools import cache

from real_knowledge import CASES


@cache
def case_texts() -> tuple[str, ...]:
    """Return every text, errors and others, in the order of the files."""
    return tuple(
        json.loads(line)["text"]
        for path in sorted(CASES.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
        if line.strip()
    )
