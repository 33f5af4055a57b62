"""Chinese prose as it was meant: YAML folds lines to blanks, and Chinese words have none."""

from __future__ import annotations

import re

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_MARKS = "\u3001\u3002\u300c-\u300f\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f"
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}{_MARKS}])[ \n](?=[{_HAN}{_MARKS}])")
_AROUND_MARK = re.compile(rf"(?<=[{_MARKS}]) (?=\S)|(?<=\S) (?=[{_MARKS}])")


def close_up(text: str) -> str:
    """Return `text` without the blanks that YAML and Markdown leave where Chinese lines fold.

    Chinese words have none between them; next to a full-width mark none belongs on either side.
    """
    if text.isascii():
        return text
    return _AROUND_MARK.sub("", _BETWEEN_HAN.sub("", text))
