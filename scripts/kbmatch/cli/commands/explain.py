"""`kb explain ID`: the whole page of a symptom, cause or solution in the terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from kbmatch.cli.common import LANGUAGES, fail, language_of_environment
from kbmatch.cli.opening import pack_or_fail
from kbmatch.cli.packs import is_terminal_coloured
from kbmatch.cli.pager import show
from kbmatch.cli.render import Style, joined, plain_text, wrap
from kbmatch.cli.slots import fill, is_safe
from kbmatch.matching.answer import derive
from kbmatch.matching.documents import Documents
from kbmatch.texts import load as load_texts

KINDS = ("symptoms", "solutions", "causes")


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments."""
    parser.add_argument("id", metavar="ID", help=text["explain.id"])
    parser.add_argument("--causes", metavar="N,N", help=text["explain.causes"])
    parser.add_argument(
        "--set", action="append", default=[], metavar="SLOT=VALUE", help=text["explain.set"]
    )
    parser.add_argument("--lang", choices=LANGUAGES, help=text["option.lang"])
    parser.add_argument("--kb", metavar="DIR|PACK", help=text["option.kb"])
    parser.add_argument("--no-color", action="store_true", help=text["option.no-color"])


def run(arguments: argparse.Namespace) -> int:
    """Print the page; return 1 when there is no such page."""
    language = arguments.lang or language_of_environment()
    text = load_texts("explain", language)
    pack = pack_or_fail(arguments.kb, language)
    documents = Documents(pack)
    settings = pack.json_section("settings")
    slots = _slots(arguments.set, settings, text)
    style = Style(is_terminal_coloured(arguments.no_color))
    page = Page(documents, language, text, slots, style, settings.get("origins", {}))
    wanted = _resolve(documents, arguments.id)
    if wanted is None:
        print(_unknown(documents, arguments.id, text), file=sys.stderr)
        return 1
    if wanted.startswith("symptoms/"):
        lines = page.symptom(wanted, _chosen(arguments.causes, documents[wanted], text))
    elif wanted.startswith("causes/"):
        lines = page.cause(wanted)
    else:
        lines = page.solution(wanted)
    show("\n".join(lines))
    return 0


def _slots(
    given: Sequence[str], settings: Mapping[str, Any], text: Mapping[str, str]
) -> dict[str, str]:
    """Return the slots that were set and what they tell of others; stop at nonsense."""
    known = settings["examples"]
    slots: dict[str, str] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            fail(text["set-form"].format(given=pair))
        if name not in known:
            near = get_close_matches(name, known, n=3)
            key = "set-unknown" if near else "set-unknown-all"
            fail(text[key].format(name=name, near=", ".join(near or sorted(known))))
        if not is_safe(value):
            fail(text["set-unsafe"].format(name=name, value=value))
        slots[name] = value
    derive(slots, settings["derivations"])
    return slots


def _chosen(
    given: str | None, symptom: Mapping[str, Any], text: Mapping[str, str]
) -> frozenset[int] | None:
    """Return the numbers of the causes to show; None for all."""
    if given is None:
        return None
    count = len(symptom["causes"])
    numbers = [part.strip() for part in given.split(",")]
    if not all(part.isdecimal() and 1 <= int(part) <= count for part in numbers):
        fail(text["causes-range"].format(given=given, count=count))
    return frozenset(map(int, numbers))


def _resolve(documents: Documents, id: str) -> str | None:
    """Return the key of a symptom, a retired symptom id, a solution or a cause.

    The form of an address (`en/symptoms/ID.html`) or of a reference (`symptom/ID`) will do.
    """
    *_, folder, name = ("", *id.removesuffix(".html").strip("/").split("/"))
    kinds = [kind for kind in KINDS if folder in (kind, kind.removesuffix("s"))] or KINDS
    for kind in kinds:
        if f"{kind}/{name}" in documents:
            return f"{kind}/{name}"
    for key in documents.keys("symptoms"):
        if name in documents[key].get("retired_ids", ()):
            return key
    return None


