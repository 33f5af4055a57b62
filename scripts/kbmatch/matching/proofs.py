"""Whether signatures prove themselves: samples match, near misses and good logs stay silent.

What was found out about a symptom holds until the symptom changes, or one whose signatures also
match its samples, or a new signature comes that does. So who validates again and again keeps one
`Proofs`, and pays only for what has changed; from one run to the next a `Memory` is kept.
"""

from __future__ import annotations

import builtins
import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from pathlib import Path

from kbmatch.knowledge.documents import Document, Documents
from kbmatch.knowledge.model import Knowledge, Position, Signature, Symptom
from kbmatch.knowledge.problems import Problem, worded
from kbmatch.knowledge.settings import Settings

from .answer import answer
from .compile import Compiler
from .language import MessageError, parse_message
from .matcher import Hit, Matcher
from .normalise import NormalText, normalise
from .pack import Pack
from .precedence import Relations, drop_contained
from .sharing import shared

DOMAIN = "signature_rules"


def signature_problem(
    code: str,
    position: Position,
    variant: str = "",
    **values: object,
) -> Problem:
    """Return a problem worded in this package's texts."""
    return worded(DOMAIN, code, position, variant, values)


class _Samples:
    """The samples of a symptom, brought to normal form when somebody asks."""

    def __init__(self, symptom: Symptom) -> None:
        self._symptom = symptom
        self._texts: tuple[NormalText, ...] | None = None

    def __iter__(self) -> Iterator[NormalText]:
        if self._texts is None:
            signatures = self._symptom.signatures
            self._texts = tuple(normalise(text) for s in signatures for text in s.samples)
        return iter(self._texts)


@dataclass(frozen=True, slots=True)
class Memory:
    """What was proved in an earlier run: symptoms without any fault, and logs that were silent."""

    settings: str
    """Digest of the settings that it was proved with."""
    symptoms: Mapping[str, tuple[str, tuple[str, ...]]]
    """For each symptom the digest of its file, and the symptoms that its samples met."""
    logs: Mapping[str, tuple[int, int]]
    """Sizes and times of the silent logs, by path."""


@dataclass(frozen=True, slots=True)
class _Proof:
    """What is known of one symptom; `rests_on` names every symptom that its samples met."""

    symptom: Symptom
    document: Document
    samples: _Samples
    rests_on: frozenset[str]
    problems: tuple[Problem, ...]
    intruders: tuple[tuple[str, str, Position], ...]
    """Signatures of other symptoms that match a sample undeclared: symptom, signature, place."""


_Found = tuple[frozenset[str], tuple[Problem, ...], tuple[tuple[str, str, Position], ...]]
"""The last three parts of a proof."""


