"""What drafts tell their author to write, in every language of the knowledge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kbmatch.texts import load as load_texts

_PREFIX = "hint."


def notes_of(languages: Iterable[str]) -> Mapping[str, str]:
    """Return, for each language, how something to be written is marked."""
    return {language: load_texts("authoring", language)["to-write"] for language in languages}


def hints_of(languages: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
    """Return what belongs in each part of an entry, by part and language."""
    hints: dict[str, dict[str, str]] = {}
    for language in languages:
        for key, text in load_texts("authoring", language).items():
            if key.startswith(_PREFIX):
                hints.setdefault(key[len(_PREFIX) :], {})[language] = text
    return hints