def _unknown(documents: Documents, id: str, text: Mapping[str, str]) -> str:
    ids = [key.partition("/")[2] for kind in KINDS for key in documents.keys(kind)]
    near = get_close_matches(id, dict.fromkeys(ids), n=3)
    return text["unknown-near" if near else "unknown"].format(id=id, near=", ".join(near))


class Page:
    """One page as lines for a terminal."""

    def __init__(
        self,
        documents: Documents,
        language: str,
        text: Mapping[str, str],
        slots: Mapping[str, str],
        style: Style,
        origins: Mapping[str, Mapping[str, str]],
    ) -> None:
        self.documents = documents
        self.language = language
        self.text = text
        self.slots = slots
        self.style = style
        self.origins = origins
        self.shown: dict[str, int] = {}
        """The solutions that were printed already, with the number of their cause."""
        settings = documents["settings"]
        self.examples = {name: slot["example"] for name, slot in settings["slots"].items()}
        self.fixers = {f["id"]: f["title"][language] for f in settings["fixers"]}
        self.platforms = {p["id"]: p["title"][language] for p in settings["platforms"]}

    def symptom(self, key: str, chosen: frozenset[int] | None = None) -> list[str]:
        """Return the page of a symptom: message, answer, causes, look-alikes, evidence.

        `chosen` are the numbers of the causes to show, of all when it is None.
        """
        symptom = self.documents[key]
        out = [self.style.bold(wrap(symptom["title"][self.language])), *self._origin(symptom), ""]
        for signature in symptom["signatures"][:3]:
            out.append(self.style.dim(wrap(signature["samples"][0], indent="  ", first="  ")))
        out += ["", wrap(self._prose(symptom["summary"][self.language])), ""]
        for number, ranked in enumerate(symptom["causes"], 1):
            if chosen is None or number in chosen:
                out += self._cause(number, ranked)
        if symptom.get("look_alikes"):
            out.append(self.style.bold(self.text["look-alikes"]))
            for other in symptom["look_alikes"]:
                difference = self._prose(other["difference"][self.language])
                out.append(wrap(f"{other['id']}: {difference}", indent="    ", first="  - "))
            out.append("")
        out.append(self.style.bold(self.text["evidence"]))
        for evidence in symptom["evidence"]:
            source = evidence["source"]
            link = f"links/{source}"
            if link in self.documents:
                source = self.documents[link]["title"][self.language]
            level = self.text[f"evidence-{evidence['level']}"]
            out.append(
                wrap(f"{level}: {source} ({evidence['checked']})", indent="    ", first="  - ")
            )
        out += self._links(symptom.get("links", ()))
        return out

    def _cause(self, number: int, ranked: Mapping[str, Any]) -> Iterator[str]:
        cause = self.documents[f"causes/{ranked['cause']}"]
        named = self.text["cause"].format(
            title=cause["title"][self.language], who=self.fixers[cause["who"]]
        )
        yield self.style.bold(wrap(named, indent="   ", first=f"{number}. "))
        yield from self._origin(cause, "   ")
        yield wrap(self._prose(cause["explanation"][self.language]), indent="   ", first="   ")
        if "note" in ranked:
            yield wrap(self._prose(ranked["note"][self.language]), indent="   ", first="   ")
        check = cause["check"]
        yield ""
        yield wrap(
            self._labelled("check", self._prose(check["text"][self.language])),
            indent="     ",
            first="   ",
        )
        yield from self._commands(check["commands"], "     ")
        for case in ("if_yours", "if_not"):
            outcome = check[case]
            meaning = self._prose(outcome["meaning"][self.language])
            yield wrap(self._labelled(case, meaning), indent="     ", first="   ")
            for line in self._fill(outcome.get("output", "")).splitlines():
                yield self.style.dim(f"       {line}")
        yield ""
        for id in cause["solutions"]:
            solution = self.documents[f"solutions/{id}"]
            if id in self.shown:
                title = solution["title"][self.language]
                known = self.text["fix-known"].format(title=title, number=self.shown[id])
                yield wrap(self._labelled("fix", known), indent="     ", first="   ")
            else:
                self.shown[id] = number
                yield from self._solution(solution, "   ")
            yield ""

    def cause(self, key: str) -> list[str]:
        """Return a cause with its check and fixes, and the pages it is a cause of."""
        id = key.partition("/")[2]
        out = list(self._cause(1, {"cause": id}))
        out.append(self.style.bold(self.text["cause-of"]))
        for page in self.documents.keys("symptoms"):
            symptom = self.documents[page]
            if any(ranked["cause"] == id for ranked in symptom["causes"]):
                named = f"{symptom['id']}: {symptom['title'][self.language]}"
                out.append(wrap(named, indent="    ", first="  - "))
        return out

    def solution(self, key: str) -> list[str]:
        """Return the page of a solution."""
        solution = self.documents[key]
        return [*self._solution(solution, ""), *self._links(solution.get("links", ()))]

    def _solution(self, solution: Mapping[str, Any], indent: str) -> Iterator[str]:
        title = self._labelled("fix", solution["title"][self.language])
        yield wrap(title, indent=indent, first=indent)
        inner = indent + "  "
        yield from self._origin(solution, inner)
        if "risk" in solution:
            yield wrap(
                f"! {self._prose(solution['risk'][self.language])}",
                indent=inner + "  ",
                first=inner,
            )
        for step in solution["steps"]:
            yield wrap(
                self._prose(step["text"][self.language]), indent=inner + "  ", first=inner + "- "
            )
            if "risk" in step:
                yield wrap(
                    f"! {self._prose(step['risk'][self.language])}",
                    indent=inner + "    ",
                    first=inner + "  ",
                )
            yield from self._commands(step.get("commands", ()), inner + "    ")
            for line in self._fill(step.get("expected", "")).splitlines():
                yield self.style.dim(f"{inner}      {line}")
        verify = solution["verify"]
        yield wrap(
            self._labelled("verify", self._prose(verify["text"][self.language])),
            indent=inner,
            first=inner,
        )
        yield from self._commands(verify["commands"], inner + "  ")
        for line in self._fill(verify["expected"]).splitlines():
            yield self.style.dim(f"{inner}    {line}")

    def _commands(self, commands: Any, indent: str) -> Iterator[str]:
        for command in commands:
            if command.get("on"):
                yield f"{indent}[{self.platforms[command['on']]}]"
            shell = command.get("shell", "sh")
            prompt = "" if shell in ("file", "kql") else "$ "
            for line in self._fill(command["run"]).splitlines():
                yield f"{indent}{prompt}{self.style.command(line)}"
                prompt = "  " if prompt else ""

    def _links(self, ids: Any) -> Iterator[str]:
        if ids:
            yield ""
            yield self.style.bold(self.text["links"])
        for id in ids:
            link = self.documents[f"links/{id}"]
            yield wrap(
                f"{link['title'][self.language]} <{link['url']}>", indent="    ", first="  - "
            )
            yield wrap(self._prose(link["summary"][self.language]), indent="    ", first="    ")

    def _origin(self, entry: Mapping[str, Any], indent: str = "") -> list[str]:
        """Return the line that names the overlay an entry comes from, if any."""
        if "origin" not in entry:
            return []
        title = self.origins.get(entry["origin"], {}).get(self.language, entry["origin"])
        return [wrap(self.text["origin"].format(origin=title), indent=indent, first=indent)]

    def _labelled(self, key: str, value: str) -> str:
        return joined(self.text[key], value)

    def _prose(self, markdown: str) -> str:
        return self._fill(plain_text(markdown))

    def _fill(self, text: str) -> str:
        return fill(text, self.slots, self.examples)
