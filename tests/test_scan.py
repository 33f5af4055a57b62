"""Logs of any size give the same answer as pasted text, with either gate, in constant memory."""

import gzip
import io
import multiprocessing
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbmatch.knowledge.model import Signature
from kbmatch.matching import scan as scanning
from kbmatch.matching.answer import answer
from kbmatch.matching.decode import decode, read_blocks
from kbmatch.matching.gate import Reduced, make_gate
from kbmatch.matching.normalise import normalise
from kbmatch.matching.plain import made_plain
from kbmatch.matching.scan import answer_stream, scan
from kbmatch.matching.stretches import stretch
from kbmatch.matching.workers import Handed, Workers
from small_knowledge import matcher, signature, symptom

MATCHER = matcher(
    symptom("jam", "paper jam in tray {number}"),
    symptom("refused", signature("connection refused", needs="registry")),
    symptom("cover", "the cover of {host} is open"),
    symptom("zh", "紙匣{text}卡紙了"),
    symptom("short", "tray {word} not found"),
    symptom("after", "ink: {host} is low"),
    symptom(
        "lines",
        Signature(
            "s",
            "waiting for paper giving up",
            ("tool",),
            ("waiting for paper\ngiving up",),
            ("something else",),
            None,
            "anywhere",  # type: ignore[arg-type]
        ),
    ),
)
GATES = {kind: make_gate(MATCHER, hyperscan=kind) for kind in (True, False)}
PIECES = (
    "all is well",
    "printer: PAPER  JAM in tray 7",
    "docker pull x",
    "connection refused",
    "npm error connection refused",
    "\x1b[1mthe cover\x1b[0m of p1.example is open",
    "the cover of\np2.example is open",
    '{"log":"the cover of p3.example\\n is open\\n","stream":"stderr"}',
    "C:\\new\\tray paper\\tjam in\\r\\ntray 3",
    "紙匣 2 卡紙了",
    "2026-11-24T01:02:03Z stdout F paper jam in tray 9",
    "tray upper not found",
    "tray \x1b[1mlower\x1b[0m\n      not found",
    "a tray, and a page not found",
    "ink: p4.example is low",
    "the ink is low",
    "2026-11-24T01:02:03.1234567Z waiting for paper\n2026-11-24T01:02:04.1234567Z giving up",
    "\x00".join("tray left not found"),
    "ｐａｐｅｒ jam in ｔｒａｙ ７",
    "pap\u200ber jam in t\u00adray 7",
    "",
)


def blocks(content: bytes, size: int) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


def streamed(content: bytes, hyperscan: bool, size: int = 1 << 16) -> list[tuple[str, int, int]]:
    from kbmatch.matching.answer import Collector

    collector = Collector(MATCHER)
    for window in scan(blocks(content, size), MATCHER, GATES[hyperscan]):
        collector.add(window.text, list(window.hits), window.first_line)
    return [(f.id, f.line, f.count) for f in collector.found()]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40), st.integers(1, 500))
def test_both_gates_and_a_pasted_text_agree(lines: list[str], size: int) -> None:
    text = "\n".join(["start of the log, long enough not to stand alone " * 50, *lines])
    whole = [(f.id, f.line, f.count) for f in answer(text, MATCHER, "en").found]
    assert streamed(text.encode(), True, size) == whole
    assert streamed(text.encode(), False, size) == whole


def test_line_numbers_hold_across_blocks() -> None:
    chance = random.Random(3)
    lines = [f"filler line number {n} of the log" for n in range(400_000)]
    places = sorted(chance.sample(range(len(lines)), 20))
    for place in places:
        lines[place] = "paper jam in tray 1"
    content = "\n".join(lines).encode()
    assert len(content) > 12 << 20
    for kind in GATES:
        assert streamed(content, kind, 1 << 20) == [("jam", places[0] + 1, len(places))]


def test_a_message_at_a_block_border_is_found_once() -> None:
    filler = b"x" * 79 + b"\n"
    for shift in range(0, 40, 7):
        content = filler * 52_000 + b"y" * shift + b"\npaper jam in tray 4\n" + filler * 3000
        assert streamed(content, True, 4 << 20) == [("jam", 52_002, 1)]


def test_one_endless_line_is_read_in_pieces() -> None:
    content = b"z" * (9 << 20) + b" paper jam in tray 5 " + b"z" * (9 << 20)
    assert streamed(content, True) == [("jam", 1, 1)]


