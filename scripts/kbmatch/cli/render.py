"""An answer as text for a terminal of 80 columns, as Markdown for a ticket, for GitHub's log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .slots import fill

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from kbmatch.matching.answer import Answer, Found
    from kbmatch.matching.matcher import Matcher

COLUMNS = 80
SHOWN_CAUSES = 4
_NO_BREAK_BEFORE = frozenset("，。、；：！？」』）)].,;:!?%")


class Style:
    """ANSI emphasis, or nothing when the output is not a terminal or colour is unwanted."""

    def __init__(self, enabled: bool) -> None:
        self.enabled = enabled

    def bold(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self.enabled else text

    def dim(self, text: str) -> str:
        return f"\x1b[2m{text}\x1b[0m" if self.enabled else text

    def command(self, text: str) -> str:
        return f"\x1b[36m{text}\x1b[0m" if self.enabled else text


def columns(text: str) -> int:
    """Return how many terminal columns `text` takes; Han characters take two."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def wrap(text: str, width: int = COLUMNS, indent: str = "", first: str | None = None) -> str:
    """Return `text` in lines of at most `width` columns; Chinese breaks between any characters."""
    lines: list[str] = []
    line = indent if first is None else first
    used, empty = columns(line), True
    for token in _tokens(text):
        size = columns(token)
        if token == " ":
            if not empty:
                line += " "
                used += 1
            continue
        if not empty and used + size > width and token not in _NO_BREAK_BEFORE:
            lines.append(line.rstrip())
            line, used = indent, columns(indent)
        line += token
        used += size
        empty = False
    lines.append(line.rstrip())
    return "\n".join(lines)


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    word = ""
    for character in " ".join(text.split()):
        if character == " " or ord(character) >= 0x2E80:
            if word:
                tokens.append(word)
                word = ""
            tokens.append(character)
        else:
            word += character
    return [*tokens, word] if word else tokens


def plain_text(markdown: str) -> str:
    """Return inline Markdown as text for a terminal: no backticks, links by their words."""
    import re

    text = re.sub(r"\[([^\]]+)\]\((?:symptom|solution):([^)]+)\)", r"\1 (\2)", markdown)
    text = re.sub(r"\[([^\]]+)\]\(([^)]+)\)", r"\1 <\2>", text)
    return text.replace("**", "").replace("`", "")


