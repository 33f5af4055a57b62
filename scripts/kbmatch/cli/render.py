"""An answer as text for a terminal of 80 columns, as Markdown for a ticket, for GitHub's log.

In a terminal the answer keeps to one screen: the likeliest causes come with their check, those that
no longer fit with their title, and the rest is `kb explain`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .lines import COLUMNS, columns, cut_lines, fold_command, wrap
from .slots import fill

__all__ = ["COLUMNS", "Renderer", "Style", "columns", "joined", "plain_text", "wrap"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from kbmatch.matching.answer import Answer, Found
    from kbmatch.matching.matcher import Matcher

DEFAULT_LINES = 28
"""How long an answer may be where no terminal says how much it shows."""
LEAST_LINES = 22
WELL_EXPLAINED = 3
"""So many causes come with their check before any other gets more than its title."""
OTHERS = 4
QUOTED_LINES = 2
COMMAND_LINES = 6
"""A longer check is left to `kb explain`."""


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
        masked: bool = False,
        file: str = "",
        lines: int = DEFAULT_LINES,
    ) -> None:
        self.answer = answer
        self.matcher = matcher
        self.text = text
        self.style = style
        self.site = site
        self.everything = everything
        self.numbered = numbered
        self.masked = masked
        self.file = file
        self.lines = max(LEAST_LINES, lines)

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
        head = [style.bold(wrap(page["title"])), *self._origin(page)]
        where = text["line"].format(line=primary.line) if self.numbered else ""
        if primary.count > 1:
            where += text["times"].format(count=primary.count)
        quoted = wrap(joined(where, primary.text), indent="  ", first="  ")
        head += [style.dim(cut_lines(quoted, QUOTED_LINES)), ""]
        head += [wrap(self._prose(page["summary"], primary.slots)), ""]
        if page["causes"]:
            head.append(style.bold(text["causes"]))
        tail = ["", *self._others(rest)]
        address = self.address(page_address(primary.id, self.answer.language))
        tail.append(wrap(self._labelled("page", address)))
        used = sum(part.count("\n") + 1 for part in (*head, *tail)) + 1
        shown, hidden = self._causes(page["causes"], primary.slots, used)
        more = text["more-causes"] if hidden else text["more"]
        tail.append(style.dim(wrap(more.format(count=hidden, id=primary.id))))
        return [*head, *shown, *tail]

    def _causes(
        self, causes: Sequence[Mapping[str, Any]], slots: Mapping[str, str], used: int
    ) -> tuple[list[str], int]:
        """Return the causes as far as they fit below `used` lines, and how many don't."""
        forms = [self._cause(number, cause, slots) for number, cause in enumerate(causes, 1)]
        if self.everything:
            return [line for form in forms for part in form for line in part], 0
        room = self.lines - used
        depth = [0] * len(forms)  # how many parts of each are shown: title, check, fix
        for place, wanted in _wishes(len(forms)):
            cost = sum(len(part) for part in forms[place][depth[place] : wanted])
            mandatory = place == 0 and wanted <= 2
            earlier = depth[place] == wanted - 1 and all(d >= min(wanted, 2) for d in depth[:place])
            if mandatory or (earlier and cost <= room):
                depth[place] = wanted
                room -= cost
        shown = [
            line
            for form, parts in zip(forms, depth, strict=True)
            for part in form[:parts]
            for line in part
        ]
        return shown, depth.count(0)

    def _cause(
        self, number: int, cause: Mapping[str, Any], slots: Mapping[str, str]
    ) -> tuple[list[str], list[str], list[str]]:
        """Return the lines of a cause: its title, how to tell whether it is yours, its fix."""
        named = self.text["cause"].format(title=cause["title"], who=cause["who"])
        title = wrap(named, indent="   ", first=f"{number}. ")
        check = self._check(cause, slots)
        means = self._labelled("yours-if", self._prose(cause["yours_means"], slots))
        yours = wrap(means, indent="     ", first="   ")
        check += (yours if self.everything else cut_lines(yours, 2)).split("\n")
        fix = self._labelled("fix", cause["fix"]) if cause["fix"] else ""
        fixed = wrap(fix, indent="     ", first="   ").split("\n") if fix else []
        return title.split("\n"), check, fixed

    def _check(self, cause: Mapping[str, Any], slots: Mapping[str, str]) -> list[str]:
        """Return the lines of a cause's first command."""
        command = self._filled(cause["check"], slots)
        lines = [
            folded
            for line in command.splitlines()
            for folded in fold_command(line, cause.get("shell", "sh"), COLUMNS - 5)
        ]
        if len(lines) > COMMAND_LINES and not self.everything:
            return []
        out = []
        for place, line in enumerate(lines):
            # What continues quoted text stands at the very left, or the blanks would be part of it.
            joins = place and lines[place - 1].endswith("\\") and not line.startswith(" ")
            lead = "" if joins else "     " if place else "   $ "
            out.append(f"{lead}{self.style.command(line)}")
        return out

    def _labelled(self, key: str, value: str) -> str:
        return joined(self.text[key], value)

    def _origin(self, page: Mapping[str, Any]) -> list[str]:
        return [wrap(self.text["origin"].format(origin=page["origin"]))] if "origin" in page else []

    def _prose(self, markdown: str, slots: Mapping[str, str]) -> str:
        """Return prose for a terminal with its slots filled."""
        return self._filled(plain_text(markdown), slots)

    def _filled(self, text: str, slots: Mapping[str, str]) -> str:
        return fill(text, slots, self.matcher.settings["examples"], masked=self.masked)

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
            if len(names) > OTHERS and not self.everything:
                more = self.text["more-others"].format(count=len(names) - OTHERS)
                names[OTHERS:] = [more]
            if names:
                separator = self.text["separator"]
                out += [
                    wrap(self._labelled(key, separator.join(names)), indent="  ", first=""),
                    "",
                ]
        return out

    def _no_match(self) -> list[str]:
        text = self.text
        if self.answer.empty:
            return [text["empty"]]
        report = self.matcher.settings["report"].get(self.answer.language, "")
        if not self.answer.related:
            return [wrap(text["none"]), *([wrap(report)] if report else [])]
        out = [self.style.bold(wrap(text["related"])), ""]
        for related in self.answer.related:
            note = f", {text['origin'].format(origin=related.origin)}" if related.origin else ""
            named = text["related-page"].format(title=related.title, id=f"{related.id}{note}")
            out.append(wrap(named, indent="    ", first="  - "))
            out.append(self.style.dim(f"    {self.address(related.page)}"))
        return [*out, "", *([wrap(report)] if report else [])]

    def why(self) -> str:
        """Return which signature matched what, and what nearly matched and why it did not."""
        text, out = self.text, []
        for found in self.answer.found:
            label = text["why-match"].format(signature=found.signature, line=found.line)
            out.append(wrap(label))
            out.append(wrap(found.text, indent="    ", first="    "))
            for name, value in sorted(found.slots.items()):
                out.append(wrap(f"{name} = {value}", indent="      ", first="    "))
        if self.answer.misses is None:
            return "\n".join([*out, wrap(text["why-large"])])
        if self.answer.misses:
            out.append(text["why-near"])
        elif not out:
            return text["why-nothing"]
        for miss in self.answer.misses:
            missing = text["separator"].join(text["quoted"].format(text=m) for m in miss.missing)
            reason = text[f"why-{miss.lacked}"].format(needs=miss.needs, missing=missing)
            out.append(wrap(miss.message, indent="    ", first="  - "))
            out.append(wrap(f"{miss.signature}: {reason}", indent="    ", first="    "))
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
        origin = [text["origin"].format(origin=page["origin"]), ""] if "origin" in page else []
        lines = [
            f"### {page['title']}",
            "",
            *origin,
            "```text",
            primary.text.replace("```", "'''"),
            "```",
            "",
        ]
        lines += [self._filled(page["summary"], primary.slots), "", f"**{text['causes']}**", ""]
        for number, cause in enumerate(page["causes"], 1):
            named = text["cause"].format(title=cause["title"], who=cause["who"])
            lines.append(f"{number}. {named}")
            if cause["check"]:
                command = self._filled(cause["check"], primary.slots)
                lines += ["", "   ```sh", *(f"   {x}" for x in command.splitlines()), "   ```", ""]
        others = [f"`{f.id}`" for f in answer.found[1:]]
        if others:
            lines += ["", self._labelled("also", ", ".join(others))]
        address = self.address(page_address(primary.id, answer.language))
        return "\n".join([*lines, "", self._labelled("page", f"`{address}`")])

    def github(self) -> str:
        """Return GitHub Actions workflow commands, one annotation per finding."""
        from kbmatch.matching.answer import page_address

        lines = []
        for found in self.answer.found:
            kind = "error" if found.role == "primary" else "notice"
            page = self.page(found)
            title = _escape_property(page["title"])
            address = self.address(page_address(found.id, self.answer.language))
            body = "\n".join(
                [
                    f"{self._prose(page['summary'], found.slots)} [{found.id}]",
                    *self._origin(page),
                    self._labelled("page", address),
                ]
            )
            file = f"file={_escape_property(self.file)},line={found.line}," if self.file else ""
            lines.append(f"::{kind} {file}title={title}::{_escape_data(body)}")
        return "\n".join(lines)


def joined(label: str, value: str) -> str:
    """Return both with a blank between, but after a full-width colon."""
    return f"{label}{'' if not label or label.endswith('：') else ' '}{value}"


def _wishes(count: int) -> Iterator[tuple[int, int]]:
    """Yield (cause, parts of it) in the order in which an answer gives them room.

    Two causes with their check, every title, the next check, the fixes; then the rest.
    """
    yield from ((0, 1), (0, 2))
    for place in range(1, count):
        yield place, 1
        if place == 1:
            yield place, 2
    well = range(min(WELL_EXPLAINED, count))
    yield from ((place, 2) for place in well[2:])
    yield from ((place, 3) for place in well)
    for place in range(WELL_EXPLAINED, count):
        yield place, 2
        yield place, 3


def _escape_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")