class Proofs:
    """Proves all signatures of a knowledge base, each again only when it has to be."""

    def __init__(self, memory: Memory | None = None) -> None:
        self._memory = memory
        self._trusted: frozenset[str] | None = None
        self._distrusted: set[str] = set()
        self._compiler = Compiler()
        self._settings: Settings | None = None
        self._proofs: dict[str, _Proof] = {}
        self._usable: dict[str, tuple[Symptom, Symptom]] = {}
        self._logs: dict[Path, tuple[int, int]] | None = None
        """The good logs that are known to be silent, with their sizes and times."""

    def problems(self, knowledge: Knowledge, documents: Documents) -> Iterator[Problem]:
        """Yield what is wrong with any signature (KB503 to KB506)."""
        usable = self._with_usable_signatures(knowledge, documents)
        if not usable.settings.slots or not usable.symptoms:
            return
        # Two files may claim one id; the signatures tell which of them the knowledge took.
        owners = {
            builtins.id(signature): document
            for document in documents.of_kind("symptom")
            for signature in document.entry.signatures
        }
        if self._settings != usable.settings:
            self._settings = usable.settings
            self._proofs.clear()
            self._logs = None
            self._recall(usable, documents, owners)
        matcher = _LazyMatcher(self._compiler, usable)
        changed = {
            id
            for id, symptom in usable.symptoms.items()
            if id not in self._proofs or self._proofs[id].symptom is not symptom
        }
        touched = changed | (self._proofs.keys() - usable.symptoms.keys())
        prover = _Prover(usable, matcher, documents)
        fresh = {number for id in changed for number in prover.numbers[id]}
        before, self._proofs = self._proofs, {}
        due: list[tuple[Symptom, Document, _Samples]] = []
        for id, symptom in usable.symptoms.items():
            proof = before.get(id)
            document = owners[builtins.id(symptom.signatures[0])] if symptom.signatures else None
            if document is None:
                continue  # nothing of it can be proved
            if (
                proof is None
                or id in touched
                or proof.document is not document
                or not touched.isdisjoint(proof.rests_on)
                or (fresh and any(matcher().hits(text, only=fresh) for text in proof.samples))
            ):
                due.append((symptom, document, _Samples(symptom)))
            else:
                self._proofs[id] = proof
        for one, found in zip(due, prover.all_found(due), strict=True):
            self._proofs[one[0].id] = _Proof(*one, *found)
        self._proofs = {id: self._proofs[id] for id in usable.symptoms if id in self._proofs}
        for proof in self._proofs.values():
            yield from proof.problems
        yield from self._too_wide(documents)
        yield from self._good_logs(usable, documents, matcher, fresh)

    def knows(self, document: Document, documents: Documents) -> bool:
        """Whether an earlier run found no fault in a symptom's file, under the same settings."""
        if self._trusted is None:
            memory = self._memory
            same = memory is not None and memory.settings == settings_digest(documents)
            known = memory.symptoms.values() if memory is not None and same else ()
            self._trusted = frozenset(digest for digest, _ in known)
        return document.digest in self._trusted

    def distrust(self, document: Document) -> None:
        """Keep a file out of what a later run may rely on."""
        self._distrusted.add(document.digest)

    def _recall(
        self, usable: Knowledge, documents: Documents, owners: Mapping[int, Document]
    ) -> None:
        """Take over what the memory says of files that are still the same."""
        memory = self._memory
        if memory is None or memory.settings != settings_digest(documents):
            return
        for id, symptom in usable.symptoms.items():
            digest, met = memory.symptoms.get(id, ("", ()))
            document = owners[builtins.id(symptom.signatures[0])] if symptom.signatures else None
            if document is None or document.digest != digest:
                continue
            if all(other in usable.symptoms for other in met):
                samples, rests = _Samples(symptom), frozenset(met)
                self._proofs[id] = _Proof(symptom, document, samples, rests, (), ())
        self._logs = {Path(path): state for path, state in memory.logs.items()}

    def memory(self, documents: Documents) -> Memory:
        """Return what a later run may rely on."""
        return Memory(
            settings_digest(documents),
            {
                id: (proof.document.digest, tuple(sorted(proof.rests_on)))
                for id, proof in self._proofs.items()
                if not proof.problems
                and not proof.intruders
                and proof.document.digest not in self._distrusted
                # With a signature left out for a mistake it is not proved.
                and len(proof.symptom.signatures) == len(proof.document.entry.signatures)
            },
            {str(path): state for path, state in (self._logs or {}).items()},
        )

    def _too_wide(self, documents: Documents) -> Iterator[Problem]:
        """Yield each signature that also matches samples of others, once, however many they are."""
        found: dict[tuple[str, str], list[tuple[str, Position]]] = {}
        for id, proof in self._proofs.items():
            for other, signature, place in proof.intruders:
                found.setdefault((other, signature), []).append((id, place))
        for (id, signature), samples in found.items():
            document = self._proofs[id].document
            names = [s.id for s in document.entry.signatures]
            number = names.index(signature.partition("/")[2])
            places = [place for _, place in samples]
            yield signature_problem(
                "KB505",
                document.position("signatures", number, "message"),
                signature=signature,
                count=len(samples),
                others=", ".join(dict.fromkeys(other for other, _ in samples)),
                path=places[0].path,
                line=places[0].line,
            ).with_places(*places)

    def _with_usable_signatures(self, knowledge: Knowledge, documents: Documents) -> Knowledge:
        """Return the knowledge with only signatures that compile and contexts that exist."""
        proved = {
            builtins.id(signature)
            for document in documents.of_kind("symptom")
            if self.knows(document, documents)
            for signature in document.entry.signatures
        }
        settings = replace(knowledge.settings, harvest=(), derivations=())
        before, self._usable = self._usable, {}
        for id, symptom in knowledge.symptoms.items():
            kept = before.get(id)
            if kept is None or kept[0] is not symptom or settings != self._settings:
                usable = tuple(
                    s
                    for s in symptom.signatures
                    if builtins.id(s) in proved or _is_usable(s, settings)
                )
                whole = len(usable) == len(symptom.signatures)
                kept = symptom, symptom if whole else replace(symptom, signatures=usable)
            self._usable[id] = kept
        symptoms = {id: usable for id, (_, usable) in self._usable.items()}
        return replace(knowledge, symptoms=symptoms, settings=settings)

    def _good_logs(
        self,
        knowledge: Knowledge,
        documents: Documents,
        matcher: _LazyMatcher,
        fresh: Collection[int],
    ) -> Iterator[Problem]:
        """Yield what matches in healthy logs; known ones are asked only about what is new."""
        silent: dict[Path, tuple[int, int]] = {}
        loud = False
        for document in documents.of_kind("settings"):
            for place, folder in enumerate(knowledge.settings.good_logs):
                root = (document.file.parent / folder).resolve()
                at = document.position("good_logs", place)
                for path in sorted(root.glob("**/*.log")):
                    found = path.stat()
                    state = found.st_size, found.st_mtime_ns
                    known = self._logs is not None and self._logs.get(path) == state
                    if known and not fresh:
                        silent[path] = state
                        continue
                    text = path.read_text("utf-8", errors="replace")
                    only = fresh if known else None
                    matches = answer(text, matcher(), "en", titles=False, only=only).found
                    for match in matches:
                        yield signature_problem(
                            "KB506",
                            at,
                            signature=match.signature,
                            path=path.name,
                            line=match.line,
                            text=match.text,
                        )
                    loud = loud or bool(matches)
                    silent[path] = state
        self._logs = None if loud else silent