class Renderer:
    """Renders one answer with the texts of the reader's language."""

    def __init__(
        self,
        answer: Answer,
        matcher: Matcher,
        text: Mapping[str, str],
        *,
        style: Style,
        site: str = "",
        everything: bool = False,
        numbered: bool = True,
    ) -> None:
        self.answer = answer
        self.matcher = matcher
        self.text = text
        self.style = style
        self.site = site
        self.everything = everything
        self.numbered = numbered

    def page(self, found: Found) -> Mapping[str, Any]:
        """Return the pack's page of a symptom in the answer's language."""
        record: Mapping[str, Any] = self.matcher.pack.json_record(
            f"pages.{self.answer.language}", found.symptom
        )
        return record

    def address(self, page: str) -> str:
        """Return where a page is: below --site, or its path below the site root."""
        return f"{self.site.rstrip('/')}/{page}" if self.site else page

    def terminal(self) -> str:
        """Return the answer for a terminal."""
        if self.answer.found:
            return "\n".join(self._matches())
        return "\n".join(self._no_match())

    def _matches(self) -> list[str]:
        from kbmatch.matching.answer import page_address

        text, style = self.text, self.style
        primary, *rest = self.answer.found
        page = self.page(primary)
        out = [wrap(style.bold(page["title"]), indent="")]
        if "origin" in page:
            out.append(wrap(text["origin"].format(origin=page["origin"])))
        where = text["line"].format(line=primary.line) if self.numbered else ""
        if primary.count > 1:
            where += text["times"].format(count=primary.count)
        quoted = primary.text if columns(primary.text) <= 150 else _cut(primary.text, 150)
        out += [style.dim(wrap(quoted, indent="  ", first=f"  {where} " if where else "  ")), ""]
        out += [wrap(self._prose(page["summary"], primary.slots)), ""]
        causes = page["causes"] if self.everything else page["causes"][:SHOWN_CAUSES]
        if causes:
            out.append(style.bold(text["causes"]))
        for number, cause in enumerate(causes, 1):
            out += self._cause(number, cause, primary.slots)
        out.append("")
        hidden = len(page["causes"]) - len(causes)
        out += self._others(rest)
        out.append(
            wrap(f"{text['page']} {self.address(page_address(primary.id, self.answer.language))}")
        )
        more = (
            text["more-causes"].format(count=hidden, id=primary.id)
            if hidden
            else text["more"].format(id=primary.id)
        )
        out.append(style.dim(wrap(more)))
        return out

    def _cause(self, number: int, cause: Mapping[str, Any], slots: Mapping[str, str]) -> list[str]:
        examples = self.matcher.settings["examples"]
        out = [wrap(f"{cause['title']} ({cause['who']})", indent="   ", first=f"{number}. ")]
        if cause["check"]:
            first, *others = fill(cause["check"], slots, examples).splitlines()
            out.append(f"   $ {self.style.command(first)}")
            out += [f"     {self.style.command(line)}" for line in others]
        label = self.text["yours-if"]
        out.append(
            wrap(f"{label} {self._prose(cause['yours_means'], slots)}", indent="     ", first="   ")
        )
        if cause["fix"]:
            out.append(wrap(f"{self.text['fix']} {cause['fix']}", indent="     ", first="   "))
        return out

    def _prose(self, markdown: str, slots: Mapping[str, str]) -> str:
        """Return prose for a terminal with its slots filled."""
        return fill(plain_text(markdown), slots, self.matcher.settings["examples"])

    def _others(self, rest: Sequence[Found]) -> list[str]:
        out: list[str] = []
        for role, key in (("also", "also"), ("wrapper", "wrapped")):
            names = [
                self.text["other"].format(
                    title=self.answer.titles[found.id], id=found.id, line=found.line
                )
                for found in rest
                if found.role == role
            ]
            if names:
                separator = self.text["separator"]
                out += [
                    wrap(f"{self.text[key]} {separator.join(names)}", indent="  ", first=""),
                    "",
                ]
        return out

    def _no_match(self) -> list[str]:
        text = self.text
        report = self.matcher.settings["report"].get(self.answer.language, "")
        if not self.answer.related:
            return [wrap(text["none"]), *([wrap(report)] if report else [])]
        out = [self.style.bold(wrap(text["related"])), ""]
        for related in self.answer.related:
            note = f", {text['origin'].format(origin=related.origin)}" if related.origin else ""
            out.append(wrap(f"{related.title} ({related.id}{note})", indent="    ", first="  - "))
            out.append(self.style.dim(f"    {self.address(related.page)}"))
        return [*out, "", *([wrap(report)] if report else [])]

    def why(self) -> str:
        """Return which signature matched what, and what nearly matched and why it did not."""
        text, out = self.text, []
        for found in self.answer.found:
            signature = found.signature
            out.append(text["why-match"].format(signature=signature, line=found.line))
            out.append(wrap(found.text, indent="    ", first="    "))
            out += [f"    {name} = {value}" for name, value in sorted(found.slots.items())]
        for miss in self.answer.misses:
            near = self.matcher.signature(miss.signature)
            reason = text[f"why-{miss.lacked}"].format(needs=near.needs)
            out.append(wrap(f"{near.id}: {reason}", indent="    ", first="  "))
            out.append(wrap(near.message, indent="    ", first="    "))
        return "\n".join(out)

    def markdown(self) -> str:
        """Return a block for a ticket."""
        from kbmatch.matching.answer import page_address

        text, answer = self.text, self.answer
        if not answer.found:
            lines = [text["none"]]
            lines += [f"- {r.title} (`{self.address(r.page)}`)" for r in answer.related]
            return "\n".join(lines)
        primary = answer.found[0]
        page = self.page(primary)
        examples = self.matcher.settings["examples"]
        lines = [
            f"### {page['title']}",
            "",
            "```text",
            primary.text.replace("```", "'''"),
            "```",
            "",
        ]
        lines += [fill(page["summary"], primary.slots, examples), "", f"**{text['causes']}**", ""]
        for number, cause in enumerate(page["causes"], 1):
            lines.append(f"{number}. {cause['title']} ({cause['who']})")
            if cause["check"]:
                command = fill(cause["check"], primary.slots, examples)
                lines += ["", "   ```sh", *(f"   {x}" for x in command.splitlines()), "   ```", ""]
        others = [f"`{f.id}`" for f in answer.found[1:]]
        if others:
            lines += ["", f"{text['also']} {', '.join(others)}"]
        address = self.address(page_address(primary.id, answer.language))
        return "\n".join([*lines, "", f"{text['page']} `{address}`"])

    def github(self) -> str:
        """Return GitHub Actions workflow commands, one annotation per finding."""
        lines = []
        for found in self.answer.found:
            kind = "error" if found.role == "primary" else "notice"
            page = self.page(found)
            title = _escape_property(page["title"])
            body = _escape_data(f"{self._prose(page['summary'], found.slots)} [{found.id}]")
            lines.append(f"::{kind} title={title}::{body}")
        return "\n".join(lines)


def _cut(text: str, width: int) -> str:
    return text[: width - 1] + "…"


def _escape_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")
