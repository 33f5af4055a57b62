"""Values in an error text: hosts, addresses, digests, sizes … to slots of the message language, or
to the examples that stand for them, so that nothing of somebody's network gets into a sample."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HIDDEN = "REDACTED"
"""Stands in a sample where a secret or a person's name was."""

# What comes last in a host's name; with another ending it is as likely a file, module or field.
_ENDINGS = (
    "com|net|org|io|dev|app|cloud|edu|gov|info|local|localdomain|internal|intranet|lan|corp|home"
    "|private|example|test|invalid|arpa|cluster|tw|cn|hk|jp|kr|sg|us|uk|eu|de|fr|nl|ch|at|it|es|pl|se"
    "|in|au|ca|br|ru"
)
_LABEL = r"[a-z0-9*_](?:[a-z0-9*_-]*[a-z0-9*_])?"
_HOST = rf"(?:{_LABEL}\.)+(?:{_ENDINGS})"
# What `redact` leaves where a name was: `<registry-1>.azurecr.io`, `<ip-2>`, `<user>`.
_MASKS = "masked|token|user|name|password|secret|key|email|mac|host|account|group|project"
_MASKED_HOST = r"<(?:host|registry)-\d+>(?:\.[a-z0-9-]+)*"
# A slot holds no blank, so a date and a time of day with one between them are two values.
_TIME = (
    r"\d{4}[-/]\d\d[-/]\d\d(?:T\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"
)
_IP = (
    r"(?:\d{1,3}\.){3}\d{1,3}|\[(?=[^\]]*:[^\]]*:)[0-9A-Fa-f:%.]{2,60}\]"
    r"|(?!\d\d:\d\d:)(?:[0-9A-Fa-f]{1,4}:(?=[0-9A-Fa-f]*:)|::)[0-9A-Fa-f:]{1,36}[0-9A-Fa-f]|<ip-\d+>"
)
_GUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|<guid-\d+>"
_UNITS = r"(?:ns|us|µs|ms|s|m|h|d)"
# In this order: what is longer and more telling first. A value only counts between delimiters.
_PATTERNS = (
    ("digest", r"sha(?:256|512):[0-9a-f]{12,128}"),
    ("token", r"eyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]+)*"),
    ("time", _TIME),
    ("email", r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
    ("url", r"[a-z]{2,8}://[^\s\"'`\\]{3,600}?(?=[\"'`\\\s]|:\s|[.,;]?$)"),
    (
        "image",
        rf"(?:{_HOST}|{_MASKED_HOST}|localhost)(?::\d{{1,5}})?/[a-z0-9._/-]*[a-z0-9]"
        r"(?::[\w.-]*\w|@sha256:[0-9a-f]+)",
    ),
    ("guid", _GUID),
    ("ip", _IP),
    ("host", rf"{_MASKED_HOST}|{_HOST}"),
    ("hidden", rf"<(?:{_MASKS})(?:-\d+)?>|{HIDDEN}"),
    ("path", r"/(?:[\w.-]+/)+[\w.-]*"),
    ("size", r"\d+(?:\.\d+)?(?:[kKMGTP]i?)?B"),
    ("duration", rf"\d+(?:\.\d+)?{_UNITS}(?:\d+(?:\.\d+)?{_UNITS})*"),
    ("pod", r"[a-z][a-z0-9-]*-[0-9a-f]{8,10}-[a-z0-9]{5}"),
    ("hex", r"0x[0-9a-f]{9,}|(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}"),
    ("number", r"\d+(?:\.\d+)?"),
)
_VALUE = re.compile(
    "|".join(
        rf"(?P<{name}>(?<![\w/.@-])(?:{pattern})(?![\w@-]|\.\w))" for name, pattern in _PATTERNS
    )
)
_PORT = re.compile(r"(?<=[\}\w\]>])(?<!\.go)(?<!\.py)(?<!\.js)(?<!\.rs):(\d{2,5})(?!\w)")
_PORT_SAID = re.compile(r"\bport[ =:]{1,3}$", re.IGNORECASE)
# Numbers that are part of what is said: a status, a code, an errno, a version.
_SAID_BEFORE = re.compile(
    r"(?:status|code|errno|errno:|error|exit|http|https|http/\d(?:\.\d)?|signal|rc|version|tls|line)"
    r"[ :=(\[\"']{0,3}$",
    re.IGNORECASE,
)
_STATUS = re.compile(r"[1-5]\d\d")
_MAX_CODE = 599

# A repository that an image names may be named again by itself; one word alone may be anything.
_REPOSITORY = re.compile(r"/([^:@]*/[^:@/]+)(:[\w.-]+|@\S+)$")

# The slots that may stand for a kind of value: the first that kb.yaml declares by that name …
_NAMES: Mapping[str, tuple[str, ...]] = {
    "time": ("time",),
    "image": ("image",),
    "guid": ("guid", "name"),
    "email": ("email", "token"),
    "hidden": ("token",),
    "token": ("token",),
    "size": ("size", "token"),
    "duration": ("duration", "token"),
    "pod": ("pod", "name"),
    "hex": ("token", "name"),
    "decimal": ("token",),
}
# … or by type, where any slot of the type says as much.
_BY_TYPE = frozenset({"digest", "url", "ip", "host", "path", "port", "number"})
# Kinds whose values say something about somebody's systems, so that samples show the example.
_PRIVATE = frozenset({"digest", "url", "image", "repository", "ip", "host", "pod"})
_FAKES: Mapping[str, str] = {
    "guid": "00000000-0000-0000-0000-000000000000",
    "email": "user@example.com",
    "hidden": HIDDEN,
    "token": HIDDEN,
}


class Value(NamedTuple):
    """A value in a text: what kind it is and where it stands."""

    kind: str
    start: int
    end: int


def values(text: str) -> Iterator[Value]:
    """Yield the values of a text that differ from case to case, in order."""
    found = list(_recognised(text))
    images = (text[value.start : value.end] for value in found if value.kind == "image")
    again = {match.groups() for match in map(_REPOSITORY.search, images) if match}
    taken = [range(value.start, value.end) for value in found]
    for repository, tag in again:
        named = rf"(?<![\w/.-]){re.escape(repository)}({re.escape(tag)})?(?![\w/-]|\.\w)"
        for match in re.finditer(named, text):
            if not any(match.start() in place for place in taken):
                kind = "image" if match[1] else "repository"
                found.append(Value(kind, match.start(), match.end()))
    yield from sorted(found, key=lambda value: value.start)


def _recognised(text: str) -> Iterator[Value]:
    """Yield the values that can be told by their form."""
    for match in _VALUE.finditer(text):
        kind = str(match.lastgroup)
        if kind == "number":
            before = text[: match.start()]
            if _PORT_SAID.search(before):
                kind = "port"
            elif before.endswith(":") or _is_said(before, match[0]):
                continue
            elif not match[0].isdigit():
                kind = "decimal"
        yield Value(kind, match.start(), match.end())


def _is_said(before: str, number: str) -> bool:
    """Whether a number belongs to the message: `403 Forbidden`, `exit status 1`, `[Errno 111]`."""
    if _STATUS.fullmatch(number):
        return True
    if number.isdigit() and int(number) > _MAX_CODE:
        return False
    return bool(_SAID_BEFORE.search(before))


def slotted(text: str, slots: Mapping[str, Any]) -> str:
    """Return `text` in the message language: values as slots, braces doubled.

    `slots` is the `slots` of the knowledge's settings, plain: name to `{type: …}`.
    """
    pieces: list[str] = []
    last = 0
    for value in values(text):
        name = slot_name(value.kind, slots)
        literal = text[last : value.start]
        if name is None or (pieces and not literal):
            continue
        pieces += [_escaped(literal), f"{{{name}}}"]
        last = value.end
    message = "".join(pieces) + _escaped(text[last:])
    port = slot_name("port", slots)
    return _PORT.sub(lambda match: f":{{{port}}}", message) if port else message


def anonymous(text: str, slots: Mapping[str, Any]) -> tuple[str, Mapping[str, int]]:
    """Return `text` with what is somebody's replaced by examples, and how often by which."""
    from kbmatch.redaction import redact

    masked = redact(text)
    pieces: list[str] = []
    replaced: Counter[str] = Counter()
    last = 0
    for value in values(masked):
        original = masked[value.start : value.end]
        name = slot_name(value.kind, slots)
        example: str | None = _FAKES.get(value.kind)
        if value.kind in _PRIVATE and name is not None:
            example = str(slots[name].get("example") or "") or None
        if example is None or example == original:
            continue
        pieces += [masked[last : value.start], example]
        last = value.end
        replaced[f"{value.kind} → {example}"] += 1
    return "".join(pieces) + masked[last:], replaced


def slot_name(kind: str, slots: Mapping[str, Any]) -> str | None:
    """Return the declared slot for a kind of value: one of its names, else one of its type."""
    for name in _NAMES.get(kind, (kind,)):
        if name in slots:
            return name
    if kind not in _BY_TYPE:
        return None
    of_type = (n for n, s in slots.items() if s["type"] == kind and not s.get("suffixes"))
    found = next(of_type, None)
    # A number may be anything's: it keeps a name of its own.
    return f"number:{found}" if found and kind == "number" else found


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
