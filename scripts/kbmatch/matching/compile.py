"""Checked knowledge to a pack: signatures, the gram index, and what an answer prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from kbmatch.knowledge.model import Knowledge, Symptom, Text

from .language import Message, literal_runs, parse_message
from .normalise import fold_literal
from .pack import GRAM, PackWriter, dump, gram_sections

# Words so frequent in any log that a gram of theirs would make every line a candidate.
_COMMON = (
    b"error failed failure message connection connect request response status container "
    b"image docker registry server warning information unable cannot could because please "
    b"https: http: true false null name level info msg= time= "
)


def compile_pack(knowledge: Knowledge) -> bytes:
    """Return the pack of `knowledge`. Equal knowledge gives equal bytes.

    Raises MessageError when a message can't be compiled; checked knowledge has none.
    """
    writer = PackWriter(knowledge.source_hash)
    _add_matching(writer, knowledge)
    symptoms = knowledge.symptoms.values()
    for language in knowledge.settings.languages:
        writer.add_records(
            f"pages.{language}", (dump(page(knowledge, symptom, language)) for symptom in symptoms)
        )
    documents = list(_documents(knowledge))
    writer.add("documents.keys", dump([key for key, _ in documents]))
    writer.add_records("documents", (dump(value) for _, value in documents), compress=True)
    return writer.to_bytes()


def compile_matching(knowledge: Knowledge) -> bytes:
    """Return a pack that can match but has no pages: enough to check signatures."""
    writer = PackWriter(knowledge.source_hash)
    _add_matching(writer, knowledge)
    return writer.to_bytes()


def _add_matching(writer: PackWriter, knowledge: Knowledge) -> None:
    symptoms = list(knowledge.symptoms.values())
    compiled = list(_signatures(knowledge, symptoms))
    runs = [literal_runs(record["phrases"]) for record in compiled]
    frequency = _gram_frequency(runs)
    owners = [(_rarest_gram(own, frequency), number) for number, own in enumerate(runs)]
    writer.add("settings", dump(_settings(knowledge)))
    for name, content in zip(("filter", "hashes", "numbers"), gram_sections(owners), strict=True):
        writer.add(f"grams.{name}", content)
    writer.add_records("signatures", (dump(record) for record in compiled))
    writer.add_records("relations", (dump(_relations(symptom)) for symptom in symptoms))


def _signatures(knowledge: Knowledge, symptoms: list[Symptom]) -> Iterator[dict[str, Any]]:
    slots = knowledge.settings.slots
    for number, symptom in enumerate(symptoms):
        for signature in symptom.signatures:
            message = parse_message(signature.message, slots, line=signature.line)
            yield {
                "id": f"{symptom.id}/{signature.id}",
                "symptom": number,
                "message": signature.message,
                "needs": signature.needs,
                **matchable(message, signature.line),
            }


def matchable(message: Message, line: str = "anywhere") -> dict[str, Any]:
    """Return the part of a signature record that the matcher runs on."""
    phrases = list(message.phrases)
    if line == "whole" and len(phrases) == 1:
        phrases = [f" {phrases[0].strip()} "]
    return {
        "regex": message.regex,
        "groups": list(message.groups),
        "free": list(message.free_groups),
        "phrases": phrases,
    }


def _grams(literal: str) -> Iterator[bytes]:
    content = literal.encode()
    for start in range(len(content) - GRAM + 1):
        yield content[start : start + GRAM]


def _gram_frequency(literals: Iterable[tuple[str, ...]]) -> Counter[bytes]:
    frequency: Counter[bytes] = Counter()
    for runs in literals:
        frequency.update({gram for run in runs for gram in _grams(run)})
    return frequency


def _rarest_gram(literals: tuple[str, ...], frequency: Counter[bytes]) -> bytes:
    """Choose the gram that the fewest signatures share and that is in no common word."""
    candidates = (gram for run in literals for gram in _grams(run))
    return min(candidates, key=lambda gram: (gram in _COMMON, frequency[gram], gram))


def _settings(knowledge: Knowledge) -> dict[str, Any]:
    settings = knowledge.settings
    slots = settings.slots
    derivations = []
    for derivation in settings.derivations:
        message = parse_message(derivation.template, slots, template=True)
        derivations.append({"from": derivation.from_slot, **matchable(message)})
    harvest = [
        matchable(parse_message(template, slots, template=True)) for template in settings.harvest
    ]
    return {
        "languages": list(settings.languages),
        "title": dict(settings.title.values),
        "report": dict(settings.report.values) if settings.report else {},
        "contexts": {
            name: {
                "any": [fold_literal(term) for term in context.any],
                "proof": [fold_literal(term) for term in context.proof],
                "alone": context.alone,
            }
            for name, context in settings.contexts.items()
        },
        "foreign": [fold_literal(term) for term in settings.foreign],
        "derivations": derivations,
        "harvest": harvest,
        "examples": {name: slot.example for name, slot in slots.items()},
    }


def _relations(symptom: Symptom) -> dict[str, Any]:
    return {"id": symptom.id, "wraps": list(symptom.wraps), "yields_to": list(symptom.yields_to)}


def page(knowledge: Knowledge, symptom: Symptom, language: str) -> dict[str, Any]:
    """Return what an answer prints of a symptom in one language."""
    fixers = {f.id: f.title[language] for f in knowledge.settings.fixers}
    causes = []
    for ranked in symptom.causes:
        cause = knowledge.causes[ranked.cause]
        command = cause.check.commands[0] if cause.check.commands else None
        solution = knowledge.solutions[cause.solutions[0]] if cause.solutions else None
        causes.append(
            {
                "id": cause.id,
                "title": cause.title[language],
                "who": fixers[cause.who],
                "check": command.run if command else "",
                "tells": cause.check.text[language],
                "yours": cause.check.if_yours.output or "",
                "yours_means": cause.check.if_yours.meaning[language],
                "fix": solution.title[language] if solution else "",
            }
        )
    return {
        "id": symptom.id,
        "title": symptom.title[language],
        "summary": symptom.summary[language],
        "causes": causes,
        **({"origin": symptom.origin} if symptom.origin else {}),
    }


def _documents(knowledge: Knowledge) -> Iterator[tuple[str, Any]]:
    """Yield every document as plain values, so that a pack can stand in for the YAML."""
    yield "settings", plain(knowledge.settings)
    for kind in ("symptoms", "causes", "solutions", "links"):
        entries: Mapping[str, Any] = getattr(knowledge, kind)
        for key, entry in entries.items():
            yield f"{kind}/{key}", plain(entry)
    yield "glossary", plain(knowledge.glossary)
    yield "tables", plain(knowledge.tables)


def plain(value: Any) -> Any:
    """Return a model value as dicts, lists and strings, leaving out what has its default."""
    if isinstance(value, Text):
        return dict(value.values)
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: plain(item)
            for field in fields(value)
            if (item := getattr(value, field.name)) not in (None, (), "") or field.name == "id"
        }
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value
