"""`kb search`: search the knowledge in words, either language, with the passage that matches."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping

from kbmatch.cli.common import fail, is_in_chinese, json_text, language_of_environment
from kbmatch.cli.opening import pack_or_fail
from kbmatch.cli.packs import is_terminal_coloured
from kbmatch.cli.render import Style, plain_text, wrap
from kbmatch.cli.slots import fill
from kbmatch.search.find import Found, Result, find
from kbmatch.search.index import open_index
from kbmatch.texts import load as load_texts

DEFAULT_LIMIT = 10
EMPTY: Mapping[str, str] = {}


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments."""
    own = load_texts("search", language_of_environment())
    parser.add_argument("words", nargs="+", metavar="WORDS", help=own["words"])
    parser.add_argument("--limit", type=int, default=DEFAULT_LIMIT, metavar="N", help=own["limit"])
    parser.add_argument("--format", choices=("text", "json"), default="text", help=own["format"])
    parser.add_argument("--lang", choices=("en", "zh-TW"), help=text["option.lang"])
    parser.add_argument("--kb", metavar="DIR|PACK", help=text["option.kb"])
    parser.add_argument("--no-color", action="store_true", help=text["option.no-color"])


def run(arguments: argparse.Namespace) -> int:
    """Print what is found; return 1 when nothing is."""
    words = " ".join(arguments.words)
    asked = "zh-TW" if is_in_chinese(words) else language_of_environment()
    language = arguments.lang or asked
    text = load_texts("search", language)
    if not words.strip():
        fail(text["no-words"])
    pack = pack_or_fail(arguments.kb, language)
    index = open_index(pack)
    if not index.kept:
        print(f"kb search: {text['memory']}", file=sys.stderr)
    limit = max(1, arguments.limit)
    found = find(index, pack, words, language, limit)
    searched = words
    if not found.results and found.did_you_mean:
        searched = found.did_you_mean
        found = find(index, pack, searched, language, limit)
    settings = pack.json_section("settings")
    origins = settings.get("origins", {})
    for result in found.results:
        result.origin = origins.get(result.origin, {}).get(language, result.origin)
    if arguments.format == "json":
        print(json_text(as_json(found, words, language, searched)))
    else:
        style = Style(is_terminal_coloured(arguments.no_color))
        lines = _lines(found, words, text, style, searched, settings["examples"])
        print("\n".join(lines))
    return 0 if found.results else 1


def as_json(
    found: Found, words: str, language: str, searched: str | None = None
) -> dict[str, object]:
    """Return what was found as plain values; marks are [start, end) in characters.

    `searched` is there when nothing held the words and the closest ones were searched for.
    """
    corrected = searched if searched != words else None
    return {
        "version": 1,
        "query": words,
        **({"searched": corrected} if corrected else {}),
        "language": language,
        "total": found.total,
        "did_you_mean": corrected or found.did_you_mean,
        "results": [
            {
                "kind": result.kind,
                "id": result.id,
                "title": result.title,
                "page": result.page,
                "score": result.score,
                "snippet": result.snippet,
                "marks": [list(span) for span in result.marks],
                **({"origin": result.origin} if result.origin else {}),
            }
            for result in found.results
        ],
    }


def _lines(
    found: Found,
    words: str,
    text: Mapping[str, str],
    style: Style,
    searched: str | None = None,
    examples: Mapping[str, str] = EMPTY,
) -> Iterable[str]:
    if searched not in (None, words) and found.results:
        yield wrap(text["corrected"].format(query=words, searched=searched))
        yield ""
    elif found.did_you_mean:
        yield wrap(text["did-you-mean"].format(query=found.did_you_mean))
        yield ""
    if not found.results:
        yield wrap(text["none"].format(query=words))
        return
    for result in found.results:
        yield from _result(result, text, style, examples)
    if found.total > len(found.results):
        more = text["more"].format(shown=len(found.results), total=found.total)
        yield style.dim(wrap(more))


def _result(
    result: Result, text: Mapping[str, str], style: Style, examples: Mapping[str, str]
) -> Iterable[str]:
    kind = text[f"kind-{result.kind}"]
    note = text["noted"].format(note=text["origin"].format(origin=result.origin))
    named = text["result"].format(
        title=result.title, kind=kind, id=f"{result.id}{note if result.origin else ''}"
    )
    yield wrap(named, indent="  ", first="- ")
    if result.snippet:
        shown = fill(plain_text(result.snippet), {}, examples)
        matching = {result.snippet[start:end] for start, end in result.marks}
        yield _emphasised(wrap(shown, indent="    ", first="    "), matching, style)
    yield style.dim(f"    {result.page}")


def _emphasised(text: str, matching: Iterable[str], style: Style) -> str:
    """Emphasise what matches; done last, since escape codes have no width."""
    import re

    parts = sorted((part for part in matching if part.strip()), key=len, reverse=True)
    if not parts or not style.enabled:
        return text
    return re.sub("|".join(map(re.escape, parts)), lambda match: style.bold(match[0]), text)
