"""`kb verify BUNDLE`: whether a bundle is as it was made, and every file that is not."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path

from kbmatch.cli.common import fail, language_of_environment
from kbmatch.delivery.verify import BundleError, verify
from kbmatch.texts import load as load_texts


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments."""
    own = load_texts("delivery", language_of_environment())
    parser.add_argument("bundle", metavar="BUNDLE", help=own["verify.bundle"])


def run(arguments: argparse.Namespace) -> int:
    """Print every difference; return 0 when there is none, 1 when there is, 2 for no bundle."""
    text = load_texts("delivery", language_of_environment())
    path = Path(arguments.bundle)
    try:
        verdict = verify(path)
    except BundleError as error:
        values = {name: printable(str(value)) for name, value in error.values.items()}
        fail(text[error.key].format(**values))
    for finding in verdict.findings:
        print(text[f"verify.{finding.kind}"].format(path=printable(finding.path)))
    if verdict.findings:
        count = len(verdict.findings)
        print(text["verify.bad"].format(path=printable(str(path)), count=count), file=sys.stderr)
        return 1
    print(text["verify.ok"].format(path=printable(str(path)), files=verdict.files))
    if path.is_file():
        with path.open("rb") as file:
            digest = hashlib.sha256()
            while chunk := file.read(1 << 20):
                digest.update(chunk)
        print(text["verify.digest"].format(digest=digest.hexdigest()))
    print(text["verify.origin"])
    return 0


def printable(name: str) -> str:
    """Return a name from a bundle so that it can't steer the terminal."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in name)