@settings(deadline=None)
@given(st.lists(st.sampled_from([1, 9, 60, 199, 200, 201, 500]), max_size=60), st.integers(1, 300))
def test_pieces_hold_every_byte_once_and_what_stands_around_it(
    lengths: list[int], size: int
) -> None:
    content = b"".join(b"%d" % (n % 10) * (length - 1) + b"\n" for n, length in enumerate(lengths))
    with pytest.MonkeyPatch.context() as small:
        small.setattr(scanning, "SCAN_BYTES", 200)
        small.setattr(scanning, "AFTER_BYTES", 10)
        small.setattr(scanning, "CARRY_BYTES", 50)
        pieces = list(scanning._pieces(blocks(content, size)))
    begin = decided = 0
    for parts, start, end, own in pieces:
        piece = b"".join(parts)
        assert content[begin : begin + len(piece)] == piece
        assert begin + start == decided <= begin + end
        at_hand = content.rfind(b"\n", 0, max(0, decided - 50)) + 1
        assert begin <= at_hand or begin == decided - 50  # of a long line, no more than needed
        assert begin + len(piece) == len(content) or len(piece) - end >= 10
        assert len(piece) < 2 * (200 + 300) + 500
        decided = begin + end
        begin += own
    assert decided == len(content)


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked")
@pytest.mark.parametrize("killed", [False, True])
def test_workers_find_what_we_would_find_alone(
    killed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(7)
    content = "\n".join(chance.choice(PIECES) for _ in range(60_000)).encode()
    alone = streamed(content, True, 1 << 16)
    monkeypatch.setattr(scanning, "ALONE_BYTES", 0)
    monkeypatch.setattr(scanning, "SCAN_BYTES", 1 << 16)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 2})
    handed = []
    hand = Workers.hand

    def watched(self: Workers, *stretch: Any) -> Handed | None:
        if killed and len(handed) == 3:
            for process in multiprocessing.active_children():
                process.kill()
        handed.append(hand(self, *stretch))
        return handed[-1]

    monkeypatch.setattr(Workers, "hand", watched)
    assert streamed(content, True, 1 << 16) == alone
    assert any(handed)
    assert multiprocessing.active_children() == []


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked")
def test_a_worker_ends_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    program = (
        "import os, sys, time; sys.path[:0] = sys.argv[1:]\n"
        "from test_scan import GATES\n"
        "from kbmatch.matching.workers import Workers\n"
        "from kbmatch.matching.lookout import Lookout\n"
        "from kbmatch.matching.sieve import Sieve\n"
        "from test_scan import MATCHER\n"
        "workers = Workers(Lookout(GATES[False], Sieve(MATCHER, 99)), 1, 100)\n"
        "assert workers.hand([b'x\\n'], 0, 2, 2).look() == (None, [], 1)\n"
        "import multiprocessing\n"
        "print(multiprocessing.active_children()[0].pid, flush=True); time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(Path(__file__).parent)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    end = time.monotonic() + 20
    while time.monotonic() < end and Path(f"/proc/{worker}/cmdline").exists():
        if not Path(f"/proc/{worker}/cmdline").read_bytes():
            break  # it has ended; nobody has asked how
        time.sleep(0.1)
    else:
        assert not Path(f"/proc/{worker}/cmdline").exists()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encodings_are_recognised(encoding: str) -> None:
    assert "卡紙" in decode("printer log: 紙匣 2 卡紙了, done".encode(encoding))


def test_cp950_and_latin_1_lines_are_read() -> None:
    assert decode("紙匣 2 卡紙了\n".encode("cp950")) == "紙匣 2 卡紙了\n"
    assert decode("café".encode("latin-1")) == "café"


def test_a_large_cp950_log_is_scanned() -> None:
    content = "一切正常，沒有問題\n".encode("cp950") * 400_000 + "紙匣 2 卡紙了\n".encode("cp950")
    assert streamed(content, True) == [("zh", 400_001, 1)]


@pytest.mark.parametrize("size", [100, 4096, 1 << 20])
def test_a_log_with_a_hole_at_its_start_is_read(size: int) -> None:
    assert decode(b"\0" * size + b"paper jam in tray 2\n").lstrip("\0") == "paper jam in tray 2\n"


def test_an_endless_line_is_not_cut_inside_a_character() -> None:
    for shift in range(3):
        content = (
            b"x" * shift + "一".encode() * (2 << 20) + " 紙匣 2 卡紙了 ".encode() + b"y" * (1 << 20)
        )
        assert streamed(content, True) == [("zh", 1, 1)]


def test_gzip_is_unpacked_and_a_cut_one_read_as_far_as_it_goes() -> None:
    packed = gzip.compress(b"paper jam in tray 2\n" * 5000)
    assert b"".join(read_blocks(io.BytesIO(packed), 512)) == b"paper jam in tray 2\n" * 5000
    cut = b"".join(read_blocks(io.BytesIO(packed[:-20]), 512))
    assert b"paper jam" in cut or cut == b""


def test_binary_rubbish_is_read(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(3 << 20)
    assert answer_stream(blocks(noise, 1 << 16), MATCHER, "en").found == ()


def test_the_longest_run_of_words_is_looked_for() -> None:
    assert stretch(["paper jam in tray ", "x"]) == (b"papejamiay", True)
    assert stretch(["x509: "]) == (b"x509", True)
    assert stretch(["cups: 紙匣卡紙了"]) == ("紙匣卡紙了".encode(), False)


def test_a_short_stretch_needs_another_beside_it() -> None:
    healthy = b"page not found, " * 50
    far = b"tray" + b" is full" * 500 + b" not found"
    for gate in GATES.values():
        for text in (healthy, far):
            assert gate.places(text) == []
        for near in (b"tray a not found", b"tray " + b"x" * 80 + b" not found"):
            (place,) = gate.places(healthy + near)
            assert place[0] == len(healthy + near) - 1


@given(st.text(alphabet="ab１ａＺſKİ\u200b\u00ad\ufeff\x00 \x1b，。鏡", max_size=60))
def test_what_the_gate_reads_has_the_same_normal_form(text: str) -> None:
    assert normalise(made_plain(text.encode()).text.decode()).text == normalise(text).text


@given(st.binary(max_size=3000))
def test_a_place_in_reduced_text_leads_back(text: bytes) -> None:
    reduced = Reduced(text)
    for index in range(len(reduced.text)):
        at = reduced.source(index)
        assert text[at : at + 1].lower() == reduced.text[index : index + 1]
    assert len(reduced.text) == sum(
        byte in b"abcdefghijklmopqsuvwxyz0123456789" for byte in text.lower()
    )
