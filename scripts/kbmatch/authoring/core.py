"""The part of a log line that names the trouble: what stands inside JSON, logfmt and wrappers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

_KEYS = ("error", "err", "msg", "message", "reason", "log")
_LOGFMT = re.compile(r'(?:^|\s)(?:error|err|msg|message|reason)=("(?:[^"\\]|\\.)*"|[^\s"]+)')
_KLOG = re.compile(r'^[IWEF]\d{4} [^\]]{1,120}\] "((?:[^"\\]|\\.)*)"')
_WRAPPERS = re.compile(
    r"(?:rpc error: code = \w+ desc = |Error response from daemon: )+", re.IGNORECASE
)
_LEAST = 12
"""Characters that what remains must have to say anything."""


def core(sample: str) -> str:
    """Return what of a line a message is made from."""
    from kbmatch.matching.normalise import normalise

    inner = payload(sample)
    lines = [line.strip() for line in normalise(inner).cased.split("\n")]
    line = next((line for line in lines if len(line) >= _LEAST), "".join(lines))
    place = 0
    for match in _WRAPPERS.finditer(line):
        if len(line) - match.end() > _LEAST:
            place = match.end()
    return line[place:]


def payload(line: str) -> str:
    """Return the error inside a structured log line, or the line itself."""
    found = _of_json(line)
    if not found:
        found = [_unquoted(match[1]) for match in _LOGFMT.finditer(line)]
        if found or '] "' in line:
            found += [_unquoted(match[1]) for match in _KLOG.finditer(line)]
    return _longest(found) or line


def _of_json(line: str) -> list[str]:
    start = line.find("{")
    if start < 0:
        return []
    try:
        value, _ = json.JSONDecoder().raw_decode(line[start:])
    except (ValueError, RecursionError):
        return []
    return list(_said(value)) if isinstance(value, dict) else []


def _said(value: dict[str, object]) -> Iterable[str]:
    for key, item in value.items():
        if key.lower() not in _KEYS:
            continue
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            yield from _said(item)


def _unquoted(text: str) -> str:
    if text.startswith('"'):
        text = text[1:-1]
    return text.replace('\\"', '"').replace("\\n", " ").replace("\\\\", "\\")


def _longest(found: list[str]) -> str:
    longest = max(found, key=len, default="")
    return longest if len(longest) >= _LEAST else ""


def without_codes(line: str) -> str:
    """Return a line without escape codes and other characters that only a terminal obeys."""
    if line.isprintable():
        return line
    from kbmatch.matching.plain import made_plain

    plain = made_plain(line.encode("utf-8", "replace")).text.decode()
    return "".join(c for c in plain if c.isprintable() or c == "\t")
