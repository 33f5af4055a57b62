"""The list of ingredients (CycloneDX, JSON): what a bundle holds, in which version, whose."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from .parts import LICENSE, Library
from .theme import BUILDER, ICONS, THEME, Theme, theme_files

KNOWLEDGE, PYZ, SITE = "knowledge.kbpack", "kbmatch.pyz", "site/"
_LICENSES_IN_TEXT = {
    "Creative Commons Attribution 4.0 International": "CC-BY-4.0",
    "Apache License": "Apache-2.0",
    "MIT License": "MIT",
}
_ICONS_LICENSE = "Apache-2.0"

Component = dict[str, Any]


def sbom(
    own: Library,
    libraries: Iterable[Library],
    theme: Theme,
    files: Mapping[str, bytes],
    knowledge_license: str,
) -> bytes:
    """Return the SBOM of a bundle with these parts and these files. Holds no time of day.

    `knowledge_license` is the text of the knowledge's licence, or "".
    """
    known = [spdx for words, spdx in _LICENSES_IN_TEXT.items() if words in knowledge_license]
    content = known[:1]
    libraries = list(libraries)
    whole = _component("application", "kbmatch-bundle", own.version, [LICENSE, *content])
    knowledge = _file("data", KNOWLEDGE, files, content)
    pyz = _file("application", PYZ, files, [LICENSE])
    site = _component("data", SITE, own.version, [LICENSE, *content])
    listing = "".join(
        f"{_sha256(files[name])}  {name}\n" for name in sorted(files) if name.startswith(SITE)
    )
    site["hashes"] = _hashes(listing.encode())
    site["description"] = "the hash is that of the lines of SHA256SUMS about site/"
    look = _component("library", THEME, theme.version, [theme.license], pypi=True)
    look["description"] = "templates of the pages, and the files below"
    look["components"] = [
        _file("file", name, files, [theme.license]) for name in theme_files(list(files))
    ]
    icons = _component("library", ICONS, "", [_ICONS_LICENSE])
    icons["description"] = f"drawings in pages and styles, as {THEME} carries them"
    builder = _component(
        "application", BUILDER, theme.builder_version, [theme.builder_license], pypi=True
    )
    builder["scope"] = "excluded"
    builder["description"] = "built site/; nothing of it is inside"
    parts = {library.name.lower(): _library(library, files) for library in (own, *libraries)}
    needs = {
        whole["bom-ref"]: [parts["kbmatch"], pyz, knowledge, site],
        pyz["bom-ref"]: [parts["kbmatch"], *(parts[name] for name in own.needs), knowledge],
        site["bom-ref"]: [knowledge, look, icons],
        look["bom-ref"]: [],
        icons["bom-ref"]: [],
        builder["bom-ref"]: [],
        knowledge["bom-ref"]: [],
    }
    for library in (own, *libraries):
        needs[parts[library.name.lower()]["bom-ref"]] = [parts[name] for name in library.needs]
    total = hashlib.sha256(b"".join(hashlib.sha256(files[name]).digest() for name in sorted(files)))
    value = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, total.hexdigest())}",
        "version": 1,
        "metadata": {"component": whole},
        "components": [*parts.values(), pyz, knowledge, site, look, icons, builder],
        "dependencies": [
            {"ref": ref, "dependsOn": sorted(item["bom-ref"] for item in needed)}
            for ref, needed in sorted(needs.items())
        ],
    }
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _component(
    kind: str, name: str, version: str, licenses: Iterable[str], *, pypi: bool = False
) -> Component:
    component: Component = {"type": kind, "name": name, "bom-ref": name}
    if version:
        component["version"] = version
    if pypi:
        component["purl"] = component["bom-ref"] = f"pkg:pypi/{name}@{version}"
    named = [{"license": {"id": spdx}} for spdx in licenses if spdx]
    if named:
        component["licenses"] = named
    return component


def _file(kind: str, name: str, files: Mapping[str, bytes], licenses: list[str]) -> Component:
    component = _component(kind, name, "", licenses)
    component["hashes"] = _hashes(files[name])
    return component


def _library(library: Library, files: Mapping[str, bytes]) -> Component:
    name = library.name.lower()
    component = _component("library", name, library.version, [library.license], pypi=True)
    if library.homepage:
        component["externalReferences"] = [{"type": "website", "url": library.homepage}]
    stem = f"wheels/{name.replace('-', '_')}-"
    for path in files:
        if path.startswith(stem):
            component["hashes"] = _hashes(files[path])
    return component


def _hashes(content: bytes) -> list[dict[str, str]]:
    return [{"alg": "SHA-256", "content": _sha256(content)}]


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
