"""Whether a bundle is as it was made: every file by its checksum, no file more, no file less.

A bundle comes from outside, so it is read with distrust: nothing is unpacked, names that lead
elsewhere are refused, nothing but regular files is opened, and only what SHA256SUMS lists is read,
up to the size that a bundle can have.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

SUMS = "SHA256SUMS"
MAX_FILES = 100_000
MAX_BYTES = 4 << 30
MAX_SUMS_BYTES = 32 << 20
_CHUNK = 1 << 20
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, IndexError, RuntimeError)
"""What reading a damaged or locked archive raises; NotImplementedError is a RuntimeError."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LINE = re.compile(r"([0-9a-f]{64})  ([^\r\n]+)")
_LOCAL = struct.Struct("<4s5H3L2H")
"""A file's own header in a zip file, in front of its content."""
_END = struct.Struct("<4s4H2LH")
"""The record that a zip file ends with."""
_LOCATOR_SIZE = 20
"""What points to the list of an archive larger than a bundle can be stands before that record."""


class BundleError(Exception):
    """Something that is no bundle at all; `key` names the text that says why."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Finding:
    """What is not as it was made.

    `kind` is `changed`, `missing`, `added`, `unsafe`, `unreadable`, or `hidden` for bytes of a zip
    file that belong to no file in it; directories end in `/`.
    """

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking found; nothing when the bundle is whole."""

    files: int
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Contents:
    """What a bundle says it holds, the digests of what it does hold, and what is odd about it."""

    expected: dict[str, str]
    digests: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def folders(self) -> set[str]:
        """Return every directory that a listed file lies in, each with `/` behind it."""
        found = set()
        for path in self.expected:
            while "/" in path:
                path = path.rpartition("/")[0]
                found.add(f"{path}/")
        return found

    def note(self, kind: str, path: str) -> None:
        """Note a finding; so many that no bundle could hold them are no bundle."""
        self.findings.append(Finding(kind, path))
        if len(self.findings) > MAX_FILES:
            raise BundleError("error-too-large")


def verify(path: Path) -> Verdict:
    """Check a bundle, as one zip file or unpacked. Raises BundleError."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return _compare(_read_directory(path))
        if not stat.S_ISREG(mode):  # a pipe would be waited for, a device read for ever
            raise BundleError("error-kind", path=path)
        with path.open("rb") as file:
            _check_end(file, path)
            with zipfile.ZipFile(file) as archive:
                return _compare(_read_zip(file, archive, path))
    except _DAMAGED as error:
        raise BundleError("error-not-a-bundle", path=path, reason=error) from error
    except OSError as error:
        reason = error.strerror or str(error)
        place = error.filename or path
        raise BundleError("error-unreadable", path=place, reason=reason) from error


def _compare(contents: _Contents) -> Verdict:
    findings = set(contents.findings)
    told = {finding.path for finding in findings}
    closed = tuple(f.path for f in findings if f.kind == "unreadable" and f.path.endswith("/"))
    for path, digest in contents.expected.items():
        found = contents.digests.get(path)
        if found != digest and path not in told and not path.startswith(closed):
            findings.add(Finding("changed" if found else "missing", path))
    order = sorted(findings, key=lambda finding: (finding.path, finding.kind))
    return Verdict(len(contents.expected), tuple(order))


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


def _read_directory(root: Path) -> _Contents:
    if not os.path.lexists(root / SUMS):
        inner = [entry for entry in root.iterdir() if os.path.lexists(entry / SUMS)]
        if len(inner) != 1 or not stat.S_ISDIR(inner[0].lstat().st_mode):
            raise BundleError("error-no-sums", path=root)
        root = inner[0]  # the archive was unpacked into a folder of its own
    with _open_regular(root / SUMS) as file:
        contents = _Contents(parse_sums(b"".join(_chunks(file, MAX_SUMS_BYTES))))
    folders = contents.folders()
    pending = [""]
    while pending:
        below = pending.pop()
        try:
            with os.scandir(root / below) as listed:
                entries = list(listed)
        except OSError:
            contents.note("unreadable", below or "./")
            continue
        for entry in entries:
            name = below + entry.name
            if entry.is_dir(follow_symlinks=False):
                if f"{name}/" in folders:
                    pending.append(f"{name}/")
                else:
                    contents.note("added", f"{name}/")
            elif not entry.is_file(follow_symlinks=False):
                contents.note("unsafe", name)
            elif name in contents.expected:
                _read_listed(contents, root, name)
            elif name != SUMS:
                contents.note("added", name)
    return contents


def _read_listed(contents: _Contents, root: Path, name: str) -> None:
    try:
        with _open_regular(root / name) as file:
            contents.digests[name] = _digest(_chunks(file, MAX_BYTES))
    except OSError:
        contents.note("unreadable", name)
    except ValueError:
        contents.note("changed", name)


def _open_regular(path: Path) -> IO[bytes]:
    """Open a file that is neither link, pipe nor device. Raises OSError, BundleError."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise BundleError("error-kind", path=path)
    # Were it replaced by a pipe or a link in between, opening must not wait or follow.
    careful = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | careful
    return os.fdopen(os.open(path, flags), "rb")


