"""Checking a bundle: every changed, missing or added file is named; hostile ones do no harm."""

from __future__ import annotations

import hashlib
import stat
import subprocess
import sys
import zipfile
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
    (tmp_path / "outside").mkdir()
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
    "content", [b"", b"PK", b"not a zip", b"PK\x05\x06" + b"\0" * 18, b"\0" * 5000]
)
def test_what_is_no_bundle_is_said_so(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BundleError):
        checked(tmp_path, content)


WHOLE = bundle_of(FILES)


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
