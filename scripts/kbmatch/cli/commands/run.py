"""`kb run -- COMMAND`: the command as if alone; an explanation on stderr only when it fails."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Mapping

from kbmatch.cli.common import language_of_environment
from kbmatch.cli.packs import NoKnowledgeError, open_pack
from kbmatch.cli.passthrough import run_through
from kbmatch.texts import load as load_texts

NOT_FOUND = 127
NOT_EXECUTABLE = 126


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
    try:
        status, said = run_through(command)
    except OSError as error:
        print(f"kb: {command[0]}: {error.strerror}", file=sys.stderr)
        return NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_EXECUTABLE
    if status != 0:
        _explain(said, language, arguments.kb)
    if status < 0:
        # End as the command ended, so that the caller sees the same signal.
        sys.stderr.flush()
        signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    return status


def _explain(said: bytes, language: str, kb: str | None) -> None:
    """Print what the command's own words mean; stay silent when they are not known."""
    from kbmatch.cli.render import Renderer, Style
    from kbmatch.matching.answer import answer
    from kbmatch.matching.decode import decode
    from kbmatch.matching.matcher import Matcher
    from kbmatch.matching.pack import PackError

    try:
        matcher = Matcher(open_pack(kb))
    except (NoKnowledgeError, PackError) as error:
        print(f"kb: {error}", file=sys.stderr)
        return
    found = answer(decode(said), matcher, language)
    if found.found:
        style = Style(sys.stderr.isatty() and not os.environ.get("NO_COLOR"))
        renderer = Renderer(found, matcher, load_texts("match", language), style=style)
        print("\n" + renderer.terminal(), file=sys.stderr)
