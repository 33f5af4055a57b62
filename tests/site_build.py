"""Builds the site once for the tests that look at the finished thing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config

ROOT = Path(__file__).resolve().parents[1]
PRINTERS = ROOT / "tests" / "printers"


def build_site(target: Path, knowledge: Path, site_url: str = "") -> Path:
    """Build `knowledge` into `target`, strictly, and return it."""
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    config = load_config(
        str(ROOT / "mkdocs.yml"), site_dir=str(target), site_url=site_url, strict=True
    )
    config.plugins["kbmatch"].config.knowledge = str(knowledge)
    config.plugins.on_startup(command="build", dirty=False)
    try:
        build(config)
    finally:
        config.plugins.on_shutdown()
    return target


def our_site(target: Path) -> Path:
    """Build our own knowledge, or take the site that KBMATCH_TEST_SITE names."""
    ready = os.environ.get("KBMATCH_TEST_SITE")
    if ready:
        shutil.copytree(ready, target, dirs_exist_ok=True)
        return target
    return build_site(target, ROOT / "kb")
