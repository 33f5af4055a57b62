"""Values in an error text to slots of the message language: hosts, addresses, digests, ports …"""

from __future__ import annotations

import re
from collections.abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?"
_HOST = r"(?:[A-Za-z0-9_*-]+\.)+(?:[A-Za-z]{2,24}|[A-Za-z0-9-]*[A-Za-z][A-Za-z0-9-]*)"
_IP = r"(?:\d{1,3}\.){3}\d{1,3}|\[[0-9A-Fa-f:%.]{2,60}\]"
# In this order: what is longer and more telling first. A value only counts between delimiters.
_PATTERNS = (
    ("digest", r"sha(?:256|512):[0-9a-f]{12,128}"),
    ("time", _TIME),
    ("url", r"[a-z]{2,8}://[^\s\"'<>`\\]{3,600}?(?=[\"'`\\\s]|:\s|$)"),
    ("image", rf"(?:{_HOST}|localhost)(?::\d{{1,5}})?/[a-z0-9._/-]+(?::[\w.-]+|@sha256:[0-9a-f]+)"),
    ("ip", _IP),
    ("name", r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    ("host", _HOST),
    ("path", r"/(?:[\w.-]+/)+[\w.-]*"),
)
_VALUE = re.compile(
    "|".join(rf"(?P<{name}>(?<![\w/.-]){pattern}(?![\w-]))" for name, pattern in _PATTERNS)
)
_PORT = re.compile(r"(?<=[\}\w]):(\d{2,5})(?!\w)")
_TYPES = {"time": "token", "image": "token"}
_NOT_HOSTS = re.compile(
    r"\.(?:go|py|json|ya?ml|exe|sh|conf|crt|pem|log|tar|gz|toml|sock|io/v2)$", re.I
)


def slotted(text: str, slots: Mapping[str, Any]) -> str:
    """Return `text` in the message language: values as slots, braces doubled.

    `slots` is the `slots` of the knowledge's settings, plain: name to `{type: …}`.
    """
    pieces: list[str] = []
    last = 0
    for match in _VALUE.finditer(text):
        kind = str(match.lastgroup)
        if kind == "host" and _NOT_HOSTS.search(match[0]):
            continue
        name = slot_name(kind, slots)
        literal = text[last : match.start()]
        if name is None or (pieces and not literal):
            continue
        pieces += [_escaped(literal), f"{{{name}}}"]
        last = match.end()
    message = "".join(pieces) + _escaped(text[last:])
    port = slot_name("port", slots)
    return _PORT.sub(lambda match: f":{{{port}}}", message) if port else message


def slot_name(kind: str, slots: Mapping[str, Any]) -> str | None:
    """Return the declared slot for a kind of value: the one of that name, else of that type."""
    if kind in slots:
        return kind
    wanted = _TYPES.get(kind, kind)
    if kind in _TYPES:
        return None
    return next(
        (n for n, s in slots.items() if s["type"] == wanted and not s.get("suffixes")), None
    )


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
