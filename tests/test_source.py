"""YAML is read as plain text values with positions; hostile files get one clear problem."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbmatch.knowledge.problems import errors
from kbmatch.knowledge.source import Limits, Source, read, read_bytes


def good(text: str) -> Source:
    reading = read_bytes(text.encode(), "x.yaml")
    assert reading.source is not None and not reading.problems, reading.problems
    return reading.source


def refused(data: bytes | str, code: str) -> str:
    """Assert that there is exactly one problem, of this code; return where it is."""
    raw = data.encode() if isinstance(data, str) else data
    reading = read_bytes(raw, "x.yaml")
    assert [item.code for item in reading.problems] == [code]
    assert reading.source is None
    (problem,) = reading.problems
    assert problem.message and problem.hint
    return f"{problem.position.line}:{problem.position.column}"


def test_scalars_stay_the_text_the_author_wrote() -> None:
    source = good("date: 2026-11-24\nport: 0443\nsize: 1_000\non: off\nyes: 'true'\nhex: 0x1F\n")
    assert source.value == {
        "date": "2026-11-24", "port": "0443", "size": "1_000", "on": "off", "yes": "true",
        "hex": "0x1F",
    }  # fmt: skip


def test_plain_true_false_and_nothing_are_themselves() -> None:
    assert good("a: true\nb: False\nc:\nd: ~\ne: ''\n").value == {
        "a": True, "b": False, "c": None, "d": None, "e": "",
    }  # fmt: skip


def test_positions_count_characters_from_one() -> None:
    source = good("# 註解\n標題: {en: a, zh-TW: 卡紙}\nlist:\n  - x\n  - {k: v}\n")
    assert str(source.position(("標題", "zh-TW"))) == "x.yaml:2:20"
    assert str(source.key_position(("標題", "zh-TW"))) == "x.yaml:2:13"
    assert str(source.position(("list", 1, "k"))) == "x.yaml:5:9"
    assert str(source.position(("list", 7, "nowhere"))) == "x.yaml:4:3"


def test_position_of_words_inside_a_block() -> None:
    source = good("text: >-\n  first line\n  second bad line\nother: bad\n")
    assert str(source.position(("text",), "bad")) == "x.yaml:3:10"
    assert str(source.position(("text",), "absent")) == "x.yaml:1:7"


def test_byte_order_mark_and_windows_line_breaks_are_read() -> None:
    source = read_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", "x.yaml").source
    assert source is not None and source.value == {"a": "1", "b": "2"}
    assert source.position(("b",)).line == 2


def test_aliases_within_bounds_repeat_a_value() -> None:
    source = good("a: &x {k: v}\nb: *x\n")
    assert source.value == {"a": {"k": "v"}, "b": {"k": "v"}}
    assert source.position(("b", "k")).line == 2


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("a: b: c\n", "KB004", "1:5"),
        ("a: 'open\n", "KB004", "2:1"),
        ("a:\n\t- b\n", "KB004", "2:1"),
        ("a: @b\n", "KB004", "1:4"),
        ("a: !!python/object/apply:os.system [x]\n", "KB005", "1:4"),
        ("a: !local x\n", "KB005", "1:4"),
        ("a: !!str 1\n", "KB005", "1:4"),
        ("a: *nobody\n", "KB006", "1:4"),
        ("a: &a [*a]\n", "KB006", "1:8"),
        ("a: 1\n---\nb: 2\n", "KB009", "2:1"),
        ("", "KB009", "1:1"),
        ("# only a comment\n", "KB009", "1:1"),
        ("? [a]\n: b\n", "KB010", "1:3"),
        ("a: {{b}: c}\n", "KB010", "1:5"),
        ("a: b\x00c\n", "KB002", "1:5"),
        ("a: \x1b[31m\n", "KB002", "1:4"),
    ],
)
def test_hostile_text_has_one_clear_problem(text: str, code: str, where: str) -> None:
    assert refused(text, code) == where


def test_wrong_encodings_are_named() -> None:
    assert refused("a: 1\nb: 卡紙".encode("big5"), "KB002") == "2:4"
    assert refused("a: 卡紙".encode("utf-16"), "KB002") == "1:1"
    assert refused("é: \udcff".encode("utf-8", "surrogateescape"), "KB002") == "1:4"


def test_equal_keys_are_each_reported_and_the_rest_is_read() -> None:
    reading = read_bytes(b"a: 1\nb: 2\na: 3\nb: {c: 1, c: 2}\n", "x.yaml")
    assert [(p.code, str(p.position)) for p in reading.problems] == [
        ("KB007", "x.yaml:3:1"),
        ("KB007", "x.yaml:4:1"),
        ("KB007", "x.yaml:4:11"),
    ]
    assert reading.source is not None and reading.source.value == {"a": "1", "b": "2"}


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, levels):
        aliases = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"a{level}: &a{level} [{aliases}]")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (bomb(30).encode(), "KB006"),
        (b"[" * 100_000, "KB008"),
        (b"{a: " * 100_000, "KB008"),
        (b"- " * 100_000, "KB008"),
        (b"? " * 100_000, "KB010"),
        (b"- x\n" * 200_000, "KB003"),
        (b"&a " * 100_000, "KB004"),
        (b"'" + b"a" * 1_000_000, "KB004"),
    ],
)
def test_bombs_are_refused_at_once(data: bytes, code: str) -> None:
    start = time.process_time()
    refused(data, code)
    assert time.process_time() - start < 5


def test_large_file_is_refused_without_reading_it_all(tmp_path: Path) -> None:
    file = tmp_path / "huge.yaml"
    with file.open("wb") as stream:
        stream.truncate(1 << 33)
    (problem,) = read(file).problems
    assert problem.code == "KB003" and "2048 KiB" in problem.message


def test_limits_can_be_widened() -> None:
    text = b"- x\n" * 200_000
    assert read_bytes(text, "x", Limits(nodes=300_000)).source is not None


def test_what_is_not_a_file_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "folder.yaml"
    folder.mkdir()
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    loop = tmp_path / "loop.yaml"
    loop.symlink_to(loop)
    for path in (folder, pipe, loop, tmp_path / "absent.yaml", Path("/dev/zero")):
        (problem,) = read(path).problems
        assert problem.code == "KB001" and problem.position.path == str(path)


def test_unreadable_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret.yaml"
    file.write_text("a: 1\n")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Tests may run as root, who may read everything.
    monkeypatch.setattr(Path, "open", refuse)
    (problem,) = read(file).problems
    assert problem.code == "KB001" and "Permission denied" in problem.message


YAML_PARTS = st.sampled_from(
    ["a", "b: ", "- ", "\n", "  ", "[", "]", "{", "}", ",", "&x ", "*x", "!!int ", "'", '"', "|\n",
     ">-\n", "? ", ": ", "#", "---\n", "...\n", "%TAG ! x\n", "\t", "\\", "\\u0000", "<<: ", "é",
     "卡", "\u2028", "\x85", "true", "~", "@", "`", "\r", "\ufeff"]
)  # fmt: skip


@given(st.lists(YAML_PARTS, max_size=40).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_value_or_a_problem(text: str) -> None:
    check_reading(text.encode("utf-8"))


@given(st.binary(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_value_or_a_problem(data: bytes) -> None:
    check_reading(data)


def check_reading(data: bytes) -> None:
    reading = read_bytes(data, "x.yaml")
    if reading.source is None:
        assert errors(reading.problems) >= 1
        return
    for path in reading.source.marks:
        position = reading.source.position(path)
        assert position.line >= 1 and position.column >= 1
    for problem in reading.problems:
        assert problem.code == "KB007"


PLAIN = st.recursive(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn"]), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.from_regex(r"\A[a-z]{1,6}\Z"), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(PLAIN)
@settings(max_examples=150, deadline=None)
def test_what_yaml_writes_is_read_back_as_text(value: object) -> None:
    import yaml

    class Quoting(yaml.SafeDumper):
        def ignore_aliases(self, data: object) -> bool:
            return True

    written = yaml.dump(value, Dumper=Quoting, allow_unicode=True, default_style='"')
    text = written.replace("\ufeff", "\\ufeff")
    reading = read_bytes(text.replace('!!null "null"', '""').encode(), "x.yaml")
    assert reading.source is not None, (reading.problems, text)
    assert reading.source.value == value


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("m:\n\tx: 1", "not tabs"),
        ("   m: 1", "Count the blanks"),
        (" m: 1", "Count the blanks"),
        ("m: {ip}: refused", "starts with `{`"),
        ("m: {ip}:{port} refused", "starts with `{`"),
        ("m: error: no", "`: ` inside"),
        ("m: @foo", "starts with @"),
        ("<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> x", "Finish the merge"),
    ],
)
def test_syntax_errors_say_what_most_likely_happened(line: str, hint: str) -> None:
    (found,) = read_bytes(f"id: x\ntitle:\n  en: a\n{line}\n".encode(), "f").problems
    assert found.code == "KB004" and hint in found.hint
