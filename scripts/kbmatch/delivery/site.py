"""The site by MkDocs' Python API: strict, quiet, with progress where somebody watches.

The API prints none of the theme's banners, and unlike `mkdocs build -q --strict` it fails when a
link is broken.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, ConfigurationError, PluginError
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import Files


class SiteError(Exception):
    """The site could not be built; the message says why, one problem a line."""


class Progress(BasePlugin):  # type: ignore[no-untyped-call,type-arg]
    """Counts finished pages on a terminal."""

    def __init__(self, stream: TextIO, words: str) -> None:
        self._stream = stream
        self._words = words
        self._total = self._done = 0

    def on_env(self, env: Any, *, config: MkDocsConfig, files: Files) -> None:
        """Count the pages, once all are known."""
        self._total = len(files.documentation_pages())

    def on_post_page(self, output: str, **_: Any) -> str:
        """Show one page more."""
        self._done += 1
        if self._done % 10 == 0 or self._done == self._total:
            line = self._words.format(done=self._done, total=self._total)
            self._stream.write(f"\r{line}")
            self._stream.write("\n" if self._done == self._total else "")
            self._stream.flush()
        return output


def build_site(
    configuration: Path, target: Path, *, knowledge: Path | None = None, progress: str = ""
) -> None:
    """Build the site of `mkdocs.yml` into `target`.

    `knowledge` takes the place of the directory that mkdocs.yml names; `progress` is the text shown
    while pages are made (`{done}`, `{total}`), on a terminal only. Raises SiteError.
    """
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    with _problems() as problems:
        try:
            config = load_config(str(configuration), site_dir=str(target), strict=True)
            if knowledge is not None:
                config.plugins["kbmatch"].config.knowledge = str(knowledge)
            if progress and sys.stderr is not None and sys.stderr.isatty():
                config.plugins["progress"] = Progress(sys.stderr, progress)
            config.plugins.on_startup(command="build", dirty=False)
            try:
                build(config)
            finally:
                config.plugins.on_shutdown()
        except (Abort, ConfigurationError, PluginError) as error:
            found = problems.getvalue().strip()
            raise SiteError(found or str(error)) from error


@contextlib.contextmanager
def _problems() -> Iterator[io.StringIO]:
    """Collect what MkDocs warns of instead of printing it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setLevel(logging.WARNING)
    logger = logging.getLogger("mkdocs")
    logger.addHandler(handler)
    before = logger.propagate
    logger.propagate = False
    try:
        yield stream
    finally:
        logger.propagate = before
        logger.removeHandler(handler)
