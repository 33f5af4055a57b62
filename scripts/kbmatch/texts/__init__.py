"""Reader-visible text that is not knowledge: loaded by domain and language, never in code."""

from __future__ import annotations

import json
import pkgutil
from functools import cache


class MissingTextError(LookupError):
    """No text file for this domain and language is part of the package."""


@cache
def load(domain: str, language: str) -> dict[str, str]:
    """Return the texts of `texts/<language>/<domain>.json`, key to text."""
    try:
        data = pkgutil.get_data(__name__, f"{language}/{domain}.json")
    except OSError as error:
        raise MissingTextError(f"no texts for domain {domain!r} in {language!r}") from error
    if data is None:
        raise MissingTextError(f"texts of domain {domain!r} in {language!r} can't be read")
    texts: dict[str, str] = json.loads(data)
    return texts
