"""Whether a bundle is as it was made: every file by its checksum, no file more, no file less.

A bundle comes from outside, so it is read with distrust: nothing is unpacked, names that lead
elsewhere are refused, and no more is read than the archive says it holds.
"""

from __future__ import annotations

import hashlib
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

SUMS = "SHA256SUMS"
MAX_FILES = 100_000
MAX_BYTES = 4 << 30
MAX_SUMS_BYTES = 32 << 20
_CHUNK = 1 << 20
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, IndexError, RuntimeError)
"""What reading a damaged or locked archive raises; NotImplementedError is a RuntimeError."""
_LINE = re.compile(r"([0-9a-f]{64})  ([^\r\n]+)")


class BundleError(Exception):
    """Something that is no bundle at all; `key` names the text that says why."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Finding:
    """A file that is not as it was; `kind` is `changed`, `missing`, `added` or `unsafe`."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking found; nothing when the bundle is whole."""

    files: int
    findings: tuple[Finding, ...]


def verify(path: Path) -> Verdict:
    """Check a bundle, as one zip file or unpacked. Raises BundleError."""
    if path.is_dir():
        return _compare(*_read_directory(path))
    try:
        with zipfile.ZipFile(path) as archive:
            return _compare(*_read_zip(archive))
    except _DAMAGED as error:
        raise BundleError("error-not-a-bundle", path=path, reason=error) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise BundleError("error-unreadable", path=path, reason=reason) from error


def _compare(expected: dict[str, str], found: dict[str, str]) -> Verdict:
    findings = [
        Finding("missing" if path not in found else "changed", path)
        for path in expected
        if found.get(path) != expected[path]
    ]
    for path, digest in found.items():
        if digest == "unsafe":
            findings.append(Finding("unsafe", path))
        elif path not in expected:
            findings.append(Finding("added", path))
    unsafe = {finding.path for finding in findings if finding.kind == "unsafe"}
    kept = [f for f in findings if f.kind == "unsafe" or f.path not in unsafe]
    return Verdict(len(expected), tuple(sorted(kept, key=lambda f: (f.path, f.kind))))


def parse_sums(content: bytes) -> dict[str, str]:
    """Return path to digest. Raises BundleError on any line of another form."""
    expected: dict[str, str] = {}
    try:
        lines = content.decode().split("\n")
    except UnicodeDecodeError:
        raise BundleError("error-sums", line=1) from None
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        match = _LINE.fullmatch(line)
        if match is None or not is_safe(match[2]) or match[2] in expected:
            raise BundleError("error-sums", line=number)
        expected[match[2]] = match[1]
    if not expected:
        raise BundleError("error-sums", line=1)
    return expected


def is_safe(name: str) -> bool:
    """Whether a name stays below the folder it is unpacked to, on every system."""
    parts = name.split("/")
    return not (
        any(part in ("", ".", "..") or part.endswith((".", " ")) for part in parts)
        or "\\" in name
        or ":" in name
        or any(ord(character) < 32 for character in name)
    )


def _read_directory(root: Path) -> tuple[dict[str, str], dict[str, str]]:
    try:
        inner = [entry for entry in root.iterdir() if entry.is_dir()]
        if not (root / SUMS).is_file() and len(inner) == 1 and (inner[0] / SUMS).is_file():
            root = inner[0]  # the archive was unpacked into a folder of its own
        with (root / SUMS).open("rb") as file:
            expected = parse_sums(file.read(MAX_SUMS_BYTES))
        found: dict[str, str] = {}
        for path in root.rglob("*"):
            name = path.relative_to(root).as_posix()
            mode = path.lstat().st_mode
            if stat.S_ISDIR(mode) or name == SUMS:
                continue
            if not stat.S_ISREG(mode):
                found[name] = "unsafe"
                continue
            with path.open("rb") as file:
                found[name] = _digest(_chunks(file, MAX_BYTES))
    except FileNotFoundError as error:
        raise BundleError("error-no-sums", path=root) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise BundleError("error-unreadable", path=error.filename, reason=reason) from error
    return expected, found


def _read_zip(archive: zipfile.ZipFile) -> tuple[dict[str, str], dict[str, str]]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise BundleError("error-too-large")
    listed = [e for e in entries if e.filename.rpartition("/")[2] == SUMS]
    listed = [e for e in listed if e.filename.count("/") <= 1]
    if len(listed) != 1:
        raise BundleError("error-no-sums", path=archive.filename)
    prefix = listed[0].filename[: -len(SUMS)]
    if listed[0].file_size > MAX_SUMS_BYTES:
        raise BundleError("error-too-large")
    with archive.open(listed[0]) as file:
        expected = parse_sums(b"".join(_chunks(file, listed[0].file_size)))
    found: dict[str, str] = {}
    for entry in entries:
        if entry is listed[0]:
            continue
        name = entry.filename
        inside = name.startswith(prefix) and is_safe(name)
        short = name[len(prefix) :] if inside else name
        regular = stat.S_IFMT(entry.external_attr >> 16) in (0, stat.S_IFREG)
        if not inside or not regular or short in found or entry.flag_bits & 1:
            found[short] = "unsafe"
            continue
        try:
            with archive.open(entry) as file:
                found[short] = _digest(_chunks(file, entry.file_size))
        except (*_DAMAGED, OSError):
            found[short] = "damaged"
    return expected, found


def _chunks(file: IO[bytes], limit: int) -> Iterator[bytes]:
    """Yield what a file holds, stopping with an error beyond `limit` bytes."""
    size = 0
    while chunk := file.read(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise ValueError("holds more than it says")
        yield chunk


def _digest(chunks: Iterator[bytes]) -> str:
    total = hashlib.sha256()
    for chunk in chunks:
        total.update(chunk)
    return total.hexdigest()
