"""What a rule is: a stable code and a check that yields problems.

Each rule's title, reason, wording and examples stand in `texts/<language>/rules.json` under its
code; the authoring guide is made from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from kbmatch import texts

from .documents import Documents
from .model import Knowledge
from .problems import WARNING_CODES, Problem

Check = Callable[[Knowledge, Documents], Iterator[Problem]]


class Rule(Protocol):
    """Something that looks at a whole knowledge base and yields what is wrong with it."""

    @property
    def code(self) -> str: ...

    def check(self, knowledge: Knowledge, documents: Documents) -> Iterator[Problem]: ...


@dataclass(frozen=True, slots=True)
class CheckRule:
    """A rule made from a function; `code` is its first code where it reports several."""

    code: str
    function: Check
    also: tuple[str, ...] = ()

    def check(self, knowledge: Knowledge, documents: Documents) -> Iterator[Problem]:
        return self.function(knowledge, documents)


class RuleSet(list[CheckRule]):
    """The rules of one topic, filled by decorating functions."""

    def rule(self, code: str, *also: str) -> Callable[[Check], Check]:
        """Register the decorated function as the rule with this code."""

        def register(function: Check) -> Check:
            self.append(CheckRule(code, function, also))
            return function

        return register


def run_rules(
    rules: Iterable[Rule], knowledge: Knowledge, documents: Documents
) -> Iterator[Problem]:
    """Yield the problems of all rules."""
    for rule in rules:
        yield from rule.check(knowledge, documents)


@dataclass(frozen=True, slots=True)
class RulePage:
    """What the authoring guide says about one rule."""

    code: str
    severity: str
    title: str
    why: str
    bad: str
    good: str


def rule_pages(language: str, domains: Iterable[str] = ("rules",)) -> tuple[RulePage, ...]:
    """Return every rule in order of its code, described in `language`.

    `domains` names the text files that describe rules; examples are the same in every language
    and stand in English only.
    """
    pages = []
    for domain in domains:
        english: Mapping[str, str] = texts.load(domain, "en")
        wording: Mapping[str, str] = {**english, **texts.load(domain, language)}
        for key in english:
            code, _, part = key.partition(".")
            if part == "title":
                pages.append(
                    RulePage(
                        code,
                        "warning" if code in WARNING_CODES else "error",
                        wording[key],
                        wording[f"{code}.why"],
                        wording[f"{code}.bad"],
                        wording[f"{code}.good"],
                    )
                )
    return tuple(sorted(pages, key=lambda page: page.code))
