"""A checkout in miniature: two symptoms, two written pages, the real theme."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def make_checkout(place: Path) -> Path:
    """Write a small checkout into `place` and return it."""
    shutil.copytree(ROOT / "site_overrides", place / "site_overrides")
    shutil.copytree(
        ROOT / "tests/printers", place / "kb", ignore=shutil.ignore_patterns(".kbmatch")
    )
    shutil.copy(ROOT / "mkdocs.yml", place)
    for language in ("en", "zh-TW"):
        (place / "content" / language).mkdir(parents=True)
        shutil.copy(ROOT / "content" / language / "index.md", place / "content" / language)
    return place


def kb(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `kb` in a process of its own."""
    clean = {k: v for k, v in os.environ.items() if k not in ("SITE_DIR", "SITE_URL")}
    return subprocess.run(
        [sys.executable, "-m", "kbmatch.cli.kb", *map(str, arguments)],
        cwd=cwd, capture_output=True, encoding="utf-8", errors="replace", timeout=300,
        env={**clean, "LC_ALL": "C.UTF-8", **environment},
    )  # fmt: skip
