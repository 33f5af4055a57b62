"""Zip files that are the same bytes wherever and whenever they are written."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip file can hold: contents have no other, unless it tells them apart."""
_SPAN = 40 * 365 * 24 * 3600
"""Dates made from contents lie within so many seconds after that, so none is yet to come."""
_PACKED = (".zip", ".whl", ".pyz", ".gz", ".png", ".woff2")

Files = Mapping[str, bytes]
"""Names with `/` to contents."""


def zip_bytes(files: Files, *, dated: bool = False) -> bytes:
    """Return a zip file of `files`, sorted by name.

    `dated` gives each file a time made from its content: web servers take a file whose size and
    time are the same for unchanged, and would go on showing browsers the old one.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            time = content_time(files[name]) if dated else EPOCH
            entry = zipfile.ZipInfo(name, time)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            kind = zipfile.ZIP_STORED if name.endswith(_PACKED) else zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name], kind, 9)
    return buffer.getvalue()


def content_time(content: bytes) -> tuple[int, int, int, int, int, int]:
    """Return a time that other content would hardly have, in the two seconds a zip file counts."""
    number = int.from_bytes(hashlib.sha256(content).digest()[:8], "big") % (_SPAN // 2)
    made = datetime(*EPOCH) + timedelta(seconds=2 * number)
    return (made.year, made.month, made.day, made.hour, made.minute, made.second)


def read_tree(directory: Path, prefix: str = "") -> dict[str, bytes]:
    """Return every regular file below `directory`, named relative to it behind `prefix`."""
    return {
        prefix + path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
