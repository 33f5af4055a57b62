"""Checked knowledge to a pack: signatures, the gram index, and what an answer prints."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from kbmatch.knowledge.model import Knowledge, Symptom, Text
from kbmatch.knowledge.settings import Settings

from .language import Message, literal_runs, parse_message
from .normalise import fold_literal, normalise
from .pack import GRAM, PackWriter, dump, frame, gram_sections
from .reach import Widths, anchor_of
from .sharing import shared
from .stretches import Sought, gate_section, sought

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
    return Compiler().pack(knowledge)


def compile_matching(knowledge: Knowledge) -> bytes:
    """Return a pack that can match but has no pages: enough to check signatures."""
    return Compiler().matching(knowledge)


@dataclass(slots=True)
class _Part:
    """What one symptom adds to a pack; the lists go with its signatures."""

    symptom: Symptom
    number: int
    runs: list[tuple[str, ...]]
    records: list[bytes]
    sought: list[Sought]
    relations: bytes
    grams: list[bytes]
    """The gram chosen for each signature."""


class Compiler:
    """Makes packs; one that is kept makes again only what has changed since the last.

    That an entry is the same is told by identity, as `DocumentStore` gives it.
    """

    def __init__(self) -> None:
        self._settings: Settings | None = None
        self._parts: dict[str, _Part] = {}
        self._frequency: Counter[bytes] = Counter()
        self._frames: dict[tuple[str, str], tuple[tuple[object, ...], bytes]] = {}
        """By language and symptom, or by "" and document: what a record was made of, and it."""

    def pack(self, knowledge: Knowledge) -> bytes:
        """Return the whole pack of `knowledge`; see `compile_pack`."""
        writer = PackWriter(knowledge.source_hash)
        self._add_matching(writer, knowledge)
        kept, self._frames = self._frames, {}
        symptoms = knowledge.symptoms.values()
        for language in knowledge.settings.languages:
            frames = []
            for symptom in symptoms:
                key = (language, symptom.id)
                made_of = (symptom, knowledge.settings, *_shown_with(knowledge, symptom))
                found = kept.get(key)
                if found is None or found[0] != made_of:
                    found = (made_of, frame(dump(page(knowledge, symptom, language))))
                self._frames[key] = found
                frames.append(found[1])
            writer.add_frames(f"pages.{language}", frames)
        frames, keys = [], []
        for name, value in _documents(knowledge):
            key = ("", name)
            found = kept.get(key)
            if found is None or found[0] != (value,):
                found = ((value,), frame(dump(plain(value)), compress=True))
            self._frames[key] = found
            frames.append(found[1])
            keys.append(name)
        writer.add("documents.keys", dump(keys))
        writer.add_frames("documents", frames)
        return writer.to_bytes()

    def matching(self, knowledge: Knowledge) -> bytes:
        """Return a pack without pages; see `compile_matching`."""
        writer = PackWriter(knowledge.source_hash)
        self._add_matching(writer, knowledge)
        return writer.to_bytes()

    def _add_matching(self, writer: PackWriter, knowledge: Knowledge) -> None:
        if self._settings != knowledge.settings:
            self._settings = knowledge.settings
            self._parts.clear()
            self._frequency.clear()
        parts = self._renewed(knowledge)
        owners = enumerate(gram for part in parts for gram in part.grams)
        writer.add("settings", dump(_settings(knowledge)))
        sections = gram_sections((gram, number) for number, gram in owners)
        for name, content in zip(("filter", "hashes", "numbers"), sections, strict=True):
            writer.add(f"grams.{name}", content)
        writer.add(*gate_section(one for part in parts for one in part.sought))
        writer.add_frames("signatures", [record for part in parts for record in part.records])
        writer.add_frames("relations", [part.relations for part in parts])

    def _renewed(self, knowledge: Knowledge) -> list[_Part]:
        """Return the parts of all symptoms, each with its grams as the whole now asks for."""
        before, self._parts = self._parts, {}
        due: list[tuple[Symptom, int]] = []
        for number, symptom in enumerate(knowledge.symptoms.values()):
            part = before.get(symptom.id)
            if part is None or part.symptom is not symptom or part.number != number:
                due.append((symptom, number))
            else:
                self._parts[symptom.id] = before.pop(symptom.id)
        made = shared(lambda one: _signatures(knowledge, *one), due)
        fresh = [
            _Part(symptom, number, *those, _relations(symptom), [])
            for (symptom, number), those in zip(due, made, strict=True)
        ]
        self._parts.update((part.symptom.id, part) for part in fresh)
        self._parts = {id: self._parts[id] for id in knowledge.symptoms}
        changed: Counter[bytes] = Counter()
        for part in fresh:
            changed.update(gram for runs in part.runs for gram in _grams(runs))
        for part in before.values():
            changed.subtract(gram for runs in part.runs for gram in _grams(runs))
        self._frequency.update(changed)
        moved = {gram for gram, by in changed.items() if by}
        parts = list(self._parts.values())
        for part in parts:
            if not part.grams or any(not moved.isdisjoint(_grams(runs)) for runs in part.runs):
                part.grams = [_rarest_gram(runs, self._frequency) for runs in part.runs]
        return parts


_Signatures = tuple[list[tuple[str, ...]], list[bytes], list[Sought]]
"""Of each signature the runs of literal text, the record, and what the gate looks for."""


def _signatures(knowledge: Knowledge, symptom: Symptom, number: int) -> _Signatures:
    slots = knowledge.settings.slots
    runs, records, to_find = [], [], []
    for signature in symptom.signatures:
        message = parse_message(signature.message, slots, line=signature.line)
        record: dict[str, Any] = {
            "id": f"{symptom.id}/{signature.id}",
            "symptom": number,
            "message": signature.message,
            "needs": signature.needs,
            **matchable(message, signature.line),
        }
        anchor, literals = anchor_of(record["phrases"]), literal_runs(record["phrases"])
        widths = Widths(message.regex)
        record["reach"] = widths.reach(anchor)
        record["others"] = [
            [run, *widths.reach(run)] for run in dict.fromkeys(literals) if run != anchor
        ]
        pieces = in_lines(record["phrases"], signature.samples)
        if len(pieces) > len(record["phrases"]):
            record["pieces"] = pieces
        runs.append(literals)
        records.append(frame(dump(record)))
        to_find.append(sought(pieces, widths))
    return runs, records, to_find


def _relations(symptom: Symptom) -> bytes:
    relations = {
        "id": symptom.id,
        "wraps": list(symptom.wraps),
        "yields_to": list(symptom.yields_to),
    }
    return frame(dump(relations))


def _shown_with(knowledge: Knowledge, symptom: Symptom) -> Iterator[object]:
    """Yield the causes and solutions that an answer about a symptom prints."""
    for ranked in symptom.causes:
        cause = knowledge.causes[ranked.cause]
        yield cause
        if cause.solutions:
            yield knowledge.solutions[cause.solutions[0]]


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


def in_lines(phrases: list[str], samples: Iterable[str]) -> list[str]:
    """Return phrases cut where a sample goes on in a new line: a log's prefix may stand there."""
    cuts: list[set[int]] = [set() for _ in phrases]
    for sample in samples:
        if "\n" not in sample.strip():
            continue
        text = normalise(sample).text
        flat = text.replace("\n", " ")
        end = 0
        for phrase, cut in zip(phrases, cuts, strict=True):
            start = flat.find(phrase, end)
            if start >= 0:
                end = start + len(phrase)
                cut.update(m.start() for m in re.finditer("\n", text[start:end]))
    pieces = []
    for phrase, cut in zip(phrases, cuts, strict=True):
        edges = [0, *sorted(cut), len(phrase)]
        pieces += [phrase[low:high] for low, high in itertools.pairwise(edges)]
    return pieces


