"""Rules about signatures: each compiles, matches its samples and nothing it should not match."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kbmatch.knowledge.documents import Documents
from kbmatch.knowledge.model import Knowledge, Position, Signature, Symptom
from kbmatch.knowledge.problems import Problem, worded
from kbmatch.knowledge.rules import RuleSet

from .answer import answer
from .compile import compile_matching
from .language import MessageError, parse_message
from .matcher import Matcher
from .normalise import normalise
from .pack import Pack
from .precedence import Relations as PackRelations
from .precedence import drop_contained

RULES = RuleSet()
DOMAIN = "signature_rules"


def _problem(code: str, position: Position, **values: object) -> Problem:
    return worded(DOMAIN, code, position, "", values)


def _signatures(knowledge: Knowledge) -> Iterator[tuple[Symptom, int, Signature]]:
    for symptom in knowledge.symptoms.values():
        for index, signature in enumerate(symptom.signatures):
            yield symptom, index, signature


@RULES.rule("KB501")
def messages_compile(knowledge: Knowledge, documents: Documents) -> Iterator[Problem]:
    """A message of the language, with a rare literal, matched in linear time."""
    for symptom, index, signature in _signatures(knowledge):
        try:
            parse_message(signature.message, knowledge.settings.slots, line=signature.line)
        except MessageError as error:
            at = documents.position("symptom", symptom.id, "signatures", index, "message")
            yield _problem("KB501", at, reason=error.reason, column=error.offset + 1)


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
            yield _problem("KB502", document.position(*path), reason=error.reason)


@RULES.rule("KB503", "KB504", "KB505", "KB506")
def signatures_prove_themselves(knowledge: Knowledge, documents: Documents) -> Iterator[Problem]:
    """Samples match, near misses and good logs don't, and nobody matches another's sample."""
    usable = _usable(knowledge)
    if not usable.settings.slots or not usable.symptoms:
        return
    matcher = Matcher(Pack(compile_matching(usable), "knowledge"))
    numbers = {s.id: n for n, s in enumerate(usable.symptoms.values())}
    prover = _Prover(usable, matcher, numbers, documents)
    for symptom, index, signature in _signatures(usable):
        yield from prover.samples(symptom, index, signature)
        yield from prover.near_misses(symptom, index, signature)
    yield from prover.good_logs()


def _usable(knowledge: Knowledge) -> Knowledge:
    """Return the knowledge with only signatures that compile and contexts that exist."""
    settings = knowledge.settings
    symptoms = {}
    for symptom in knowledge.symptoms.values():
        kept = []
        for signature in symptom.signatures:
            try:
                parse_message(signature.message, settings.slots, line=signature.line)
            except MessageError:
                continue
            if signature.needs is None or signature.needs in settings.contexts:
                kept.append(signature)
        symptoms[symptom.id] = replace(symptom, signatures=tuple(kept))
    return replace(
        knowledge, symptoms=symptoms, settings=replace(settings, harvest=(), derivations=())
    )


class _Prover:
    def __init__(
        self,
        knowledge: Knowledge,
        matcher: Matcher,
        numbers: dict[str, int],
        documents: Documents,
    ) -> None:
        self.knowledge = knowledge
        self.matcher = matcher
        self.ids = list(numbers)
        self.documents = documents
        self.relations = {
            number: PackRelations(s.id, s.wraps, s.yields_to)
            for number, s in enumerate(knowledge.symptoms.values())
        }

    def _at(self, symptom: Symptom, index: int, signature: Signature, *path: str | int) -> Position:
        original = self._index_in_file(symptom, signature)
        return self.documents.position("symptom", symptom.id, "signatures", original, *path)

    def _index_in_file(self, symptom: Symptom, signature: Signature) -> int:
        entry = self.documents.of("symptom", symptom.id).entry
        return next(n for n, s in enumerate(entry.signatures) if s is signature)

    def samples(self, symptom: Symptom, index: int, signature: Signature) -> Iterator[Problem]:
        """Each sample matches its own signature, and no undeclared other symptom."""
        name = f"{symptom.id}/{signature.id}"
        for place, sample in enumerate(signature.samples):
            hits = self.matcher.hits(normalise(sample))
            at = self._at(symptom, index, signature, "samples", place)
            if name not in {self.matcher.signature(hit.signature).id for hit in hits}:
                yield _problem("KB503", at, signature=signature.id, message=signature.message)
                continue
            kept = drop_contained(hits, self.relations)
            others = {self.ids[hit.symptom] for hit in kept} - {symptom.id}
            for other in sorted(others):
                if not self._declared(symptom, self.knowledge.symptoms[other]):
                    guilty = next(h for h in kept if self.ids[h.symptom] == other)
                    by = self.matcher.signature(guilty.signature).id
                    yield _problem("KB505", at, other=other, signature=by)

    def near_misses(self, symptom: Symptom, index: int, signature: Signature) -> Iterator[Problem]:
        """No near miss matches the signature it is a near miss of."""
        name = f"{symptom.id}/{signature.id}"
        for place, text in enumerate(signature.near_misses):
            hits = self.matcher.hits(normalise(text))
            if name in {self.matcher.signature(hit.signature).id for hit in hits}:
                at = self._at(symptom, index, signature, "near_misses", place)
                yield _problem("KB504", at, signature=signature.id, message=signature.message)

    def _declared(self, one: Symptom, other: Symptom) -> bool:
        """Whether one of the two says that it meets the other."""

        def names(symptom: Symptom) -> set[str]:
            alike = {look.id for look in symptom.look_alikes}
            return {*symptom.wraps, *symptom.yields_to, *alike}

        mine, theirs = names(one), names(other)
        return other.id in mine or one.id in theirs or "*" in mine | theirs

    def good_logs(self) -> Iterator[Problem]:
        """Nothing matches in the logs of healthy systems."""
        for document in self.documents.of_kind("settings"):
            for place, folder in enumerate(self.knowledge.settings.good_logs):
                root = (document.file.parent / folder).resolve()
                at = document.position("good_logs", place)
                for path in sorted(root.glob("**/*.log")):
                    text = path.read_text("utf-8", errors="replace")
                    for found in answer(text, self.matcher, "en", titles=False).found:
                        yield _problem(
                            "KB506",
                            at,
                            signature=found.signature,
                            path=path.name,
                            line=found.line,
                            text=found.text,
                        )