class _LazyMatcher:
    """The matcher of a knowledge base, made when there is something to match."""

    def __init__(self, compiler: Compiler, knowledge: Knowledge) -> None:
        self._compiler = compiler
        self._knowledge = knowledge
        self._matcher: Matcher | None = None

    def __call__(self) -> Matcher:
        if self._matcher is None:
            pack = self._compiler.matching(self._knowledge)
            self._matcher = Matcher(Pack(pack, "knowledge"))
        return self._matcher


def settings_digest(documents: Documents) -> str:
    """Return a digest of all settings, overlays included."""
    total = hashlib.sha256()
    for document in documents.of_kind("settings", "overlay"):
        total.update(f"{document.kind} {document.digest}\n".encode())
    return total.hexdigest()


def _is_usable(signature: Signature, settings: Settings) -> bool:
    try:
        parse_message(signature.message, settings.slots, line=signature.line)
    except MessageError:
        return False
    return signature.needs is None or signature.needs in settings.contexts


def _numbers(knowledge: Knowledge) -> dict[str, range]:
    """Return the numbers that the signatures of each symptom have in the pack."""
    counts = [len(symptom.signatures) for symptom in knowledge.symptoms.values()]
    edges = pairwise(accumulate(counts, initial=0))
    return {id: range(*edge) for id, edge in zip(knowledge.symptoms, edges, strict=True)}


class _Prover:
    def __init__(self, knowledge: Knowledge, matcher: _LazyMatcher, documents: Documents) -> None:
        self.knowledge = knowledge
        self._matcher = matcher
        self.documents = documents
        self.ids = list(knowledge.symptoms)
        self.numbers = _numbers(knowledge)
        self.relations: Mapping[int, Relations] = {
            number: Relations(symptom.id, symptom.wraps, symptom.yields_to)
            for number, symptom in enumerate(knowledge.symptoms.values())
        }

    @property
    def matcher(self) -> Matcher:
        return self._matcher()

    def all_found(self, due: list[tuple[Symptom, Document, _Samples]]) -> list[_Found]:
        """Return what the signatures of symptoms do with their samples and near misses."""
        if due:
            self._matcher()  # made here, it is there in every process
        return shared(lambda one: self._found(*one), due)

    def _found(self, symptom: Symptom, document: Document, samples: _Samples) -> _Found:
        texts = iter(samples)
        met: set[str] = set()
        problems: list[Problem] = []
        intruders: list[tuple[str, str, Position]] = []
        places = {id(s): n for n, s in enumerate(document.entry.signatures)}
        for number, signature in zip(self.numbers[symptom.id], symptom.signatures, strict=True):
            path = ("signatures", places[id(signature)])
            for place, _ in enumerate(signature.samples):
                hits = self.matcher.hits(next(texts))
                met.update(self.ids[hit.symptom] for hit in hits)
                at = document.position(*path, "samples", place)
                if any(hit.signature == number for hit in hits):
                    for other, by in self._intruders(symptom, hits):
                        intruders.append((other, by, at))
                else:
                    values = {"signature": signature.id, "message": signature.message}
                    problems.append(signature_problem("KB503", at, **values))
            for place, text in enumerate(signature.near_misses):
                if self.matcher.hits(normalise(text), only=(number,)):
                    at = document.position(*path, "near_misses", place)
                    values = {"signature": signature.id, "message": signature.message}
                    problems.append(signature_problem("KB504", at, **values))
        return frozenset(met), tuple(problems), tuple(intruders)

    def _intruders(self, symptom: Symptom, hits: list[Hit]) -> Iterator[tuple[str, str]]:
        """Yield undeclared other symptoms that match a sample, and the signature that does."""
        kept = drop_contained(hits, self.relations)
        for other in sorted({self.ids[hit.symptom] for hit in kept} - {symptom.id}):
            if not _declared(symptom, self.knowledge.symptoms[other]):
                guilty = next(hit for hit in kept if self.ids[hit.symptom] == other)
                yield other, self.matcher.signature(guilty.signature).id


def _declared(one: Symptom, other: Symptom) -> bool:
    """Whether one of the two says that it meets the other."""

    def names(symptom: Symptom) -> set[str]:
        alike = {look.id for look in symptom.look_alikes}
        return {*symptom.wraps, *symptom.yields_to, *alike}

    mine, theirs = names(one), names(other)
    return other.id in mine or one.id in theirs or "*" in mine | theirs
