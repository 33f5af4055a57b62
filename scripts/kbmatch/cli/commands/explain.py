"""`kb explain ID`: the whole page of a symptom or solution in the terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from kbmatch.cli.common import language_of_environment
from kbmatch.cli.opening import pack_or_fail
from kbmatch.cli.packs import is_terminal_coloured
from kbmatch.cli.render import Style, plain_text, wrap
from kbmatch.cli.slots import fill
from kbmatch.matching.documents import Documents
from kbmatch.texts import load as load_texts


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments."""
    parser.add_argument("id", metavar="ID", help=text["explain.id"])
    parser.add_argument("--lang", choices=("en", "zh-TW"), help=text["option.lang"])
    parser.add_argument("--kb", metavar="DIR|PACK", help=text["option.kb"])
    parser.add_argument(
        "--set", action="append", default=[], metavar="SLOT=VALUE", help=text["explain.set"]
    )
    parser.add_argument("--no-color", action="store_true", help=text["option.no-color"])


def run(arguments: argparse.Namespace) -> int:
    """Print the page; return 1 when there is no such page."""
    language = arguments.lang or language_of_environment()
    text = load_texts("explain", language)
    documents = Documents(pack_or_fail(arguments.kb, language))
    slots = dict(pair.partition("=")[::2] for pair in arguments.set)
    page = Page(documents, language, text, slots, Style(is_terminal_coloured(arguments.no_color)))
    wanted = _resolve(documents, arguments.id)
    if wanted is None:
        print(_unknown(documents, arguments.id, text), file=sys.stderr)
        return 1
    lines = page.symptom(wanted) if wanted.startswith("symptoms/") else page.solution(wanted)
    print("\n".join(lines))
    return 0


def _resolve(documents: Documents, id: str) -> str | None:
    """Return the key of a symptom, a retired symptom id, or a solution."""
    for kind in ("symptoms", "solutions"):
        if f"{kind}/{id}" in documents:
            return f"{kind}/{id}"
    for key in documents.keys("symptoms"):
        if id in documents[key].get("retired_ids", ()):
            return key
    return None


def _unknown(documents: Documents, id: str, text: Mapping[str, str]) -> str:
    from difflib import get_close_matches

    ids = [
        key.partition("/")[2] for kind in ("symptoms", "solutions") for key in documents.keys(kind)
    ]
    near = get_close_matches(id, ids, n=3)
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
    ) -> None:
        self.documents = documents
        self.language = language
        self.text = text
        self.slots = slots
        self.style = style
        settings = documents["settings"]
        self.examples = {name: slot["example"] for name, slot in settings["slots"].items()}
        self.fixers = {f["id"]: f["title"][language] for f in settings["fixers"]}
        self.platforms = {p["id"]: p["title"][language] for p in settings["platforms"]}

    def symptom(self, key: str) -> list[str]:
        """Return the page of a symptom: message, answer, causes, look-alikes, evidence."""
        symptom = self.documents[key]
        out = [self.style.bold(wrap(symptom["title"][self.language])), ""]
        if "origin" in symptom:
            out[1:1] = [wrap(self.text["origin"].format(origin=symptom["origin"]))]
        for signature in symptom["signatures"][:3]:
            out.append(self.style.dim(wrap(signature["samples"][0], indent="  ", first="  ")))
        out += ["", wrap(self._prose(symptom["summary"][self.language])), ""]
        for number, ranked in enumerate(symptom["causes"], 1):
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
        who = self.fixers[cause["who"]]
        yield self.style.bold(
            wrap(f"{cause['title'][self.language]} ({who})", indent="   ", first=f"{number}. ")
        )
        yield wrap(self._prose(cause["explanation"][self.language]), indent="   ", first="   ")
        if "note" in ranked:
            yield wrap(self._prose(ranked["note"][self.language]), indent="   ", first="   ")
        check = cause["check"]
        yield ""
        yield wrap(
            f"{self.text['check']} {self._prose(check['text'][self.language])}",
            indent="     ",
            first="   ",
        )
        yield from self._commands(check["commands"], "     ")
        for case in ("if_yours", "if_not"):
            outcome = check[case]
            meaning = self._prose(outcome["meaning"][self.language])
            yield wrap(f"{self.text[case]} {meaning}", indent="     ", first="   ")
            for line in self._fill(outcome.get("output", "")).splitlines():
                yield self.style.dim(f"       {line}")
        yield ""
        for solution in cause["solutions"]:
            yield from self._solution(self.documents[f"solutions/{solution}"], "   ")
            yield ""

    def solution(self, key: str) -> list[str]:
        """Return the page of a solution."""
        solution = self.documents[key]
        note = self.text["origin"].format(origin=solution["origin"]) if "origin" in solution else ""
        shown = [wrap(note)] if note else []
        return [*shown, *self._solution(solution, ""), *self._links(solution.get("links", ()))]

    def _solution(self, solution: Mapping[str, Any], indent: str) -> Iterator[str]:
        yield wrap(
            f"{self.text['fix']} {solution['title'][self.language]}", indent=indent, first=indent
        )
        inner = indent + "  "
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
            f"{self.text['verify']} {self._prose(verify['text'][self.language])}",
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
            prompt = "" if command.get("shell") in ("file", "kql") else "$ "
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

    def _prose(self, markdown: str) -> str:
        return self._fill(plain_text(markdown))

    def _fill(self, text: str) -> str:
        return fill(text, self.slots, self.examples)
