"""Rules about signatures: each compiles, matches its samples and nothing it should not match."""

from __future__ import annotations

from collections.abc import Iterator

from kbmatch.knowledge.documents import Document, Documents
from kbmatch.knowledge.model import Knowledge
from kbmatch.knowledge.problems import Problem
from kbmatch.knowledge.rules import CheckRule, Rule, RuleSet

from .language import MessageError, parse_message
from .proofs import Proofs, signature_problem

RULES = RuleSet()


@RULES.each("KB501", "symptom")
def messages_compile(
    document: Document, knowledge: Knowledge, documents: Documents
) -> Iterator[Problem]:
    """A message of the language, with a rare literal, matched in linear time."""
    for index, signature in enumerate(document.entry.signatures):
        try:
            parse_message(signature.message, knowledge.settings.slots, line=signature.line)
        except MessageError as error:
            at = document.position("signatures", index, "message")
            reason, column = error.reason, error.offset + 1
            yield signature_problem("KB501", at, reason=reason, column=column)


@RULES.rule("KB502")
def templates_compile(knowledge: Knowledge, documents: Documents) -> Iterator[Problem]:
    """The templates of kb.yaml that read values out of text are messages too."""
    settings = knowledge.settings
    places = [
        *((("harvest", n), text) for n, text in enumerate(settings.harvest)),
        *((("derivations", n, "template"), d.template) for n, d in enumerate(settings.derivations)),
    ]
    for path, template in places:
        try:
            parse_message(template, settings.slots, template=True)
        except MessageError as error:
            (document,) = documents.of_kind("settings")[:1]
            yield signature_problem("KB502", document.position(*path), reason=error.reason)


@RULES.rule("KB503", "KB504", "KB505", "KB506")
def signatures_prove_themselves(knowledge: Knowledge, documents: Documents) -> Iterator[Problem]:
    """Samples match, near misses and good logs don't, and nobody matches another's sample."""
    yield from Proofs().problems(knowledge, documents)


def rules_with(proofs: Proofs) -> list[Rule]:
    """Return the rules for somebody who validates again and again, with proofs that are kept."""
    kept = CheckRule("KB503", proofs.problems, ("KB504", "KB505", "KB506"))
    return [kept if rule.code == "KB503" else rule for rule in RULES]
