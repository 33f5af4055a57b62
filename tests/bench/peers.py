"""The site beside plain MkDocs: as many ready-made Markdown pages that say the same."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kbmatch.knowledge.load import load_or_raise
from kbmatch.knowledge.model import Cause, Knowledge, Solution, Symptom

from . import generate
from .measure import KB, ROOT

CONFIGURATION = """\
site_name: plain
use_directory_urls: false
theme: {name: material, font: false, features: [navigation.prune]}
plugins: [search]
markdown_extensions: [admonition, attr_list, tables, pymdownx.superfences]
nav: [index.md]
validation: {nav: {omitted_files: ignore}}
"""


def _fence(text: str, kind: str = "") -> str:
    return f"```{kind}\n{text.rstrip()}\n```\n"


def _check(cause: Cause, language: str) -> str:
    check = cause.check
    parts = [f"### {cause.title[language]}\n", cause.explanation[language], check.text[language]]
    parts += [_fence(command.run, "sh") for command in check.commands]
    for outcome in (check.if_yours, check.if_not):
        parts += [_fence(outcome.output or ""), outcome.meaning[language]]
    return "\n\n".join(parts)


def _fix(solution: Solution, language: str) -> str:
    parts = [f"#### {solution.title[language]}\n"]
    for step in solution.steps:
        parts += [step.text[language], *(_fence(command.run, "sh") for command in step.commands)]
    parts += [solution.verify.text[language], _fence(solution.verify.expected)]
    return "\n\n".join(parts)


def _symptom(knowledge: Knowledge, symptom: Symptom, language: str) -> str:
    parts = [f"# {symptom.title[language]}", symptom.summary[language]]
    parts += [_fence(signature.message) for signature in symptom.signatures]
    for ranked in symptom.causes:
        cause = knowledge.causes[ranked.cause]
        parts.append(_check(cause, language))
        parts += [_fix(knowledge.solutions[id], language) for id in cause.solutions]
    return "\n\n".join(parts) + "\n"


def write_markdown(knowledge: Knowledge, root: Path) -> int:
    """Write one Markdown page for each symptom and solution and language; return how many."""
    count = 0
    for language in knowledge.settings.languages:
        texts = {
            **{
                f"symptoms/{symptom.id}": _symptom(knowledge, symptom, language)
                for symptom in knowledge.symptoms.values()
            },
            **{
                f"solutions/{solution.id}": _fix(solution, language)
                for solution in knowledge.solutions.values()
            },
        }
        for path, text in texts.items():
            target = root / "docs" / language / f"{path}.md"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
            count += 1
    (root / "docs/index.md").write_text("# Plain\n", "utf-8")
    (root / "mkdocs.yml").write_text(CONFIGURATION, "utf-8")
    return count


def site_beside_plain(work: Path, count: int = 1000) -> Iterator[tuple[str, str, str, str]]:
    """Build our site and plain MkDocs' of the same content, in turns."""
    from site_build import build_site

    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    directory = work / "kb"
    generate.write(count, directory, KB / "kb.yaml")
    pages = write_markdown(load_or_raise(directory), work)
    content = work / "content"
    for language in ("en", "zh-TW"):
        (content / language).mkdir(parents=True)
        for name in ("index.md", "how-to-use.md"):
            shutil.copy(ROOT / "content" / language / name, content / language / name)
    times: dict[str, list[float]] = {"ours": [], "plain": []}
    for _ in range(2):
        start = time.perf_counter()
        build_site(work / "ours", directory, content=content)
        times["ours"].append(time.perf_counter() - start)
        start = time.perf_counter()
        _plain(work)
        times["plain"].append(time.perf_counter() - start)
    ours, plain = min(times["ours"]), min(times["plain"])
    against = f"{ours / plain:.2f} × plain mkdocs build of {pages:,} pages ({plain:.0f} s)"
    yield f"site, {count:,} symptoms × 2 languages", f"{ours:.0f} s", against, "1.3"


def _plain(work: Path) -> None:
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    config: Any = load_config(str(work / "mkdocs.yml"), site_dir=str(work / "plain"))
    config.plugins.on_startup(command="build", dirty=False)
    build(config)
