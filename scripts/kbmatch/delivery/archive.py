"""Zip files that are the same bytes wherever and whenever they are written."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip file can hold: contents have no other."""
_PACKED = (".zip", ".whl", ".pyz", ".gz", ".png", ".woff2")

Files = Mapping[str, bytes]
"""Names with `/` to contents."""


def zip_bytes(files: Files, *, first: tuple[str, ...] = ()) -> bytes:
    """Return a zip file of `files` sorted by name, those named in `first` ahead of them."""
    buffer = io.BytesIO()
    names = [*first, *sorted(name for name in files if name not in first)]
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            kind = zipfile.ZIP_STORED if name.endswith(_PACKED) else zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name], kind, 9)
    return buffer.getvalue()


def read_tree(directory: Path, prefix: str = "") -> dict[str, bytes]:
    """Return every regular file below `directory`, named relative to it behind `prefix`."""
    return {
        prefix + path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
