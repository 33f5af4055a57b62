"""What every command shares: the reader's language, where the knowledge is, how to fail."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import NoReturn

USAGE_ERROR = 2
LANGUAGES = ("en", "zh-TW")


def language_of_environment(environment: Mapping[str, str] | None = None) -> str:
    """Return the reader's language by LC_ALL, LC_MESSAGES, LANG, in that order; English otherwise.

    zh_HK and zh_Hant read Traditional Chinese too; zh_CN readers get English rather than a
    vocabulary that is not theirs, unless they ask with --lang.
    """
    values = os.environ if environment is None else environment
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = values.get(name, "")
        if value:
            tag = value.split(".")[0].replace("-", "_")
            return "zh-TW" if tag in ("zh_TW", "zh_HK", "zh_MO") or "Hant" in tag else "en"
    return "en"


def fail(message: str, program: str = "kb") -> NoReturn:
    """Print one line on stderr and stop with status 2, as grep does."""
    print(f"{program}: {message}", file=sys.stderr)
    raise SystemExit(USAGE_ERROR)
