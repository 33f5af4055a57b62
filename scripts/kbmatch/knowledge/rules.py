"""What a rule is: a stable code and a check that yields problems.

Most rules look at one document at a time (`RuleSet.each`); what they said of a document holds until
it changes, so whoever validates again and again keeps that in a `Memo`. Each rule's title, reason,
wording and examples stand in `texts/<language>/rules.json` under its code; the authoring guide is
made from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from kbmatch import texts

from .documents import Document, Documents
from .model import Knowledge
from .problems import WARNING_CODES, Problem

Check = Callable[[Knowledge, Documents], Iterator[Problem]]
DocumentCheck = Callable[[Document, Knowledge, Documents], Iterator[Problem]]


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


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """A rule about documents of some kinds, each by itself.

    What it says depends on the document, the settings and the glossary, and on nothing else.
    """

    code: str
    function: DocumentCheck
    kinds: tuple[str, ...] = ()
    """Which documents it looks at; all of them when empty."""

    def documents(self, documents: Documents) -> Iterable[Document]:
        """Return the documents that this rule looks at."""
        return documents.of_kind(*self.kinds) if self.kinds else documents

    def check(self, knowledge: Knowledge, documents: Documents) -> Iterator[Problem]:
        for document in self.documents(documents):
            yield from self.function(document, knowledge, documents)


class Memo:
    """What rules said of each document, for as long as the document stays the same."""

    def __init__(self) -> None:
        self._about: object = None
        self._said: dict[str, dict[int, tuple[Document, tuple[Problem, ...]]]] = {}

    def begin(self, knowledge: Knowledge, documents: Documents) -> None:
        """Forget everything when what all rules depend on has changed."""
        about = (
            knowledge.settings,
            knowledge.glossary,
            documents.settings_known,
            documents.languages,
        )
        if about != self._about:
            self._about = about
            self._said.clear()

    def check(
        self, rule: DocumentRule, knowledge: Knowledge, documents: Documents
    ) -> Iterator[Problem]:
        """Yield a rule's problems, asking it only about documents it has not seen."""
        before = self._said.get(rule.code, {})
        now: dict[int, tuple[Document, tuple[Problem, ...]]] = {}
        for document in rule.documents(documents):
            kept = before.get(id(document))
            if kept is None:
                kept = (document, tuple(rule.function(document, knowledge, documents)))
            now[id(document)] = kept
            yield from kept[1]
        self._said[rule.code] = now


class RuleSet(list[Rule]):
    """The rules of one topic, filled by decorating functions."""

    def rule(self, code: str, *also: str) -> Callable[[Check], Check]:
        """Register the decorated function as the rule with this code."""

        def register(function: Check) -> Check:
            self.append(CheckRule(code, function, also))
            return function

        return register

    def each(self, code: str, *kinds: str) -> Callable[[DocumentCheck], DocumentCheck]:
        """Register the decorated function as a rule about each document of these kinds."""

        def register(function: DocumentCheck) -> DocumentCheck:
            self.append(DocumentRule(code, function, kinds))
            return function

        return register


def run_rules(
    rules: Iterable[Rule], knowledge: Knowledge, documents: Documents, memo: Memo | None = None
) -> Iterator[Problem]:
    """Yield the problems of all rules; with a `memo`, documents seen before are not read again."""
    if memo is not None:
        memo.begin(knowledge, documents)
    for rule in rules:
        if memo is not None and isinstance(rule, DocumentRule):
            yield from memo.check(rule, knowledge, documents)
        else:
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
