"""What the page in the browser needs to match as `kbmatch` does: signatures and rules as JSON."""

from __future__ import annotations

import json

from kbmatch.resources import read_resource

from .pack import Pack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def browser_data(pack: Pack) -> dict[str, Any]:
    """Return the data of `makeKbMatcher` (site_overrides/assets/kb/match)."""
    settings = pack.json_section("settings")
    kept = ("id", "symptom", "needs", "regex", "reach", "others", "groups", "free", "phrases")
    signatures = []
    for number in range(pack.count("signatures")):
        record = pack.json_record("signatures", number)
        signatures.append({name: record[name] for name in kept})
    return {
        "normalisation": json.loads(read_resource("matching/normalisation.json")),
        "settings": {
            name: settings[name] for name in ("contexts", "foreign", "derivations", "harvest")
        },
        "signatures": signatures,
        "relations": [
            pack.json_record("relations", number) for number in range(pack.count("relations"))
        ],
    }
