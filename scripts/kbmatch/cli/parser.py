"""The parser of `kb`: help and errors in the reader's language, with what was probably meant.

argparse hands every text it prints to a translation function of its own; ours reads a table. Its
own wrapping counts characters, so the lines are broken by ours, which counts columns.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from kbmatch.texts import load as load_texts

from .common import fail
from .render import COLUMNS, wrap

MARGIN = 2


def speak(language: str) -> None:
    """Let argparse speak `language` from now on."""
    texts = load_texts("argparse", language)
    setattr(argparse, "_", lambda text: texts.get(text, text))  # noqa: B010 (no public name)


class Formatter(argparse.HelpFormatter):
    """Help in lines of at most 80 columns; an epilog keeps its own lines."""

    def __init__(self, prog: str, *arguments: Any, **options: Any) -> None:
        options["width"] = COLUMNS - MARGIN
        super().__init__(prog, *arguments, **options)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrap(text, width).splitlines()

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines = []
        for line in text.splitlines():
            own = indent + line[: len(line) - len(line.lstrip())]
            lines.append(wrap(line.strip(), width, own))
        return "\n".join(lines)

    def format_help(self) -> str:
        shown = super().format_help()
        for heading in ("positional arguments", "options"):
            title = _translated(heading)
            ended = _translated("%(heading)s:") % {"heading": title}
            shown = shown.replace(f"\n{title}:\n", f"\n{ended}\n")
        return shown


class Parser(argparse.ArgumentParser):
    """An argument parser that says in two lines what is wrong and what to do."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options.setdefault("formatter_class", Formatter)
        options.setdefault("allow_abbrev", False)
        super().__init__(*arguments, **options)

    def parse_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> argparse.Namespace:
        """Parse, naming the options closest to those that don't exist."""
        found: argparse.Namespace
        found, unknown = self.parse_known_args(args, namespace)
        if unknown:
            chosen = self._chosen(found)
            message = _translated("unrecognized arguments: %s") % " ".join(unknown)
            chosen.error(message + _meant(unknown[0].partition("=")[0], chosen.flags()))
        return found

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        try:
            super()._check_value(action, value)
        except argparse.ArgumentError:
            meant = _meant(str(value), [str(choice) for choice in action.choices or ()])
            if not meant:
                raise
            message = _translated("there is no %s") % value + meant
            raise argparse.ArgumentError(action, message) from None

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where the help is; stop with status 2."""
        hint = _translated("see %s --help") % self.prog
        fail(f"{message}\n{hint}", self.prog)

    def _print_message(self, message: str, file: Any = None) -> None:
        """Print, and let a full disk be reported: argparse would swallow it."""
        (file or sys.stdout).write(message)

    def flags(self) -> list[str]:
        """Return the spellings of every option."""
        return [flag for action in self._actions for flag in action.option_strings]

    def _chosen(self, found: argparse.Namespace) -> Parser:
        """Return the parser of the subcommand that was chosen, however deep."""
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):
                below = action.choices.get(getattr(found, action.dest, ""))
                if isinstance(below, Parser):
                    return below._chosen(found)
        return self


def _translated(text: str) -> str:
    translated: str = getattr(argparse, "_")(text)  # noqa: B009 (no public name)
    return translated


def _meant(given: str, known: Sequence[str]) -> str:
    """Return a question that names what was probably meant, or nothing."""
    near = get_close_matches(given, known, n=1)
    return _translated("; did you mean %s?") % near[0] if near else ""
