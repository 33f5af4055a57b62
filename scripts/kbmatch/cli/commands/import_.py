"""`kb import FILE.md`: a troubleshooting article in Markdown to drafts of entries."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kbmatch.authoring.article import ArticleError, read_article
from kbmatch.authoring.drafts import Writer, slug, to_yaml, write_new
from kbmatch.authoring.hints import hints_of, notes_of
from kbmatch.authoring.importing import Imported, import_article, unplaced_lines
from kbmatch.authoring.neighbours import Known, Neighbourhood, existing
from kbmatch.cli.common import fail, json_text, language_of_environment
from kbmatch.cli.opening import settings_or_fail
from kbmatch.cli.packs import open_pack
from kbmatch.knowledge.rules_texts import marks
from kbmatch.matching.decode import decode
from kbmatch.matching.pack import Pack
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


MAX_TWINS = 200
"""So many symptoms are compared with the knowledge; a list of more is no article."""
NEAR = 3
"""So many pages near a symptom are named."""


def pack_or_none(kb: str | None) -> Pack | None:
    """Return the knowledge as a pack; errors in it must not keep anybody from importing."""
    try:
        return open_pack(kb)
    except Exception:
        return None


def is_marked(text: str) -> bool:
    """Whether a text is still to be written."""
    return any(text.startswith(mark) for mark in marks())


def run(arguments: argparse.Namespace) -> int:
    """Print or write the drafts; return 1 when the article has no symptom, cause or solution."""
    language = arguments.lang or language_of_environment()
    text = load_texts("authoring", language)
    try:
        article = read_article(decode(arguments.file.read_bytes()))
    except OSError as error:
        fail(text["unreadable"].format(path=arguments.file, reason=error.strerror))
    except ArticleError as error:
        fail(f"{arguments.file}:{error.line}:1 {error.in_language(language)}")
    settings = settings_or_fail(arguments.kb, language)
    pack = pack_or_none(arguments.kb)
    area = arguments.area or settings["areas"][0]["id"]
    phase = arguments.phase or settings["phases"][0]["id"]
    for kind, given in (("areas", area), ("phases", phase)):
        known = [item["id"] for item in settings[kind]]
        if given not in known:
            fail(text[f"unknown-{kind}"].format(given=given, known=", ".join(known)))
    languages = tuple(settings["languages"])
    try:
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
            file=arguments.file.stem,
            existing=existing(pack) if pack else None,
        )
    except ArticleError as error:
        fail(f"{arguments.file}:{error.line}:1 {error.in_language(language)}")
    twins = _twins(imported, pack, language) if pack else []
    if arguments.output:
        _write(imported, arguments, text)
    elif arguments.format == "text":
        for draft in imported.drafts:
            print(f"--- {draft.path}\n{draft.text()}")
        if imported.links:
            print(f"--- links.yaml\n{to_yaml(imported.links)}")
    if arguments.format == "json":
        print(json_text(_as_json(imported, twins)))
    _report(imported, twins, arguments, text)
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


def _twins(imported: Imported, pack: Pack, language: str) -> list[tuple[str, Known]]:
    """Return what the knowledge says about each symptom already, where it says anything."""
    found = []
    asked = Neighbourhood(pack, language)
    symptoms = [draft for draft in imported.drafts if draft.kind == "symptom"]
    for draft in symptoms[:MAX_TWINS]:
        sample = draft.value["signatures"][0]["samples"][0]
        words = [word for listed in draft.value["aliases"].values() for word in listed]
        known = asked.of(words[0] if is_marked(sample) else sample)
        if known.explained or known.near:
            found.append((draft.id, known))
    return found


def _as_json(imported: Imported, twins: Sequence[tuple[str, Known]]) -> dict[str, Any]:
    return {
        "version": 1,
        "language": imported.language,
        "entries": [
            {"kind": draft.kind, "path": draft.path, "value": draft.value}
            for draft in imported.drafts
        ],
        "links": imported.links,
        "unplaced": [{"line": item.number, "text": item.text} for item in imported.unplaced],
        "undecided": [{"line": item.number, "text": item.text} for item in imported.undecided],
        "clashes": imported.clashes,
        "twins": [
            {
                "id": id,
                "explained": known.explained.id if known.explained else None,
                "near": [page.id for page in known.near],
            }
            for id, known in twins
        ],
    }


def _report(
    imported: Imported,
    twins: Sequence[tuple[str, Known]],
    arguments: argparse.Namespace,
    text: Mapping[str, str],
) -> None:
    """Say on stderr what came out and what did not."""
    counts = {
        kind: sum(draft.kind == kind for draft in imported.drafts)
        for kind in ("symptom", "cause", "solution")
    }
    summary = text["import.summary"].format(
        **counts, links=len(imported.links), unplaced=len(imported.unplaced)
    )
    print(summary, file=sys.stderr)
    for id, known in twins:
        if known.explained:
            said = text["import.twin"].format(id=id, other=known.explained.id)
        else:
            said = text["import.near"].format(
                id=id, others=", ".join(page.id for page in known.near[:NEAR])
            )
        print(said, file=sys.stderr)
    for clash in imported.clashes:
        print(text["import.clash"].format(id=clash), file=sys.stderr)
    if imported.undecided:
        print(text["import.undecided"], file=sys.stderr)
        for line in unplaced_lines(imported.undecided, str(arguments.file)):
            print(f"  {line}", file=sys.stderr)
    if imported.unplaced:
        print(text["import.unplaced"], file=sys.stderr)
        for line in unplaced_lines(imported.unplaced, str(arguments.file)):
            print(f"  {line}", file=sys.stderr)
    if imported.drafts:
        print(text["import.next"], file=sys.stderr)
