"""Reader-visible text that is not knowledge: loaded by domain and language, never in code."""

from __future__ import annotations

import json
from functools import cache

from ..resources import read_resource


class MissingTextError(LookupError):
    """No text file for this domain and language is part of the package."""


@cache
def load(domain: str, language: str) -> dict[str, str]:
    """Return the texts of `texts/<language>/<domain>.json`, key to text."""
    try:
        data = read_resource(f"texts/{language}/{domain}.json")
    except OSError as error:
        raise MissingTextError(f"no texts for domain {domain!r} in {language!r}") from error
    texts: dict[str, str] = json.loads(data)
    return texts
