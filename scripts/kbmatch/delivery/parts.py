"""Installed libraries as portable parts: pure Python only, the same for every system.

The bundle carries what `kbmatch` and `kb` import, taken from the environment that builds it and
repacked without compiled modules, so that one wheel serves Linux, macOS and Windows. Building the
site needs more, and is done where the network is.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import kbmatch

from .archive import zip_bytes
from .unpack import LISTING

LIBRARIES = ("markdown-it-py", "mdurl", "pyyaml", "whoosh3")
"""What is imported outside the site builder, with what that needs."""
_COMPILED = (".so", ".pyd", ".dylib", ".dll", ".pyc", ".c", ".pyx")
_SPDX = {
    "MIT": "MIT", "MIT License": "MIT",
    "BSD-2-Clause": "BSD-2-Clause", "BSD-3-Clause": "BSD-3-Clause",
    "Apache-2.0": "Apache-2.0", "Apache Software License": "Apache-2.0",
}  # fmt: skip
"""What libraries call their licences where they give no SPDX expression."""
_ADDRESSES = ("homepage", "repository", "source", "source code", "documentation")
_OWN = (".py", ".json", ".html", ".css", ".js")
"""What the package consists of: editors and interpreters leave other files behind."""
_DROPPED = ("INSTALLER", "RECORD", "REQUESTED", "WHEEL", "direct_url.json", "entry_points.txt")
_WHEEL = "Wheel-Version: 1.0\nGenerator: kb bundle\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
PACK = "kbmatch/data/knowledge.kbpack"
LICENSE = "Apache-2.0"
"""Of the code; the knowledge in it has its own."""


@dataclass(frozen=True, slots=True)
class Library:
    """One installed library: its modules, and the files that describe it."""

    name: str
    version: str
    license: str
    homepage: str
    needs: tuple[str, ...]
    """Those of `LIBRARIES` that it imports."""
    modules: dict[str, bytes]
    information: dict[str, bytes]


class MissingPartError(Exception):
    """A library that the bundle needs is not installed; the message names it."""


def read_library(name: str) -> Library:
    """Read an installed library. Raises MissingPartError."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        raise MissingPartError(name) from None
    modules: dict[str, bytes] = {}
    information: dict[str, bytes] = {}
    for file in found.files or ():
        path = file.as_posix()
        if path.startswith(("../", "/")) or "__pycache__" in path or path.endswith(_COMPILED):
            continue
        content = Path(str(found.locate_file(file))).read_bytes()
        folder, _, rest = path.partition("/")
        if folder.endswith(".dist-info"):
            if rest not in _DROPPED:
                information[rest] = content
        else:
            modules[path] = content
    return Library(
        found.metadata["Name"], found.version, license_of(found), _homepage(found), _needs(found),
        modules, information,
    )  # fmt: skip


def _needs(found: Distribution) -> tuple[str, ...]:
    """Return what a library asks for in any case, as far as the bundle carries it."""
    asked = (text for text in found.requires or () if ";" not in text)
    names = (re.split(r"[^\w.-]", text, maxsplit=1)[0].lower() for text in asked)
    return tuple(name for name in names if name in LIBRARIES)


def license_of(found: Distribution) -> str:
    """Return the licence as an SPDX expression; "" when the library names none that we know."""
    said = _said(found, "License-Expression")
    if said:
        return said
    classes = found.metadata.get_all("Classifier") or []
    named = [str(c).rpartition(" :: ")[2] for c in classes if str(c).startswith("License ::")]
    return next((_SPDX[name] for name in (_said(found, "License"), *named) if name in _SPDX), "")


def _said(found: Distribution, name: str) -> str:
    values = found.metadata.get_all(name) or [""]
    return str(values[0])


def _homepage(found: Distribution) -> str:
    """Return where a library lives, by what it calls its addresses."""
    said = {"homepage": _said(found, "Home-page")}
    for value in found.metadata.get_all("Project-URL") or []:
        label, _, url = str(value).partition(", ")
        said[label.lower()] = said.get(label.lower()) or url
    return next((said[name] for name in _ADDRESSES if said.get(name)), "")


