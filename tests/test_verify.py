"""Checking a bundle: every changed, missing or added file is named; hostile ones do no harm."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kbmatch.delivery.archive import zip_bytes
from kbmatch.delivery.bundle import sums
from kbmatch.delivery.verify import BundleError, Finding, Verdict, is_safe, parse_sums, verify

FILES = {"site/a.html": b"<p>a</p>" * 50, "site/b.js": b"b", "kbmatch.pyz": bytes(range(256))}


def bundle_of(files: dict[str, bytes], listed: dict[str, bytes] | None = None) -> bytes:
    all_files = {**files, "SHA256SUMS": sums(listed or FILES)}
    return zip_bytes({f"bundle/{name}": content for name, content in all_files.items()})


WHOLE = bundle_of(FILES)


def checked(tmp_path: Path, content: bytes) -> Verdict:
    path = tmp_path / "bundle.zip"
    path.write_bytes(content)
    return verify(path)


def test_a_whole_bundle_is_whole(tmp_path: Path) -> None:
    assert checked(tmp_path, bundle_of(FILES)) == Verdict(3, ())


@pytest.mark.parametrize("unpacked", [False, True])
def test_every_difference_is_named(tmp_path: Path, unpacked: bool) -> None:
    files = {**FILES, "site/b.js": b"c", "site/new.html": b"n"}
    del files["site/a.html"]
    path = tmp_path / "x.zip"
    path.write_bytes(bundle_of(files))
    if unpacked:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(tmp_path / "out")
        path = tmp_path / "out"
    assert verify(path).findings == (
        Finding("missing", "site/a.html"),
        Finding("changed", "site/b.js"),
        Finding("added", "site/new.html"),
    )


def test_a_link_in_an_unpacked_bundle_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "SHA256SUMS").write_bytes(sums({"a": b"secret"}))
    (tmp_path / "a").symlink_to("/etc/passwd")
    assert verify(tmp_path).findings == (Finding("unsafe", "a"),)


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/passwd", "bundle/../../evil", "bundle/a\\..\\evil", "C:/x", "bundle/C:x"],
)
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "slip.zip"
    path.write_bytes(bundle_of(FILES))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, b"evil")
    found = verify(path).findings
    assert len(found) == 1 and found[0].kind == "unsafe"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["slip.zip"]


def test_a_link_inside_the_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "link.zip"
    path.write_bytes(bundle_of(FILES))
    with zipfile.ZipFile(path, "a") as archive:
        entry = zipfile.ZipInfo("bundle/link")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    assert verify(path).findings == (Finding("unsafe", "link"),)


def zipped(*extra: tuple[str, int, int, bytes]) -> bytes:
    """The whole bundle with more entries: name, mode, method, content."""
    buffer = io.BytesIO(WHOLE)
    with zipfile.ZipFile(buffer, "a") as archive:
        for name, mode, method, content in extra:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            archive.writestr(entry, content, method)
    return buffer.getvalue()


FOLDER = stat.S_IFDIR | 0o755
LINK = stat.S_IFLNK | 0o777


@pytest.mark.parametrize(
    ("name", "mode", "kind", "path"),
    [
        ("bundle/../../evil/", FOLDER, "unsafe", "bundle/../../evil/"),
        ("/abs/", FOLDER, "unsafe", "/abs/"),
        ("bundle/site/", LINK, "unsafe", "site/"),
        ("bundle/new/", FOLDER, "added", "new/"),
    ],
)
def test_directories_in_the_zip_are_checked_too(
    tmp_path: Path, name: str, mode: int, kind: str, path: str
) -> None:
    content = zipped((name, mode, zipfile.ZIP_STORED, b""))
    assert checked(tmp_path, content).findings == (Finding(kind, path),)


def test_a_zip_packed_anew_with_its_directories_is_whole(tmp_path: Path) -> None:
    folders = [(name, FOLDER, zipfile.ZIP_STORED, b"") for name in ("bundle/", "bundle/site/")]
    assert checked(tmp_path, zipped(*folders)) == Verdict(3, ())


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
@pytest.mark.parametrize("name", ["kbmatch.pyz", "SHA256SUMS"])
def test_other_ways_of_packing_are_refused(tmp_path: Path, method: int, name: str) -> None:
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file, content in {**FILES, "SHA256SUMS": sums(FILES)}.items():
            archive.writestr(f"bundle/{file}", content, method if file == name else 8)
    spoilt = bytearray(path.read_bytes())
    at = spoilt.index(name.encode()) + len(name) + 12
    spoilt[at] ^= 0x55  # inside the packed content, where lzma would fail in a way of its own
    path.write_bytes(spoilt)
    try:
        assert verify(path).findings == (Finding("unsafe", name),)
    except BundleError as error:
        assert (error.key, name) == ("error-not-a-bundle", "SHA256SUMS")


def hidden_before(whole: bytes) -> bytes:
    return b"#!/bin/sh\necho evil\n" + whole


def hidden_behind(whole: bytes) -> bytes:
    return whole + b"evil"


def hidden_comment(whole: bytes) -> bytes:
    return whole[:-2] + (4).to_bytes(2, "little") + b"evil"


def hidden_entry(whole: bytes) -> bytes:
    """An entry that the list at the end does not name: who unpacks while reading finds it."""
    buffer = io.BytesIO(whole)
    with zipfile.ZipFile(buffer) as archive:
        start = archive.start_dir
    other = zip_bytes({"bundle/evil": b"evil"})
    local = other[: other.index(b"PK\1\2")]
    end = bytearray(whole[start:])
    end[-6:-2] = (start + len(local)).to_bytes(4, "little")
    return whole[:start] + local + bytes(end)


def other_header(whole: bytes) -> bytes:
    """A file whose own header says another size than the list."""
    at = whole.index(b"bundle/site/b.js") - 30 + 22
    return whole[:at] + b"\0\0\0\0" + whole[at + 4 :]


@pytest.mark.parametrize("hide", [hidden_before, hidden_entry, other_header])
def test_bytes_that_belong_to_no_file_are_found(
    tmp_path: Path, hide: Callable[[bytes], bytes]
) -> None:
    assert {f.kind for f in checked(tmp_path, hide(WHOLE)).findings} == {"hidden"}


def other_list(whole: bytes) -> bytes:
    """What points to the list of a huge archive, before the end record."""
    return whole[:-22] + b"PK\6\7" + bytes(16) + whole[-22:]


@pytest.mark.parametrize("hide", [hidden_behind, hidden_comment, other_list])
def test_a_file_that_does_not_end_as_a_bundle_is_refused(
    tmp_path: Path, hide: Callable[[bytes], bytes]
) -> None:
    with pytest.raises(BundleError) as caught:
        checked(tmp_path, hide(WHOLE))
    assert caught.value.key == "error-end"


def test_a_list_that_would_fill_the_memory_is_not_read(tmp_path: Path) -> None:
    end = bytearray(WHOLE[-22:])
    end[12:16] = (1 << 30).to_bytes(4, "little")
    path = tmp_path / "long.zip"
    with path.open("wb") as file:
        file.truncate(1 << 30)
        file.seek(1 << 30)
        file.write(end)
    with pytest.raises(BundleError) as caught:
        verify(path)
    assert caught.value.key == "error-too-large"


def test_two_lists_of_checksums_are_said(tmp_path: Path) -> None:
    regular = stat.S_IFREG | 0o644
    with pytest.raises(BundleError) as caught:
        checked(tmp_path, zipped(("SHA256SUMS", regular, 0, sums(FILES))))
    assert caught.value.key == "error-two-sums"


def unpacked(place: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive:
        archive.extractall(place)
    return place / "bundle"


@pytest.mark.parametrize("name", ["SHA256SUMS", "kbmatch.pyz", "site/a.html"])
def test_a_pipe_is_not_waited_for(tmp_path: Path, name: str) -> None:
    root = unpacked(tmp_path)
    (root / name).unlink()
    os.mkfifo(root / name)
    try:
        assert verify(root).findings == (Finding("unsafe", name),)
    except BundleError as error:
        assert (error.key, name) == ("error-kind", "SHA256SUMS")
    with pytest.raises(BundleError) as caught:
        verify(root / name)
    assert caught.value.key == "error-kind"


def test_what_is_not_listed_is_named_and_not_read(tmp_path: Path) -> None:
    root = unpacked(tmp_path)
    with (root / "site/huge").open("wb") as file:
        file.truncate(5 << 30)
    (root / ".hidden").mkdir()
    (root / ".hidden/x").write_text("x")
    (root / "site/.htaccess").write_text("x")
    assert verify(root).findings == (
        Finding("added", ".hidden/"),
        Finding("added", "site/.htaccess"),
        Finding("added", "site/huge"),
    )


def test_a_listed_file_grown_beyond_any_bundle_is_changed(tmp_path: Path) -> None:
    root = unpacked(tmp_path)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("kbmatch.delivery.verify.MAX_BYTES", 100)
        assert Finding("changed", "site/a.html") in verify(root).findings


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="needs to become another user")
@pytest.mark.parametrize("name", ["site", "kbmatch.pyz"])
def test_what_may_not_be_read_is_named(name: str) -> None:
    place = Path("/var/tmp") / f"kbmatch-verify-{os.getpid()}"
    place.mkdir(mode=0o755)
    try:
        root = unpacked(place)
        (root / name).chmod(0)
        os.seteuid(65534)
        try:
            findings = verify(root).findings
        finally:
            os.seteuid(0)
        assert findings == (Finding("unreadable", name + ("/" if name == "site" else "")),)
    finally:
        shutil.rmtree(place)


def test_a_file_twice_in_the_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "twice.zip"
    path.write_bytes(bundle_of(FILES))
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("bundle/site/b.js", b"other")
    assert verify(path).findings == (Finding("unsafe", "site/b.js"),)


def test_a_bomb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bundle/SHA256SUMS", sums(FILES))
        archive.writestr("bundle/kbmatch.pyz", b"\0" * 1_000_000)
    lying = bytearray(path.read_bytes())
    # The directory of the archive says 5 GB, then 10 bytes.
    place = lying.rindex((1_000_000).to_bytes(4, "little"))
    lying[place : place + 4] = (0xFFFFFFF0).to_bytes(4, "little")
    path.write_bytes(lying)
    with pytest.raises(BundleError) as caught:
        verify(path)
    assert caught.value.key == "error-too-large"
    lying[place : place + 4] = (10).to_bytes(4, "little")
    path.write_bytes(lying)
    assert Finding("changed", "kbmatch.pyz") in verify(path).findings


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK",
        b"not a zip",
        b"PK\x05\x06" + b"\0" * 18,
        b"PK\x05\x06" + b"\0" * 13,
        b"\0" * 5000,
    ],
)
def test_what_is_no_bundle_is_said_so(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BundleError):
        checked(tmp_path, content)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_no_flipped_byte_crashes_or_changes_a_file_unseen(
    tmp_path: Path, place: int, mask: int
) -> None:
    spoilt = bytearray(WHOLE)
    spoilt[place] ^= mask
    path = tmp_path / "spoilt.zip"
    path.write_bytes(spoilt)
    try:
        verdict = verify(path)
    except BundleError:
        return
    if not verdict.findings:
        with zipfile.ZipFile(path) as archive:
            for name, content in FILES.items():
                assert archive.read(f"bundle/{name}") == content


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_as_checksums_give_a_clear_answer(content: bytes) -> None:
    try:
        expected = parse_sums(content)
    except BundleError as error:
        assert error.key == "error-sums"
    else:
        assert all(is_safe(name) for name in expected)


def test_the_command_says_it_and_keeps_the_terminal_clean(tmp_path: Path) -> None:
    def run(path: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "kbmatch.cli.kb", "verify", str(path)],
            capture_output=True, encoding="utf-8",
        )  # fmt: skip

    path = tmp_path / "good.zip"
    path.write_bytes(WHOLE)
    good = run(path)
    assert good.returncode == 0, good.stderr
    assert hashlib.sha256(WHOLE).hexdigest() in good.stdout
    path.write_bytes(bundle_of({**FILES, "\x1b[2Jevil": b""}))
    bad = run(path)
    assert bad.returncode == 1
    assert "\x1b" not in bad.stdout + bad.stderr
    assert "x1b[2Jevil" in bad.stdout
    assert run(tmp_path / "nothing.zip").returncode == 2
