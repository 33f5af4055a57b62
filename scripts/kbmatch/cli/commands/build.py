"""`kb build`: the pack that answers come from, and the site, from checked knowledge."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import kbmatch
from kbmatch.cli.common import fail, language_of_environment
from kbmatch.cli.packs import SHIPPED, write_atomically
from kbmatch.knowledge.load import KnowledgeError, load_or_raise
from kbmatch.matching.compile import compile_pack
from kbmatch.texts import load as load_texts

CONFIGURATION = "mkdocs.yml"
OWN_FILES = "assets/kb"
"""In every site of ours, and written first."""


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments."""
    own = load_texts("delivery", language_of_environment())
    parser.add_argument("--pack-only", action="store_true", help=own["build.pack-only"])
    parser.add_argument("--ship", action="store_true", help=own["build.ship"])
    parser.add_argument("--site-dir", metavar="DIR", help=own["build.site-dir"])
    parser.add_argument("--kb", metavar="DIR", help=own["build.kb"])


def run(arguments: argparse.Namespace) -> int:
    """Write the pack, then the site; return 1 when the knowledge or a page has problems."""
    text = load_texts("delivery", language_of_environment())
    root = checkout(text)
    knowledge = Path(arguments.kb or root / "kb").absolute()
    site = Path(arguments.site_dir or os.environ.get("SITE_DIR") or root / "site").absolute()
    if not arguments.pack_only and not _may_be_emptied(site):
        fail(text["build.not-a-site"].format(path=site))
    pack = compiled(knowledge)
    if pack is None:
        return 1
    target = Path(kbmatch.__file__).parent / SHIPPED if arguments.ship else pack_place(knowledge)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(str(target), pack[0])
    except OSError as error:
        fail(text["build.unwritable"].format(path=target, reason=error.strerror))
    size = len(pack[0]) // 1024
    print(text["build.pack"].format(path=_short(target), size=size, symptoms=pack[1]))
    if arguments.pack_only:
        return 0
    if not site_built(root, site, knowledge, text):
        return 1
    files = sum(path.is_file() for path in site.rglob("*"))
    print(text["build.site"].format(path=_short(site), files=files))
    return 0


def _may_be_emptied(site: Path) -> bool:
    """Whether a directory is new, empty, or an earlier site: MkDocs removes what is in it."""
    try:
        others = [entry for entry in site.iterdir() if not entry.name.startswith(".")]
    except OSError:
        return True  # not there; what else is wrong with it, the builder says
    return not others or (site / OWN_FILES).is_dir()


def checkout(text: Mapping[str, str]) -> Path:
    """Return the directory of mkdocs.yml: here, above, or where this package is checked out."""
    here = Path.cwd()
    for folder in (here, *here.parents, Path(kbmatch.__file__).resolve().parents[2]):
        if (folder / CONFIGURATION).is_file():
            return folder
    fail(text["build.no-configuration"])


def pack_place(knowledge: Path) -> Path:
    """Return where the compiled pack of a knowledge directory is kept."""
    return knowledge.parent / ".kbmatch" / f"{knowledge.name}.kbpack"


def compiled(knowledge: Path) -> tuple[bytes, int] | None:
    """Return the pack and how many symptoms it holds; print the problems when it can't be made."""
    try:
        loaded = load_or_raise(knowledge)
    except KnowledgeError as error:
        print(error.in_language(language_of_environment()), file=sys.stderr)
        return None
    return compile_pack(loaded), len(loaded.symptoms)


def site_built(root: Path, site: Path, knowledge: Path, text: Mapping[str, str]) -> bool:
    """Build the site; print the problems and return False when it can't be built."""
    try:
        from kbmatch.delivery.site import SiteError, build_site
    except ImportError:
        fail(text["build.no-site-builder"])
    try:
        build_site(root / CONFIGURATION, site, knowledge=knowledge, progress=text["build.pages"])
    except SiteError as error:
        print(str(error), file=sys.stderr)
        return False
    except OSError as error:
        fail(text["build.unwritable"].format(path=error.filename, reason=error.strerror))
    return True


def _short(path: Path) -> Path:
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path