def own_modules() -> dict[str, bytes]:
    """Return kbmatch's own files as installed, without caches, strays and any pack."""
    root = Path(kbmatch.__file__).parent
    return {
        f"kbmatch/{path.relative_to(root).as_posix()}": path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and path.suffix in _OWN
        and path.relative_to(root).parts[0] != "data"
        and not any(part.startswith((".", "#")) for part in path.relative_to(root).parts)
    }


def own_library(pack: bytes, texts: Mapping[str, bytes], libraries: Iterable[Library]) -> Library:
    """Return kbmatch with the pack, asking for nothing that only the site builder needs.

    `texts` are its licences by file name.
    """
    version = kbmatch.__version__
    indirect = {name for library in libraries for name in library.needs}
    needs = tuple(name for name in LIBRARIES if name not in indirect)
    needed = "".join(f"Requires-Dist: {name}\n" for name in needs)
    text = (
        f"Metadata-Version: 2.1\nName: kbmatch\nVersion: {version}\n"
        "Summary: Paste an error, get the page that settles it.\n"
        f"License: {LICENSE}\nRequires-Python: >=3.10\n{needed}"
    )
    scripts = "[console_scripts]\nkb = kbmatch.cli.kb:main\nkbmatch = kbmatch.cli.match:main\n"
    information = {"METADATA": text.encode(), "entry_points.txt": scripts.encode()}
    information.update({f"licenses/{name}": content for name, content in texts.items()})
    modules = {**own_modules(), PACK: pack}
    return Library("kbmatch", version, LICENSE, "", needs, modules, information)


def wheel(library: Library) -> tuple[str, bytes]:
    """Return a library's wheel for every system: file name and bytes."""
    stem = f"{library.name.lower().replace('-', '_').replace('.', '_')}-{library.version}"
    folder = f"{stem}.dist-info"
    files = {**library.modules, f"{folder}/WHEEL": _WHEEL.encode()}
    files.update({f"{folder}/{name}": text for name, text in library.information.items()})
    lines = [f"{name},{_record_hash(files[name])},{len(files[name])}\n" for name in sorted(files)]
    files[f"{folder}/RECORD"] = ("".join(lines) + f"{folder}/RECORD,,\n").encode()
    return f"{stem}-py3-none-any.whl", zip_bytes(files)


def _record_hash(content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
    return f"sha256={digest.decode()}"


_START = b"""\
import sys

if sys.version_info < (3, 10):
    sys.exit("kbmatch needs Python 3.10 or newer; this is " + sys.version.split()[0])
from kbmatch_unpack import enter

enter(sys.path[0])
if sys.argv[1:2] == ["kb"]:
    del sys.argv[1]
    from kbmatch.cli.kb import main
else:
    from kbmatch.cli.match import main

sys.exit(main())
"""
_NOT_IN_PYZ = ("kbmatch/site/",)
"""What only the site builder uses, which is not inside."""


def pyz(own: Library, libraries: Iterable[Library]) -> bytes:
    """Return kbmatch as one file that any Python from 3.10 on runs; `kb` is its first argument."""
    files: dict[str, bytes] = {}
    for library in (own, *libraries):
        files.update(library.modules)
    files = {name: content for name, content in files.items() if not name.startswith(_NOT_IN_PYZ)}
    digests = "".join(hashlib.sha256(files[name]).hexdigest() for name in sorted(files))
    listing = {
        "digest": hashlib.sha256(digests.encode()).hexdigest(),
        "sizes": {name: len(files[name]) for name in sorted(files)},
    }
    files[LISTING] = json.dumps(listing, separators=(",", ":")).encode()
    files["kbmatch_unpack.py"] = files["kbmatch/delivery/unpack.py"]
    for library in (own, *libraries):
        files.update(license_texts(library))
    files["__main__.py"] = _START
    return b"#!/usr/bin/env python3\n" + zip_bytes(files)


def license_texts(library: Library) -> dict[str, bytes]:
    """Return the licence texts of a library below a folder of its name."""
    return {
        f"licenses/{library.name.lower()}/{name.removeprefix('licenses/')}": content
        for name, content in library.information.items()
        if "LICENSE" in name.upper() or "COPYING" in name.upper()
    }
