"""Opening a pack for a command of `kb`: what goes wrong is said in one line, not in a traceback."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kbmatch.matching.documents import Documents
from kbmatch.matching.pack import Pack
from kbmatch.texts import load as load_texts

from .common import fail
from .packs import checkout_directory, failure_text, open_pack


def pack_or_fail(option: str | None, language: str) -> Pack:
    """Return the pack that `--kb` names or the nearest one; stop with status 2 without one."""
    try:
        return open_pack(option)
    except Exception as error:
        fail(failure_text(error, load_texts("match", language), language))


def settings_or_fail(option: str | None, language: str) -> Mapping[str, Any]:
    """Return the settings of the knowledge, also while entries of a directory have errors.

    Authors need the settings just when their knowledge is not yet whole.
    """
    named = option or os.environ.get("KBMATCH_KB") or checkout_directory()
    if named and Path(named).is_dir():
        from kbmatch.knowledge.load import read_knowledge
        from kbmatch.matching.compile import plain

        settings: Mapping[str, Any] = plain(read_knowledge(named).draft.settings)
        if settings.get("areas"):
            return settings
    return dict(Documents(pack_or_fail(option, language))["settings"])
