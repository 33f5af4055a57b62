"""A pack is read piece by piece; whatever is wrong with it is a clear error, never a wrong answer."""

import random
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbmatch.cli.packs import failure_text
from kbmatch.matching.answer import answer
from kbmatch.matching.compile import compile_pack
from kbmatch.matching.documents import Documents
from kbmatch.matching.matcher import Matcher
from kbmatch.matching.pack import (
    MAGIC,
    VERSION,
    Pack,
    PackError,
    PackWriter,
    dump,
    frame,
    gram_sections,
)
from kbmatch.texts import load
from small_knowledge import knowledge, symptom

CONTENT = compile_pack(
    knowledge(
        symptom("paper-jam", "paper jam in tray {number}"),
        symptom("toner-low", "toner is running low on {host}"),
    )
)
TEXT = "printer said: paper jam in tray 3"


def test_equal_knowledge_gives_equal_bytes() -> None:
    assert compile_pack(knowledge(symptom("a", "paper jam here"))) == compile_pack(
        knowledge(symptom("a", "paper jam here"))
    )


def test_a_pack_on_disk_answers(tmp_path: Path) -> None:
    path = tmp_path / "p.kbpack"
    path.write_bytes(CONTENT)
    with Pack.open(str(path)) as pack:
        assert pack.source_hash == "0" * 64
        assert [f.id for f in answer(TEXT, Matcher(pack), "en").found] == ["paper-jam"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "pack-empty"),
        (b"K", "pack-short"),
        (b"PK\x03\x04" + b"x" * 40, "pack-foreign"),
        (CONTENT[:200], "pack-header"),
        (CONTENT[:-200], "pack-cut"),
        (MAGIC + b"\xff" * 40, "pack-header"),
    ],
)
def test_a_file_that_is_no_pack_is_named(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "broken.kbpack"
    path.write_bytes(content)
    with pytest.raises(PackError, match=says) as error:
        Pack.open(str(path))
    for language in ("en", "zh-TW"):
        assert "broken.kbpack" in failure_text(error.value, load("match", language), language)


def test_a_pack_of_another_version_says_which() -> None:
    body = dump({"version": VERSION + 7, "source": "s", "sections": {}})
    other = MAGIC + struct.pack("<II", len(body), zlib.crc32(body)) + body
    with pytest.raises(PackError, match="pack-version") as error:
        Pack(other, "old.kbpack")
    assert error.value.values == {"name": "old.kbpack", "version": VERSION + 7, "ours": VERSION}


def test_a_missing_pack_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"gone\.kbpack"):
        Pack.open(str(tmp_path / "gone.kbpack"))


def test_any_flipped_bit_gives_the_right_answer_or_a_clear_error() -> None:
    chance = random.Random(7)
    for _ in range(400):
        broken = bytearray(CONTENT)
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        try:
            found = answer(TEXT, Matcher(Pack(bytes(broken), "x")), "en").found
        except PackError:
            continue
        assert [f.id for f in found] == ["paper-jam"]


SECTIONS = tuple(Pack(CONTENT, "x").header["sections"])


def spoilt(name: str, *, zeroed: bool) -> bytes:
    """The pack with one section zeroed, or with the bits of its middle byte flipped."""
    pack = Pack(CONTENT, "x")
    offset, length, _ = pack.header["sections"][name]
    begin = pack._base + offset
    broken = bytearray(CONTENT)
    if zeroed:
        broken[begin : begin + length] = bytes(length)
    elif length:
        broken[begin + length // 2] ^= 0xFF
    return bytes(broken)


def read_all(pack: Pack) -> list[object]:
    """Everything that anybody reads of a pack."""
    found: list[object] = [[f.id for f in answer(TEXT, Matcher(pack), "en").found]]
    for name in SECTIONS:
        if f"{name}.index" in SECTIONS:
            found += [pack.record(name, number) for number in range(pack.count(name))]
        else:
            found.append(bytes(pack.section(name)))
    return [*found, Documents(pack).all()]


@pytest.mark.parametrize("zeroed", [True, False])
@pytest.mark.parametrize("name", SECTIONS)
def test_damage_in_any_section_is_told_or_mended(name: str, zeroed: bool) -> None:
    broken = spoilt(name, zeroed=zeroed)
    if broken != CONTENT:
        with pytest.raises(PackError, match="x: pack-damaged"):
            read_all(Pack(broken, "x"))
    assert read_all(Pack(broken, "x", again=lambda: CONTENT)) == read_all(Pack(CONTENT, "x"))


def test_a_pack_made_anew_from_other_knowledge_is_not_mixed_in() -> None:
    other = PackWriter("another source").to_bytes()
    with pytest.raises(PackError, match="pack-changed"):
        read_all(Pack(spoilt("signatures", zeroed=True), "x", again=lambda: other))


@pytest.mark.parametrize("name", SECTIONS)
def test_a_pack_that_lacks_a_section_is_told(name: str) -> None:
    whole = Pack(CONTENT, "x")
    writer = PackWriter("h")
    for section in SECTIONS:
        if section != name:
            offset, length, _ = whole.header["sections"][section]
            at = whole._base + offset
            writer.add(section, CONTENT[at : at + length])
    with pytest.raises(PackError, match="pack-lacks"):
        read_all(Pack(writer.to_bytes(), "x"))


@pytest.mark.parametrize("record", [b"{", b"\xff\xfe", b"x" * 20])
def test_records_of_a_foreign_maker_are_told(record: bytes) -> None:
    writer = PackWriter("h")
    writer.add_frames("r", [frame(record)])
    writer.add("whole", record)
    pack = Pack(writer.to_bytes(), "x")
    for read in (
        lambda: pack.json_record("r", 0),
        lambda: pack.compressed_json_record("r", 0),
        lambda: pack.json_section("whole"),
        lambda: pack.record("r", 1),
        lambda: pack.record("r", -1),
    ):
        with pytest.raises(PackError) as error:
            read()
        assert "{" not in failure_text(error.value, load("match", "zh-TW"), "zh-TW")


@settings(max_examples=50)
@given(st.lists(st.binary(min_size=1, max_size=40), max_size=20), st.booleans())
def test_records_come_back_as_written(records: list[bytes], compress: bool) -> None:
    writer = PackWriter("h")
    writer.add_frames("r", [frame(record, compress=compress) for record in records])
    pack = Pack(writer.to_bytes(), "x")
    read = [pack.record("r", n) for n in range(pack.count("r"))]
    assert [zlib.decompress(r) if compress else r for r in read] == records


@settings(max_examples=50)
@given(st.lists(st.binary(min_size=5, max_size=5), min_size=1, max_size=200, unique=True))
def test_the_gram_index_finds_every_owner(grams: list[bytes]) -> None:
    writer = PackWriter("h")
    names = ("grams.filter", "grams.hashes", "grams.numbers")
    for name, content in zip(
        names, gram_sections((g, n) for n, g in enumerate(grams)), strict=True
    ):
        writer.add(name, content)
    index = Pack(writer.to_bytes(), "x").grams()
    for number, gram in enumerate(grams):
        assert number in index.signatures(b"--" + gram + b"--")
