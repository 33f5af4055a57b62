"""Installed libraries as portable parts: pure Python only, the same for every system.

The bundle carries what `kbmatch` and `kb` import, taken from the environment that builds it and
repacked without compiled modules, so that one wheel serves Linux, macOS and Windows. Building the
site needs more, and is done where the network is.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import kbmatch

from .archive import zip_bytes

LIBRARIES = ("markdown-it-py", "mdurl", "pyyaml", "whoosh3")
"""What is imported outside the site builder, with what that needs."""
_COMPILED = (".so", ".pyd", ".dylib", ".dll", ".pyc", ".c", ".pyx")
_DROPPED = ("INSTALLER", "RECORD", "REQUESTED", "WHEEL", "direct_url.json", "entry_points.txt")
_WHEEL = "Wheel-Version: 1.0\nGenerator: kb bundle\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
PACK = "kbmatch/data/knowledge.kbpack"


@dataclass(frozen=True, slots=True)
class Library:
    """One installed library: its modules, and the files that describe it."""

    name: str
    version: str
    license: str
    homepage: str
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
        found.metadata["Name"], found.version, _license(found), _homepage(found), modules,
        information,
    )  # fmt: skip


def _license(found: Distribution) -> str:
    """Return the licence as SPDX where it is said so, by its classifier's words elsewhere."""
    said = _said(found, "License-Expression") or _said(found, "License")
    if said and "\n" not in said and len(said) < 60:
        return str(said)
    classes = found.metadata.get_all("Classifier") or []
    named = [str(c).rpartition(" :: ")[2] for c in classes if str(c).startswith("License ::")]
    return named[0].replace(" License", "") if named else ""


def _said(found: Distribution, name: str) -> str:
    values = found.metadata.get_all(name) or [""]
    return str(values[0])


def _homepage(found: Distribution) -> str:
    said = _said(found, "Home-page")
    urls = [str(url).partition(", ")[2] for url in found.metadata.get_all("Project-URL") or []]
    return str(said or (urls[0] if urls else ""))


def own_modules() -> dict[str, bytes]:
    """Return kbmatch's own files as installed, without caches and without any pack."""
    root = Path(kbmatch.__file__).parent
    return {
        f"kbmatch/{path.relative_to(root).as_posix()}": path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and "__pycache__" not in path.parts
        and path.relative_to(root).parts[0] != "data"
        and not path.name.startswith(".")
    }


def own_library(pack: bytes) -> Library:
    """Return kbmatch with the pack, asking for nothing that only the site builder needs."""
    version = kbmatch.__version__
    needed = "".join(f"Requires-Dist: {name}\n" for name in LIBRARIES)
    text = (
        f"Metadata-Version: 2.1\nName: kbmatch\nVersion: {version}\n"
        "Summary: Paste an error, get the page that settles it.\n"
        f"License: Apache-2.0\nRequires-Python: >=3.10\n{needed}"
    )
    scripts = "[console_scripts]\nkb = kbmatch.cli.kb:main\nkbmatch = kbmatch.cli.match:main\n"
    information = {"METADATA": text.encode(), "entry_points.txt": scripts.encode()}
    modules = {**own_modules(), PACK: pack}
    return Library("kbmatch", version, "Apache-2.0", "", modules, information)


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
from kbmatch.cli.match import main

sys.exit(main())
"""
_NOT_IN_PYZ = ("kbmatch/site/", "kbmatch/delivery/", "kbmatch/exports/", "kbmatch/schemas/")


def pyz(pack: bytes, libraries: list[Library]) -> bytes:
    """Return kbmatch as one file that any Python from 3.10 on runs."""
    files = {
        name: content for name, content in own_modules().items() if not name.startswith(_NOT_IN_PYZ)
    }
    files[PACK] = pack
    for library in libraries:
        files.update(library.modules)
        for name, content in library.information.items():
            if "LICENSE" in name.upper() or "COPYING" in name.upper():
                files[f"licenses/{library.name}/{name.rpartition('/')[2]}"] = content
    files["__main__.py"] = _START
    return b"#!/usr/bin/env python3\n" + zip_bytes(files)
