"""What an article tells, to drafts of entries that a person finishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .core import core
from .drafts import Draft, slug
from .joining import CauseFound, Joiner, causes_of
from .placing import Findings, SymptomFound, Unplaced, first_sentence
from .slots import slotted
from .wording import Ids, Wording

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Entries:
    """Makes the drafts of one article."""

    def __init__(
        self,
        found: Findings,
        name: str,
        area: str,
        phase: str,
        settings: Mapping[str, Any],
        evidence: Mapping[str, str],
        ids: Ids,
        wording: Wording,
    ) -> None:
        self.undecided: list[Unplaced] = []
        """Causes of which the article doesn't say which solution is theirs."""
        self._found = found
        self._name = name
        self._area = area
        self._phase = phase
        self._settings = settings
        self._evidence = evidence
        self._ids = ids
        self._wording = wording
        self._joiner = Joiner(found.causes, found.placed)

    def drafts(self) -> list[Draft]:
        """Return every draft: symptoms, causes, solutions."""
        found = self._found
        causes = [self._cause(cause) for cause in found.causes]
        groups: dict[int, list[str]] = {}
        for symptom in found.symptoms:
            if symptom.scope not in groups:
                groups[symptom.scope] = self._causes_of(symptom.scope, causes)
        if not causes and found.solutions:
            causes.append(self._placeholder_cause(list(found.solutions)))
        symptoms = [self._symptom(item, groups[item.scope]) for item in found.symptoms]
        solutions = [self._solution(id, value) for id, value in found.solutions.items()]
        return [*symptoms, *causes, *solutions]

    def _causes_of(self, scope: int, causes: list[Draft]) -> list[str]:
        """Return the causes of a group of symptoms; one to write is added where none is told."""
        found = self._found
        told = {cause.scope for cause in found.causes}
        own = [solution.id for solution in found.placed if solution.scope == scope]
        if scope in told or (told and not own):
            return [causes[place].id for place in causes_of(scope, found.causes)]
        if not own and causes:
            return [causes[-1].id]  # written for an earlier group, of an article without causes
        causes.append(self._placeholder_cause(own or list(found.solutions)))
        return [causes[-1].id]

    def _symptom(self, found: SymptomFound, causes: Sequence[str]) -> Draft:
        sample = found.sample
        id = self._ids.new(
            slug(found.line, slug(found.title, "", 5)), f"{self._name}-symptom"
        )  # fmt: skip
        message = slotted(core(found.line), self._settings["slots"]) if sample else ""
        missing = self._wording.mark("message")
        tools = [tool["id"] for tool in self._settings["tools"]]
        value = {
            "id": id,
            "area": self._area,
            "phase": self._phase,
            "title": self._wording.text(found.title),
            "summary": self._wording.blank("summary"),
            "signatures": [
                {
                    "id": "message",
                    "message": message or missing,
                    "tools": tools[:1],
                    "samples": [sample or missing],
                    "near_misses": [self._wording.mark("near-miss")],
                }
            ],
            "causes": [{"cause": cause} for cause in causes],
            "evidence": [dict(self._evidence)],
            "aliases": {
                self._wording.language: [self._wording.words(found.title.replace("`", ""))]
            },
        }
        return Draft("symptom", id, self._area, value)

    def _cause(self, cause: CauseFound) -> Draft:
        by_anchor = self._found.by_anchor
        solutions = [by_anchor[target] for target in cause.targets if target in by_anchor]
        for target in cause.targets:
            if target not in by_anchor:
                self._found.unplaced.append(Unplaced(cause.line, f"#{target}"))
        joined = bool(solutions)
        if not solutions:
            told = self._joiner.solutions_of(cause)
            if told is None:
                self.undecided.append(Unplaced(cause.line, cause.text))
            solutions = told or [self._placeholder_solution()]
        stem = f"{solutions[0]}-cause" if joined else slug(cause.text, "")
        id = self._ids.new(stem, f"{self._name}-cause")
        title = self._wording.text(first_sentence(cause.text))
        return self._cause_draft(id, title, self._wording.text(cause.explanation), solutions)

    def _placeholder_cause(self, solutions: Sequence[str]) -> Draft:
        """Return a cause that is all to be written: the article names none."""
        id = self._ids.new("", f"{self._name}-cause")
        return self._cause_draft(
            id,
            self._wording.blank("cause-title"),
            self._wording.blank("explanation"),
            solutions or [self._placeholder_solution()],
        )

    def _placeholder_solution(self) -> str:
        """Add a solution that is all to be written; return its id."""
        id = self._ids.new("", f"{self._name}-solution")
        self._found.solutions[id] = {"title": "", "steps": [], "links": []}
        return id

    def _cause_draft(
        self,
        id: str,
        title: Mapping[str, str],
        explanation: Mapping[str, str],
        solutions: Sequence[str],
    ) -> Draft:
        wording = self._wording
        value = {
            "id": id,
            "area": self._area,
            "title": title,
            "explanation": explanation,
            "check": {
                "text": wording.blank("check"),
                "commands": [{"run": wording.mark("check-command")}],
                "if_yours": {"meaning": wording.blank("if-yours")},
                "if_not": {"meaning": wording.blank("if-not")},
            },
            "who": self._settings["fixers"][0]["id"],
            "solutions": list(solutions),
        }
        return Draft("cause", id, self._area, value)

    def _solution(self, id: str, found: Mapping[str, Any]) -> Draft:
        wording = self._wording
        steps = [{**step, "text": wording.text(step["text"])} for step in found["steps"]]
        title = wording.text(found["title"]) if found["title"] else None
        value: dict[str, Any] = {
            "id": id,
            "area": self._area,
            "title": title or wording.blank("solution-title"),
            "steps": steps or [{"text": wording.blank("step")}],
            "verify": {
                "text": wording.blank("verify"),
                "commands": [{"run": wording.mark("verify-command")}],
                "expected": wording.mark("expected"),
            },
        }
        if found["links"]:
            value["links"] = found["links"]
        return Draft("solution", id, self._area, value)
