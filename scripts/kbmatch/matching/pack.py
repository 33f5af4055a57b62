"""The pack: one file with all that a match needs, read piece by piece, running no code.

Layout (little-endian): magic, length and CRC-32 of a JSON header, the header, then sections. The
header names the format version, the hash of the knowledge it was made from, and each section's
offset, length and, for sections that are read whole, CRC-32. Record sections are an offset table
followed by records, each behind its own length and CRC-32, so that a look-up reads and checks only
the records it touches and costs the same however large the pack is.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, BinaryIO

MAGIC = b"KBPACK\r\n"
VERSION = 3
GRAM = 5
_HEAD = struct.Struct("<8sII")
_RECORD = struct.Struct("<II")
_WORD = struct.Struct("<I")


class PackError(Exception):
    """A pack that can't be used; `key` names the text that says what is wrong and what to do."""

    def __init__(self, key: str, name: str, **values: object) -> None:
        super().__init__(f"{name}: {key} {values or ''}".rstrip())
        self.key = key
        self.values = {"name": name, **values}


def gram_hash(gram: bytes) -> int:
    """Return the 32-bit hash of `GRAM` bytes of normalised text."""
    return zlib.crc32(gram)


def dump(value: object) -> bytes:
    """Return `value` as canonical JSON, so that equal knowledge gives equal bytes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def frame(record: bytes, *, compress: bool = False) -> bytes:
    """Return a record as it stands in a section: behind its length and checksum."""
    body = zlib.compress(record, 9) if compress else record
    return _RECORD.pack(len(body), zlib.crc32(body)) + body


class PackWriter:
    """Collects sections and writes them as one pack."""

    def __init__(self, source_hash: str) -> None:
        self._source_hash = source_hash
        self._sections: list[tuple[str, bytes, bool]] = []

    def add(self, name: str, content: bytes) -> None:
        """Add a section that is read whole and checked when the pack is opened or used."""
        self._sections.append((name, content, True))

    def add_frames(self, name: str, frames: Sequence[bytes]) -> None:
        """Add a section of records, each made by `frame`, that are read and checked one by one."""
        offsets = accumulate(map(len, frames[:-1]), initial=0) if frames else ()
        self.add(f"{name}.index", struct.pack(f"<{len(frames)}I", *offsets))
        self._sections.append((name, b"".join(frames), False))

    def to_bytes(self) -> bytes:
        """Return the whole pack."""
        sections: dict[str, list[int]] = {}
        offset = 0
        for name, content, checked in self._sections:
            padding = -offset % 8
            offset += padding
            sections[name] = [offset, len(content), zlib.crc32(content) if checked else 0]
            offset += len(content)
        header = dump({"version": VERSION, "source": self._source_hash, "sections": sections})
        header += b" " * (-(_HEAD.size + len(header)) % 8)
        body = bytearray()
        for _, content, _ in self._sections:
            body += b"\0" * (-len(body) % 8) + content
        return _HEAD.pack(MAGIC, len(header), zlib.crc32(header)) + header + bytes(body)


class Pack:
    """An opened pack. Use as a context manager, or close it.

    `again` makes the pack anew from its knowledge, where that is at hand: what then turns out to be
    damaged is read from the new one instead, and no reader of the pack needs to know.
    """

    def __init__(
        self, data: bytes | mmap.mmap, name: str, *, again: Callable[[], bytes] | None = None
    ) -> None:
        self._name = name
        self._again = again
        self._read_header(data)

    def _read_header(self, data: bytes | mmap.mmap) -> None:
        name = self._name
        self._data = data
        self._view = memoryview(data)
        self._checked: dict[str, memoryview] = {}
        try:
            magic, length, crc = _HEAD.unpack_from(data)
        except struct.error:
            raise PackError("pack-short", name) from None
        if magic != MAGIC:
            raise PackError("pack-foreign", name)
        header = bytes(self._view[_HEAD.size : _HEAD.size + length])
        if len(header) != length or zlib.crc32(header) != crc:
            raise PackError("pack-header", name)
        try:
            self.header: Mapping[str, Any] = json.loads(header)
            version = self.header["version"]
            sections = self.header["sections"] if version == VERSION else {}
            places = [(int(o), int(n)) for o, n, _ in sections.values()]
        except (ValueError, LookupError, TypeError, AttributeError):
            raise PackError("pack-header", name) from None
        if version != VERSION:
            raise PackError("pack-version", name, version=version, ours=VERSION)
        self._base = _HEAD.size + length
        end = max((offset + size for offset, size in places), default=0)
        if self._base + end > len(self._view) or min(map(min, places), default=0) < 0:
            raise PackError("pack-cut", name)

    @classmethod
    def open(cls, path: str) -> Pack:
        """Open the pack at `path`. Raises PackError when missing, damaged or of another version."""
        try:
            with open(path, "rb") as file:
                return cls.of_file(file, path)
        except OSError as error:
            raise PackError("pack-unreadable", path, reason=error.strerror or error) from error

    @classmethod
    def of_file(
        cls, file: BinaryIO, name: str, *, again: Callable[[], bytes] | None = None
    ) -> Pack:
        """Return the pack in an opened file. Raises PackError, and OSError for what has no size."""
        if os.fstat(file.fileno()).st_size == 0:
            raise PackError("pack-empty", name)
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return cls(data, name, again=again)

    @property
    def source_hash(self) -> str:
        """The hash of the knowledge this pack was made from."""
        return str(self.header["source"])

    @property
    def content(self) -> bytes:
        """The whole pack as bytes, to hand it on."""
        return bytes(self._view)

    def has(self, name: str) -> bool:
        return name in self.header["sections"]

    def section(self, name: str) -> memoryview:
        """Return a whole section, checked once."""
        if name not in self._checked:
            try:
                self._checked[name] = self._section(name)
            except PackError as error:
                self._renew(error)
                self._checked[name] = self._section(name)
        return self._checked[name]

    def _section(self, name: str) -> memoryview:
        if not self.has(name):
            raise self._broken(name, "pack-lacks")
        offset, length, crc = self.header["sections"][name]
        view = self._view[self._base + offset : self._base + offset + length]
        if zlib.crc32(view) != crc:
            raise self._broken(name)
        return view

    def json_section(self, name: str) -> Any:
        return self._parsed(bytes(self.section(name)), name)

    def count(self, name: str) -> int:
        """Return how many records a record section has."""
        return len(self.section(f"{name}.index")) // _WORD.size

    def record(self, name: str, number: int) -> bytes:
        """Return one record, checked."""
        try:
            return self._record(name, number)
        except PackError as error:
            self._renew(error)
            return self._record(name, number)

    def _record(self, name: str, number: int) -> bytes:
        index = self.section(f"{name}.index")
        if not self.has(name) or not 0 <= number < len(index) // _WORD.size:
            raise self._broken(f"{name}:{number}", "pack-lacks")
        (start,) = _WORD.unpack_from(index, number * _WORD.size)
        offset, length, _ = self.header["sections"][name]
        begin = self._base + offset + start
        if start + _RECORD.size > length:
            raise self._broken(name)
        size, crc = _RECORD.unpack_from(self._view, begin)
        body = bytes(self._view[begin + _RECORD.size : begin + _RECORD.size + size])
        if not size or len(body) != size or zlib.crc32(body) != crc:  # zeros have the right sum
            raise self._broken(f"{name}:{number}")
        return body

    def json_record(self, name: str, number: int) -> Any:
        return self._parsed(self.record(name, number), name)

    def compressed_json_record(self, name: str, number: int) -> Any:
        try:
            content = zlib.decompress(self.record(name, number))
        except zlib.error:
            raise self._broken(f"{name}:{number}") from None
        return self._parsed(content, name)

    def _parsed(self, content: bytes, name: str) -> Any:
        """Return JSON that had the right checksum: only a foreign maker gets it wrong."""
        try:
            return json.loads(content)
        except ValueError:
            raise self._broken(name) from None

    def _renew(self, error: PackError) -> None:
        """Go on with a pack made anew; raise `error` where none can be made.

        What was read before stays valid: equal knowledge gives equal bytes.
        """
        if self._again is None:
            raise error
        again, self._again = self._again, None
        fresh = Pack(again(), self._name)
        if fresh.source_hash != self.source_hash:
            raise PackError("pack-changed", self._name)
        self._read_header(fresh._data)

    def grams(self) -> GramIndex:
        """Return the index from text to the signatures that could match in it."""
        return GramIndex(
            self.section("grams.filter"),
            self.section("grams.hashes"),
            self.section("grams.numbers"),
        )

    def close(self) -> None:
        self._checked.clear()
        self._view.release()
        if isinstance(self._data, mmap.mmap):
            try:
                self._data.close()
            except BufferError:  # a view is still in use; the map goes with it
                pass

    def __enter__(self) -> Pack:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _broken(self, part: str, key: str = "pack-damaged") -> PackError:
        return PackError(key, self._name, part=part)


class GramIndex:
    """Which signatures own a five-byte gram that stands in a text."""

    def __init__(self, filter_: memoryview, hashes: memoryview, numbers: memoryview) -> None:
        self._filter = filter_
        self._mask = len(filter_) * 8 - 1
        self._hashes: Sequence[int] = hashes.cast("I")
        self._numbers: Sequence[int] = numbers.cast("I")

    def signatures(self, text: bytes) -> set[int]:
        """Return the numbers of signatures whose gram occurs in `text` (blanks for line feeds)."""
        found: set[int] = set()
        filter_, mask, crc32 = self._filter, self._mask, zlib.crc32
        seen: set[int] = set()
        for start in range(len(text) - GRAM + 1):
            value = crc32(text[start : start + GRAM])
            bit = value & mask
            if filter_[bit >> 3] >> (bit & 7) & 1 and value not in seen:
                seen.add(value)
                found.update(self._owners(value))
        return found

    def _owners(self, value: int) -> Iterator[int]:
        hashes = self._hashes
        at = bisect_left(hashes, value)
        while at < len(hashes) and hashes[at] == value:
            yield self._numbers[at]
            at += 1


def gram_sections(owners: Iterable[tuple[bytes, int]]) -> tuple[bytes, bytes, bytes]:
    """Return filter, hashes and numbers for (gram, signature number) pairs."""
    pairs = sorted((gram_hash(gram), number) for gram, number in owners)
    bits = 1 << max(13, (len(pairs) * 16).bit_length())
    filter_ = bytearray(bits // 8)
    for value, _ in pairs:
        bit = value & (bits - 1)
        filter_[bit >> 3] |= 1 << (bit & 7)
    hashes = struct.pack(f"<{len(pairs)}I", *(value for value, _ in pairs))
    numbers = struct.pack(f"<{len(pairs)}I", *(number for _, number in pairs))
    return bytes(filter_), hashes, numbers
