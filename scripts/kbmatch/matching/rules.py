"""Rules about signatures: each compiles, matches its samples and nothing it should not match."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kbmatch.knowledge.decode import closest
from kbmatch.knowledge.documents import Document, Documents
from kbmatch.knowledge.model import Knowledge
from kbmatch.knowledge.problems import Problem, problem
from kbmatch.knowledge.rules import CheckRule, DocumentRule, Rule, RuleSet

from .language import SLOT_CLASSES, MessageError, is_common, parse_message
from .normalise import fold_literal
from .proofs import Proofs, signature_problem

RULES = RuleSet()


@RULES.each("KB501", "symptom")
def messages_compile(
    document: Document, knowledge: Knowledge, documents: Documents
) -> Iterator[Problem]:
    """A message of the language, with a rare literal, matched in linear time."""
    for index, signature in enumerate(document.entry.signatures):
        try:
            message = parse_message(
                signature.message, knowledge.settings.slots, line=signature.line
            )
        except MessageError as error:
            if error.slot:
                continue  # said once, where the slot is used (KB301) or declared (KB104)
            at = document.position("signatures", index, "message")
            yield signature_problem("KB501", at, error.reason)
            continue
        if signature.needs is None and signature.line != "whole" and is_common(message):
            at = document.position("signatures", index, "message")
            yield signature_problem("KB501", at, "common")


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
            if error.slot:
                continue
            (document,) = documents.of_kind("settings")[:1]
            yield signature_problem("KB502", document.position(*path), error.reason)


@RULES.rule("KB503", "KB504", "KB505", "KB506")
def signatures_prove_themselves(knowledge: Knowledge, documents: Documents) -> Iterator[Problem]:
    """Samples match, near misses and good logs don't, and nobody matches another's sample."""
    yield from Proofs().problems(knowledge, documents)


@RULES.each("KB104", "settings", "overlay")
def slots_have_types(
    document: Document, knowledge: Knowledge, documents: Documents
) -> Iterator[Problem]:
    """The type of a slot is one the matcher knows, and its example is a value of that type."""
    for name, slot in getattr(document.entry, "slots", {}).items():
        at = ("slots", name)
        if slot.type not in SLOT_CLASSES:
            if not slot.type:
                continue
            close = closest(slot.type, SLOT_CLASSES)
            yield problem(
                "KB104",
                document.position(*at, "type"),
                "close" if close else "",
                key=f"slots.{name}.type",
                value=slot.type,
                close=close,
                choices=", ".join(SLOT_CLASSES),
            )
        elif slot.example and not fits(slot.example, slot.type):
            where = document.position(*at, "example")
            yield signature_problem("KB507", where, example=slot.example, type=slot.type)
        elif slot.example and slot.suffixes and not slot.example.lower().endswith(slot.suffixes):
            where = document.position(*at, "example")
            yield signature_problem("KB507", where, "suffix", example=slot.example)


def fits(value: str, type: str) -> bool:
    """Whether a slot of a type can hold a value."""
    return re.fullmatch(SLOT_CLASSES[type], fold_literal(value)) is not None


def rules_with(proofs: Proofs) -> list[Rule]:
    """Return the rules for somebody who validates again and again, with proofs that are kept."""

    def messages_compile_or_did(
        document: Document, knowledge: Knowledge, documents: Documents
    ) -> Iterator[Problem]:
        if not proofs.knows(document, documents):
            found = list(messages_compile(document, knowledge, documents))
            if found:
                proofs.distrust(document)
            yield from found

    kept: dict[str, Rule] = {
        "KB501": DocumentRule("KB501", messages_compile_or_did, ("symptom",)),
        "KB503": CheckRule("KB503", proofs.problems, ("KB504", "KB505", "KB506")),
    }
    return [kept.get(rule.code, rule) for rule in RULES]