def _check_end(file: IO[bytes], path: Path) -> None:
    """Refuse a file that does not end as our bundles do, or whose list would fill the memory.

    `zipfile` would look for the end further in front, and read a list of any length at once.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END.size - _LOCATOR_SIZE))
    end = file.read()
    last = end[-_END.size :]
    whole = len(last) == _END.size and last[:4] == b"PK\5\6" and last[-2:] == b"\0\0"
    if not whole or end[:4] == b"PK\6\7":
        raise BundleError("error-end", path=path)
    if _END.unpack(last)[5] > MAX_SUMS_BYTES:
        raise BundleError("error-too-large")


def _read_zip(file: IO[bytes], archive: zipfile.ZipFile, path: Path) -> _Contents:
    entries = archive.infolist()
    if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise BundleError("error-too-large")
    listed = [
        entry
        for entry in entries
        if entry.filename.rpartition("/")[2] == SUMS and entry.filename.count("/") <= 1
    ]
    if len(listed) != 1:
        raise BundleError("error-two-sums" if listed else "error-no-sums", path=path)
    prefix = listed[0].filename[: -len(SUMS)]
    if not _is_plain(listed[0]):
        raise BundleError("error-not-a-bundle", path=path, reason=SUMS)
    with archive.open(listed[0]) as sums:
        limit = min(listed[0].file_size, MAX_SUMS_BYTES)
        contents = _Contents(parse_sums(b"".join(_chunks(sums, limit))))
    folders = contents.folders()
    seen: set[str] = set()
    for entry in entries:
        if entry is listed[0] or entry.filename == prefix:
            continue
        name = entry.filename
        inside = name.startswith(prefix) and is_safe(name.removesuffix("/"))
        short = name.removeprefix(prefix) if inside else name
        if not inside or not _is_plain(entry) or short in seen:
            contents.note("unsafe", short)
        elif short in contents.expected:
            try:
                with archive.open(entry) as member:
                    contents.digests[short] = _digest(_chunks(member, entry.file_size))
            except (*_DAMAGED, OSError):
                contents.note("changed", short)
        elif short not in folders:
            contents.note("added", short)
        seen.add(short)
    hidden = _hidden(file, archive)
    if hidden is not None:
        contents.note("hidden", f"{path.name}:{hidden}")
    return contents


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry is a regular file, or an empty directory by its name too, packed as ours."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if entry.filename.endswith("/"):
        return kind in (0, stat.S_IFDIR) and not entry.file_size
    return kind in (0, stat.S_IFREG) and entry.compress_type in _METHODS and not entry.flag_bits & 1


def _hidden(file: IO[bytes], archive: zipfile.ZipFile) -> int | None:
    """Return where bytes begin that belong to no listed entry, or None when there are none.

    A program that unpacks while it reads goes by each file's own header, one that looks for the end
    record by the list there. In a bundle both say the same: entries lie back to back from the first
    byte, then comes the list, then the end.
    """
    at = 0
    entries: Iterable[zipfile.ZipInfo] = archive.infolist()
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        file.seek(at)
        head = file.read(_LOCAL.size)
        if entry.header_offset != at or len(head) < _LOCAL.size:
            return at
        magic, _, flags, method, _, _, crc, packed, size, name, extra = _LOCAL.unpack(head)
        said = (flags, method, crc, packed, size)
        listed = (
            entry.flag_bits, entry.compress_type, entry.CRC, entry.compress_size, entry.file_size,
        )  # fmt: skip
        if magic != b"PK\3\4" or said != listed or extra or entry.extra or entry.comment:
            return at
        at += _LOCAL.size + name + packed
    end = file.seek(0, os.SEEK_END) - _END.size
    file.seek(end)
    _, _, _, _, _, length, offset, _ = _END.unpack(file.read(_END.size))
    return at if offset != at or length != end - at else None


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
