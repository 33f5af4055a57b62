"""Builds the site once for the tests that look at the finished thing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config

ROOT = Path(__file__).resolve().parents[1]
PRINTERS = ROOT / "tests" / "printers"


def build_site(
    target: Path, knowledge: Path, site_url: str = "", content: Path = ROOT / "content"
) -> Path:
    """Build `knowledge` into `target`, strictly, and return it."""
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    config = load_config(
        str(ROOT / "mkdocs.yml"),
        docs_dir=str(content),
        site_dir=str(target),
        site_url=site_url,
        strict=True,
    )
    config.plugins["kbmatch"].config.knowledge = str(knowledge)
    config.plugins.on_startup(command="build", dirty=False)
    try:
        build(config)
    finally:
        config.plugins.on_shutdown()
    return target


def build_printers(target: Path, knowledge: Path = PRINTERS) -> Path:
    """Build the small knowledge base, with those written pages that speak of no other."""
    content = target.with_name(f"{target.name}-content")
    for language in ("en", "zh-TW"):
        (content / language).mkdir(parents=True)
        for name in ("index.md", "how-to-use.md"):
            shutil.copy(ROOT / "content" / language / name, content / language / name)
    return build_site(target, knowledge, "https://kb.example/docs/", content)


def our_site(target: Path) -> Path:
    """Build our own knowledge, or take the site that KBMATCH_TEST_SITE names."""
    ready = os.environ.get("KBMATCH_TEST_SITE")
    if ready:
        shutil.copytree(ready, target, dirs_exist_ok=True)
        return target
    return build_site(target, ROOT / "kb")
