"""Bytes to text: what terminals, editors and consoles really write.

UTF-8 with or without a mark, UTF-16 and UTF-32 from PowerShell, CP950 (Big5) from a zh-TW console,
Latin-1 as the last resort, gzip around any of them. Nothing here fails: unreadable bytes become
characters that match nothing.
"""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Iterator
from typing import IO

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GZIP = b"\x1f\x8b"
_SAMPLE = 4096
BLOCK = 2 << 20


def decode(content: bytes) -> str:
    """Return the text of a whole small input."""
    return decode_utf8(b"".join(utf8_blocks(iter((content,)))))


def decode_utf8(content: bytes) -> str:
    """Return text of bytes; lines that are not UTF-8 are read as CP950 or Latin-1."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return "\n".join(_decode_line(line) for line in content.split(b"\n"))


def _decode_line(line: bytes) -> str:
    for encoding in ("utf-8", "cp950"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")


def read_blocks(file: IO[bytes], size: int = BLOCK) -> Iterator[bytes]:
    """Yield what `file` holds, unpacked when it is gzip; a cut gzip file ends where it is cut."""
    read = getattr(file, "read1", file.read)
    first = read(size)
    if first.startswith(_GZIP):
        yield from _gunzip(first, file, size)
        return
    while first:
        yield first
        first = read(size)


def _gunzip(first: bytes, file: IO[bytes], size: int) -> Iterator[bytes]:
    packed = first
    unpacker = zlib.decompressobj(wbits=31)
    while packed:
        try:
            plain = unpacker.decompress(packed, size)
        except zlib.error:
            return
        if plain:
            yield plain
        packed = unpacker.unconsumed_tail
        if unpacker.eof:
            packed = unpacker.unused_data.lstrip(b"\0")
            unpacker = zlib.decompressobj(wbits=31)
        if not packed:
            packed = file.read(size)


def utf8_blocks(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield `blocks` as UTF-8 where a mark or their zero bytes say that they are UTF-16 or -32."""
    first = next(blocks, b"")
    encoding = _guess(first[:_SAMPLE])
    for mark, marked in _MARKS:
        if first.startswith(mark):
            first, encoding = first[len(mark) :], marked
            break
    if encoding == "utf-8":
        yield first
        yield from blocks
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    yield decoder.decode(first).encode("utf-8", "replace")
    for block in blocks:
        yield decoder.decode(block).encode("utf-8", "replace")
    yield decoder.decode(b"", True).encode("utf-8", "replace")


def _guess(sample: bytes) -> str:
    """Return UTF-16 when nearly every second byte of a sample, only, is zero; UTF-8 otherwise.

    All of them are zero where a log was cut while a program went on writing to it.
    """
    half = len(sample) // 2
    if half >= 4:
        zeros = sample[0::2].count(0) / half, sample[1::2].count(0) / half
        if zeros[1] > 0.7 and zeros[0] < 0.3:
            return "utf-16-le"
        if zeros[0] > 0.7 and zeros[1] < 0.3:
            return "utf-16-be"
    return "utf-8"
