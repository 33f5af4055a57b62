"""Everything there is to say about a knowledge base, in one run."""

from __future__ import annotations

import os
from collections.abc import Iterable

from . import (
    rules_commands,
    rules_identity,
    rules_layout,
    rules_references,
    rules_texts,
    translations,
)
from .load import LoadResult, read_knowledge
from .problems import errors, in_order
from .rules import Memo, Rule, run_rules
from .store import DocumentStore

RULES: tuple[Rule, ...] = (
    *rules_identity.RULES,
    *rules_references.RULES,
    *rules_references.ORPHANS,
    *rules_commands.RULES,
    *rules_texts.RULES,
    *rules_layout.RULES,
    *translations.RULES,
)


def validate(
    directory: str | os.PathLike[str],
    extra_rules: Iterable[Rule] = (),
    *,
    store: DocumentStore | None = None,
    memo: Memo | None = None,
) -> LoadResult:
    """Read a knowledge directory and apply every rule, plus those of other parts of the program.

    Extra rules get the draft, in which a broken entry has empty texts and lists. Who validates the
    same directory again passes the same `store` and `memo` each time.
    """
    result = read_knowledge(directory, store)
    found = run_rules((*RULES, *extra_rules), result.draft, result.documents, memo)
    problems = in_order((*result.problems, *found))
    knowledge = None if errors(problems) else result.draft
    return LoadResult(knowledge, problems, result.draft, result.documents, result.directories)
