"""One zip with everything a closed network needs; equal input gives equal bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from html import escape
from pathlib import Path

import kbmatch
from kbmatch.texts import load

from .archive import read_tree, zip_bytes
from .parts import LIBRARIES, own_library, pyz, read_library, wheel
from .sbom import sbom

FOLDER = "kbmatch-bundle"
"""The one folder that a bundle unpacks to."""
SUMS = "SHA256SUMS"
LANGUAGES = ("en", "zh-TW")
_TEMPLATE = Path(__file__).with_name("templates") / "start.html"


def bundle(pack: bytes, site: Path) -> bytes:
    """Return the bundle of a pack and a built site. Raises MissingPartError."""
    libraries = [read_library(name) for name in LIBRARIES]
    own = own_library(pack)
    files = read_tree(site, "site/")
    files["kbmatch.pyz"] = pyz(pack, libraries)
    for library in (own, *libraries):
        name, content = wheel(library)
        files[f"wheels/{name}"] = content
    files["sbom.cdx.json"] = sbom(own, libraries, files)
    files["index.html"] = start_page().encode()
    files[SUMS] = sums(files)
    return zip_bytes({f"{FOLDER}/{name}": content for name, content in files.items()})


def sums(files: Mapping[str, bytes]) -> bytes:
    """Return the checksums of `files` in the form that `sha256sum -c` reads."""
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return "".join(lines).encode()


def start_page() -> str:
    """Return the page a reader opens first, in every language one below the other."""
    sections = []
    for language in LANGUAGES:
        text = load("delivery", language)
        rows = "".join(
            f"<tr><td><code>{escape(name)}</code></td><td>{escape(text[key])}</td></tr>\n"
            for name, key in (
                ("site/", "start.site"),
                ("kbmatch.pyz", "start.pyz"),
                ("wheels/", "start.wheels"),
                ("sbom.cdx.json", "start.sbom"),
                (SUMS, "start.sums"),
            )
        )
        blocks = "".join(
            f"<h3>{escape(text[f'start.{part}-title'])}</h3>\n<p>{escape(text[f'start.{part}-text'])}</p>\n"
            f"<pre><code>{escape(text[f'start.{part}-commands'])}</code></pre>\n"
            for part in ("terminal", "install", "check")
        )
        sections.append(
            f'<section lang="{language}">\n<h2>{escape(text["start.title"])}</h2>\n'
            f"<p>{escape(text['start.lead'])}</p>\n"
            f'<p><a class="open" href="site/{language}/index.html">'
            f"{escape(text['start.open'])}</a></p>\n"
            f"{blocks}<h3>{escape(text['start.contents'])}</h3>\n<table>\n{rows}</table>\n</section>\n"
        )
    page = _TEMPLATE.read_text(encoding="utf-8")
    return page.replace("{{version}}", kbmatch.__version__).replace("{{body}}", "".join(sections))
