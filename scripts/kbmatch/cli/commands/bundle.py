"""`kb bundle`: one reproducible zip to carry into an air-gapped network."""

from __future__ import annotations

import argparse
import hashlib
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from kbmatch.cli.commands.build import checkout, compiled, site_built
from kbmatch.cli.common import fail, language_of_environment
from kbmatch.cli.packs import write_atomically
from kbmatch.texts import load as load_texts

SITE_TIME = "315532800"
"""The first of January 1980, the earliest time that zip files know: the site's time in a bundle."""


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments."""
    own = load_texts("delivery", language_of_environment())
    parser.add_argument("-o", "--output", metavar="FILE", help=own["bundle.output"])
    parser.add_argument("--site", metavar="DIR", help=own["bundle.site"])
    parser.add_argument("--kb", metavar="DIR", help=own["build.kb"])


def run(arguments: argparse.Namespace) -> int:
    """Write the bundle and print its checksum; return 1 when there are problems."""
    from kbmatch.delivery.bundle import bundle, default_name, read_documents
    from kbmatch.delivery.parts import MissingPartError

    text = load_texts("delivery", language_of_environment())
    root = checkout(text)
    knowledge = Path(arguments.kb or root / "kb").absolute()
    target = Path(arguments.output or root / "dist" / default_name())
    if os.path.lexists(target) and not stat.S_ISREG(target.lstat().st_mode):
        fail(text["bundle.output-kind"].format(path=target))
    if arguments.site:
        _check_site(Path(arguments.site), text)
    pack = compiled(knowledge)
    if pack is None:
        return 1
    with tempfile.TemporaryDirectory(prefix="kbmatch-") as temporary:
        site = Path(arguments.site or Path(temporary) / "site")
        if not arguments.site:
            # Whatever the caller set for other builds: equal knowledge gives equal bytes.
            os.environ.update(SOURCE_DATE_EPOCH=SITE_TIME, SITE_URL="")
            if not site_built(root, site, knowledge, text):
                return 1
        try:
            content = bundle(pack[0], site, read_documents(root, knowledge))
        except MissingPartError as error:
            fail(text["error-missing-part"].format(name=error))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(str(target.absolute()), content)
        target.chmod(0o644)
    except OSError as error:
        fail(text["build.unwritable"].format(path=target, reason=error.strerror))
    digest = hashlib.sha256(content).hexdigest()
    size = f"{len(content) / 1e6:.1f}"
    print(text["bundle.done"].format(path=target, size=size, digest=digest))
    return 0


def _check_site(site: Path, text: Mapping[str, str]) -> None:
    """Stop unless a directory holds a site in every language that the start page links to."""
    from kbmatch.delivery.bundle import LANGUAGES

    for name in ("index.html", *(f"{language}/index.html" for language in LANGUAGES)):
        if not (site / name).is_file():
            fail(text["bundle.no-site"].format(path=site, name=name))
