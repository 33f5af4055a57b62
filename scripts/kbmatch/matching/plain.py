"""Bytes of a log in plain form: UTF-8 without what hides words from the gate.

Every byte of a log goes through here, so each question is put as a search for single bytes or
characters, which the C library answers at memory speed.
"""

from __future__ import annotations

from typing import NamedTuple

from .decode import decode_utf8
from .normalise import character_table, escape_patterns

_ASCII_IN_LINES = bytes(byte for byte in range(128) if byte != ord("\n"))
_WIDE = "".join(map(chr, (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))))
# Letters and digits in full width, characters that take no room, letters whose lower case is ASCII:
# each under a byte of its UTF-8 form; where that is missing, so are they.
_HIDDEN = (
    (b"\xef", _WIDE + "\ufeff"),
    (b"\x80", "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"),
    (b"\x81", "\u2060\u2066\u2067\u2068\u2069"),
    (b"\xc2", "\u00ad"),
    (b"\xd8", "\u061c"),
    (b"\xb0", "\u0130"),
    (b"\xbf", "\u017f"),
    (b"\xaa", "\u212a"),
)


class Plain(NamedTuple):
    """A piece of a log in plain form."""

    text: bytes
    """The very piece where there was nothing to do."""
    rest: bytes | None
    """The piece's line feeds and what in it is no ASCII; None where all of it is ASCII."""


def made_plain(lines: bytes) -> Plain:
    """Return whole lines as UTF-8, without what hides words from a gate.

    Lines that are not UTF-8 are read as CP950 or Latin-1. What `normalise` would take out as well
    goes: escape codes of terminals, zero bytes (UTF-16 inside a log), characters without width; and
    full-width letters become plain ones.
    """
    rest = None
    shown: dict[int, str | None] = {}
    text = lines
    if not lines.isascii():
        rest = lines.translate(None, _ASCII_IN_LINES)
        try:
            shown = _hidden_in(rest, rest.decode())
        except UnicodeDecodeError:
            readable = decode_utf8(lines)
            text = readable.encode("utf-8", "replace")
            shown = _hidden_in(text, readable)
    if b"\x1b" in text:
        for pattern in escape_patterns():
            text = pattern.sub(b"", text)
    if b"\0" in text:
        text = text.replace(b"\0", b"")
    if shown:
        text = text.decode("utf-8", "replace").translate(shown).encode()
    return Plain(text, rest)


def _hidden_in(encoded: bytes, text: str) -> dict[int, str | None]:
    """Return what is to become of the hidden characters that are in a text."""
    table = character_table()
    return {
        ord(character): table[ord(character)]
        for byte, characters in _HIDDEN
        if byte in encoded
        for character in characters
        if character in text
    }