def _grams(runs: Iterable[str]) -> set[bytes]:
    """Return every gram of a signature's literal text."""
    contents = (run.encode() for run in runs)
    return {
        content[start : start + GRAM]
        for content in contents
        for start in range(len(content) - GRAM + 1)
    }


def _rarest_gram(runs: Iterable[str], frequency: Mapping[bytes, int]) -> bytes:
    """Choose the gram that the fewest signatures share and that is in no common word."""
    return min(_grams(runs), key=lambda gram: (gram in _COMMON, frequency[gram], gram))


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
        "origins": {name: _origin(knowledge, name) for name in knowledge.origins},
    }


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
                **({"shell": command.shell} if command and command.shell != "sh" else {}),
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
        **({"origin": _origin(knowledge, symptom.origin)[language]} if symptom.origin else {}),
    }


def _origin(knowledge: Knowledge, origin: str) -> Mapping[str, str]:
    """Return the title of the overlay that an entry comes from, in every language."""
    titles = knowledge.origins.get(origin)
    plain_title = dict.fromkeys(knowledge.settings.languages, origin)
    return {**plain_title, **titles.values} if titles else plain_title


def _documents(knowledge: Knowledge) -> Iterator[tuple[str, Any]]:
    """Yield every document, so that a pack can stand in for the YAML."""
    yield "settings", knowledge.settings
    for kind in ("symptoms", "causes", "solutions", "links"):
        entries: Mapping[str, Any] = getattr(knowledge, kind)
        for key, entry in entries.items():
            yield f"{kind}/{key}", entry
    yield "glossary", knowledge.glossary
    yield "tables", knowledge.tables


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
