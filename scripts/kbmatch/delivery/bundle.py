"""One zip with everything a closed network needs; equal input gives equal bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

import kbmatch
from kbmatch.texts import load

from .archive import read_tree, zip_bytes
from .parts import LIBRARIES, license_texts, own_library, pyz, read_library, wheel
from .sbom import KNOWLEDGE, PYZ, sbom
from .theme import read_theme

FOLDER = "kbmatch-bundle"
"""The one folder that a bundle unpacks to."""
SUMS = "SHA256SUMS"
LANGUAGES = ("en", "zh-TW")
_ROWS = (
    ("site/", "start.site"),
    (PYZ, "start.pyz"),
    ("wheels/", "start.wheels"),
    (KNOWLEDGE, "start.knowledge"),
    ("SECURITY.md", "start.security"),
    ("LICENSE", "start.license"),
    ("licenses/", "start.licenses"),
    ("sbom.cdx.json", "start.sbom"),
    (SUMS, "start.sums"),
)
_TEMPLATE = Path(__file__).with_name("templates") / "start.html"


@dataclass(frozen=True, slots=True)
class Documents:
    """What a checkout says about itself: its licences and how it is defended."""

    license: bytes = b""
    knowledge_license: bytes = b""
    security: bytes = b""


def read_documents(root: Path, knowledge: Path) -> Documents:
    """Read what there is of a checkout's documents; another knowledge base may have none."""
    places = (root / "LICENSE", knowledge / "LICENSE", root / "SECURITY.md")
    return Documents(*(path.read_bytes() if path.is_file() else b"" for path in places))


def bundle(pack: bytes, site: Path, documents: Documents) -> bytes:
    """Return the bundle of a pack and a built site. Raises MissingPartError."""
    libraries = [read_library(name) for name in LIBRARIES]
    theme = read_theme()
    licenses = {"LICENSE": documents.license, "kb/LICENSE": documents.knowledge_license}
    own = own_library(pack, {name: text for name, text in licenses.items() if text}, libraries)
    files = read_tree(site, "site/")
    files[PYZ] = pyz(own, libraries)
    files[KNOWLEDGE] = pack
    for library in (own, *libraries):
        name, content = wheel(library)
        files[f"wheels/{name}"] = content
        if library is not own:
            files.update(license_texts(library))
    files.update(theme.texts)
    texts = {
        "LICENSE": documents.license,
        "SECURITY.md": documents.security,
        "licenses/knowledge/LICENSE": documents.knowledge_license,
    }
    files.update({name: text for name, text in texts.items() if text})
    files["sbom.cdx.json"] = sbom(
        own, libraries, theme, files, documents.knowledge_license.decode("utf-8", "replace")
    )
    files["index.html"] = start_page(files).encode()
    files[SUMS] = sums(files)
    placed = {f"{FOLDER}/{name}": content for name, content in files.items()}
    return zip_bytes(placed, dated=True)


def default_name() -> str:
    """Return what a bundle of this version is called."""
    return f"kbmatch-{kbmatch.__version__}-bundle.zip"


def sums(files: Mapping[str, bytes]) -> bytes:
    """Return the checksums of `files` in the form that `sha256sum -c` reads."""
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return "".join(lines).encode()


def start_page(files: Iterable[str]) -> str:
    """Return the page a reader opens first, in every language one below the other.

    It tells of what is among `files`.
    """
    names = {name.partition("/")[0] + "/" if "/" in name else name for name in (*files, SUMS)}
    sections, links = [], []
    for language in LANGUAGES:
        text = {
            key: escape(value.replace("{zip}", default_name()))
            for key, value in load("delivery", language).items()
        }
        rows = "".join(
            f"<tr><td><code>{name}</code></td><td>{text[key]}</td></tr>\n"
            for name, key in _ROWS
            if name in names
        )
        blocks = "".join(
            f"<h3>{text[f'start.{part}-title']}</h3>\n<p>{text[f'start.{part}-text']}</p>\n"
            f"<pre><code>{text[f'start.{part}-commands']}</code></pre>\n"
            for part in ("terminal", "install", "check", "origin")
        )
        links.append(f'<a href="#{language}" lang="{language}">{text["start.title"]}</a>')
        sections.append(
            f'<section lang="{language}" id="{language}">\n<h2>{text["start.title"]}</h2>\n'
            f"<p>{text['start.lead']}</p>\n"
            f'<p><a class="open" href="site/{language}/index.html">{text["start.open"]}</a></p>\n'
            f"{blocks}<h3>{text['start.contents']}</h3>\n<table>\n{rows}</table>\n</section>\n"
        )
    page = _TEMPLATE.read_text(encoding="utf-8")
    return page.replace("{{version}}", kbmatch.__version__).replace(
        "{{body}}", f"<p>{' · '.join(links)}</p>\n" + "".join(sections)
    )
