"""`kb import FILE.md`: a troubleshooting article in Markdown to drafts of entries."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kbmatch.authoring.article import ArticleError, read_article
from kbmatch.authoring.drafts import Writer, slug, to_yaml, write_new
from kbmatch.authoring.hints import hints_of, notes_of
from kbmatch.authoring.importing import Imported, import_article, unplaced_lines
from kbmatch.cli.common import fail, json_text, language_of_environment
from kbmatch.cli.opening import settings_or_fail
from kbmatch.matching.decode import decode
from kbmatch.texts import load as load_texts


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments."""
    own = load_texts("authoring", language_of_environment())
    parser.add_argument("file", type=Path, metavar="FILE.md", help=own["import.file"])
    parser.add_argument("--output", type=Path, metavar="DIR", help=own["import.output"])
    parser.add_argument("--area", help=own["import.area"])
    parser.add_argument("--phase", help=own["import.phase"])
    parser.add_argument("--article-language", choices=("en", "zh-TW"), help=own["import.language"])
    parser.add_argument("--base-url", metavar="URL", help=own["import.base"])
    parser.add_argument("--format", choices=("text", "json"), default="text", help=own["format"])
    parser.add_argument("--lang", choices=("en", "zh-TW"), help=text["option.lang"])
    parser.add_argument("--kb", metavar="DIR|PACK", help=text["option.kb"])


def run(arguments: argparse.Namespace) -> int:
    """Print or write the drafts; return 1 when the article has no symptom, cause or solution."""
    language = arguments.lang or language_of_environment()
    text = load_texts("authoring", language)
    try:
        article = read_article(decode(arguments.file.read_bytes()))
    except OSError as error:
        fail(text["unreadable"].format(path=arguments.file, reason=error.strerror))
    except ArticleError as error:
        fail(f"{arguments.file}:1:1 {error}")
    settings = settings_or_fail(arguments.kb, language)
    area = arguments.area or settings["areas"][0]["id"]
    phase = arguments.phase or settings["phases"][0]["id"]
    for kind, given in (("areas", area), ("phases", phase)):
        known = [item["id"] for item in settings[kind]]
        if given not in known:
            fail(text[f"unknown-{kind}"].format(given=given, known=", ".join(known)))
    languages = tuple(settings["languages"])
    imported = import_article(
        article,
        name=slug(arguments.file.stem, "article", 4),
        area=area,
        phase=phase,
        settings=settings,
        writer=Writer(languages, notes_of(languages)),
        hints=hints_of(languages),
        language=arguments.article_language,
        base=arguments.base_url,
    )
    if arguments.output:
        _write(imported, arguments, text)
    elif arguments.format == "text":
        for draft in imported.drafts:
            print(f"--- {draft.path}\n{draft.text()}")
        if imported.links:
            print(f"--- links.yaml\n{to_yaml(imported.links)}")
    if arguments.format == "json":
        print(json_text(_as_json(imported)))
    _report(imported, arguments, text)
    return 0 if imported.drafts else 1


def _write(imported: Imported, arguments: argparse.Namespace, text: Mapping[str, str]) -> None:
    folder: Path = arguments.output
    files = {draft.path: draft.text() for draft in imported.drafts}
    if imported.links:
        files["links.yaml"] = to_yaml(imported.links)
    listed = "\n".join(unplaced_lines(imported.unplaced, arguments.file.name))
    if listed:
        files["unplaced.txt"] = listed + "\n"
    for name, content in files.items():
        try:
            write_new(folder / name, content)
        except FileExistsError:
            fail(text["exists"].format(path=folder / name))
        except OSError as error:
            fail(text["unwritable"].format(path=folder / name, reason=error.strerror))


def _as_json(imported: Imported) -> dict[str, Any]:
    return {
        "version": 1,
        "language": imported.language,
        "entries": [
            {"kind": draft.kind, "path": draft.path, "value": draft.value}
            for draft in imported.drafts
        ],
        "links": imported.links,
        "unplaced": [{"line": item.number, "text": item.text} for item in imported.unplaced],
    }


def _report(imported: Imported, arguments: argparse.Namespace, text: Mapping[str, str]) -> None:
    """Say on stderr what came out and what did not."""
    counts = {
        kind: sum(draft.kind == kind for draft in imported.drafts)
        for kind in ("symptom", "cause", "solution")
    }
    summary = text["import.summary"].format(
        **counts, links=len(imported.links), unplaced=len(imported.unplaced)
    )
    print(summary, file=sys.stderr)
    if imported.unplaced:
        print(text["import.unplaced"], file=sys.stderr)
        for line in unplaced_lines(imported.unplaced, str(arguments.file)):
            print(f"  {line}", file=sys.stderr)
    if imported.drafts:
        print(text["import.next"], file=sys.stderr)
