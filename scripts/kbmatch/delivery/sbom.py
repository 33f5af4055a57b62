"""The list of ingredients (CycloneDX, JSON): what a bundle holds, in which version, whose."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from .parts import Library

THEME = ("mkdocs", "mkdocs-material")
"""Libraries of which the built site holds templates, styles and scripts."""


def sbom(own: Library, libraries: Iterable[Library], files: dict[str, bytes]) -> bytes:
    """Return the SBOM of a bundle with these libraries and these files. Holds no time of day."""
    components = [_component(library, files) for library in libraries]
    for name in THEME:
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue
        components.append(
            {
                "type": "library",
                "name": name,
                "version": found.version,
                "purl": f"pkg:pypi/{name}@{found.version}",
                "bom-ref": f"pkg:pypi/{name}@{found.version}",
                "description": "templates, styles and scripts inside site/",
            }
        )
    main = _component(own, files)
    main["type"] = "application"
    total = hashlib.sha256(b"".join(hashlib.sha256(files[name]).digest() for name in sorted(files)))
    value = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, total.hexdigest())}",
        "version": 1,
        "metadata": {"component": main},
        "components": components,
        "dependencies": [
            {"ref": main["bom-ref"], "dependsOn": [item["bom-ref"] for item in components]}
        ],
    }
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _component(library: Library, files: dict[str, bytes]) -> dict[str, Any]:
    name = library.name.lower()
    purl = f"pkg:pypi/{name}@{library.version}"
    component: dict[str, Any] = {
        "type": "library",
        "name": name,
        "version": library.version,
        "purl": purl,
        "bom-ref": purl,
    }
    if library.license:
        component["licenses"] = [{"license": {"name": library.license}}]
    if library.homepage:
        component["externalReferences"] = [{"type": "website", "url": library.homepage}]
    stem = f"wheels/{name.replace('-', '_')}-"
    hashes = [hashlib.sha256(files[path]).hexdigest() for path in files if path.startswith(stem)]
    if hashes:
        component["hashes"] = [{"alg": "SHA-256", "content": hashes[0]}]
    return component
