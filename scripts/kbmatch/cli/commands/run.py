"""`kb run -- COMMAND`: the command as if alone; an explanation on stderr only when it fails."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Mapping

from kbmatch.cli.common import language_of_environment
from kbmatch.cli.packs import failure_text, open_pack
from kbmatch.cli.passthrough import run_through
from kbmatch.texts import load as load_texts

NOT_FOUND = 127
NOT_EXECUTABLE = 126
SIGNALLED = 128
"""Added to a signal's number, as shells do."""


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments."""
    parser.add_argument("--lang", choices=("en", "zh-TW"), help=text["option.lang"])
    parser.add_argument("--kb", metavar="DIR|PACK", help=text["option.kb"])
    parser.add_argument(
        "words", nargs=argparse.REMAINDER, metavar="-- COMMAND", help=text["run.words"]
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its own exit status."""
    command = arguments.words[1:] if arguments.words[:1] == ["--"] else arguments.words
    language = arguments.lang or language_of_environment()
    text = load_texts("kb", language)
    if not command:
        print(f"kb: {text['run.nothing']}", file=sys.stderr)
        return 2

    def explain(status: int, said: bytes) -> None:
        if status != 0:
            _explain(said, language, arguments.kb, text)

    try:
        status = run_through(command, explain)
    except OSError as error:
        print(f"kb: {command[0]}: {error.strerror}", file=sys.stderr)
        return NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_EXECUTABLE
    if status < 0:
        _end_by(-status)
        return SIGNALLED - status
    return status


def _end_by(number: int) -> None:
    """End as the command ended, so that the caller sees the same signal, where that is possible."""
    sys.stderr.flush()
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the command has left its own core
    except (ImportError, OSError, ValueError):
        pass
    try:
        signal.signal(number, signal.SIG_DFL)
    except (OSError, ValueError):
        pass  # it can't be caught, so it was never anything but the default
    os.kill(os.getpid(), number)


def _explain(said: bytes, language: str, kb: str | None, text: Mapping[str, str]) -> None:
    """Print what the command's own words mean; stay silent when they are not known.

    Whatever goes wrong here is one line: the command's own end counts.
    """
    try:
        _answer(said, language, kb)
    except Exception as error:
        words = load_texts("match", language)
        try:
            reason = failure_text(error, words, language)
        except Exception:
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
        print(f"kb: {text['run.no-knowledge'].format(reason=reason)}", file=sys.stderr)


def _answer(said: bytes, language: str, kb: str | None) -> None:
    from kbmatch.cli.render import Renderer, Style
    from kbmatch.matching.answer import answer
    from kbmatch.matching.decode import decode
    from kbmatch.matching.matcher import Matcher

    matcher = Matcher(open_pack(kb))
    found = answer(decode(said), matcher, language)
    if found.found:
        style = Style(sys.stderr.isatty() and not os.environ.get("NO_COLOR"))
        # The two streams came as they came, so a line number would point nowhere.
        renderer = Renderer(
            found, matcher, load_texts("match", language), style=style, numbered=False
        )
        print("\n" + renderer.terminal(), file=sys.stderr)
