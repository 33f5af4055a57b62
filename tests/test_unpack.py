"""kbmatch.pyz unpacks its code once, into a place that is the user's own, and mends it there."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kbmatch.delivery import unpack
from kbmatch.delivery.parts import LIBRARIES, own_library, pyz, read_library
from kbmatch.delivery.unpack import KEPT, TIME, code_directory
from kbmatch.knowledge.load import load_or_raise
from kbmatch.matching.compile import compile_pack
from kbmatch.resources import cache_home
from small_checkout import ROOT

ERROR = "cups: printer office-2: media jam in tray 3"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pyz") / "kbmatch.pyz"
    libraries = [read_library(name) for name in LIBRARIES]
    pack = compile_pack(load_or_raise(ROOT / "tests/printers"))
    path.write_bytes(pyz(own_library(pack, {}, libraries), libraries))
    return path


def run(archive: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, archive, *arguments], env={**clean, **environment},
        capture_output=True, encoding="utf-8", timeout=60,
    )  # fmt: skip


def answers(done: subprocess.CompletedProcess[str]) -> bool:
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode == 0 and "Paper" in done.stdout


def origin(archive: Path, **environment: str) -> str:
    """Where the program says its code comes from."""
    program = (
        f"import sys; sys.path.insert(0, {str(archive)!r}); import kbmatch_unpack as u\n"
        "u.enter(sys.path[0]); import kbmatch; print(kbmatch.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], env=environment, capture_output=True,
        encoding="utf-8", check=True,
    )  # fmt: skip
    return done.stdout.strip()


def place_of(home: Path) -> Path:
    (place,) = (home / ".cache/kbmatch").glob("pyz-*")
    return place


def test_the_code_runs_from_the_users_cache(archive: Path, tmp_path: Path) -> None:
    assert answers(run(archive, ERROR, HOME=str(tmp_path)))
    place = place_of(tmp_path)
    assert origin(archive, HOME=str(tmp_path)).startswith(f"{place}/")
    assert place.stat().st_mode & 0o777 == 0o700
    before = (place / "kbmatch/cli/match.py").stat().st_ino
    assert answers(run(archive, ERROR, HOME=str(tmp_path)))
    assert (place / "kbmatch/cli/match.py").stat().st_ino == before
    assert list(place.rglob("match.*.pyc"))
    assert not any("LICENSE" in path.name for path in place.rglob("*"))


@pytest.mark.parametrize("how", ["changed", "cut", "gone"])
def test_what_was_changed_there_is_unpacked_anew(archive: Path, tmp_path: Path, how: str) -> None:
    assert answers(run(archive, ERROR, HOME=str(tmp_path)))
    code = place_of(tmp_path) / "kbmatch/matching/answer.py"
    whole = code.read_bytes()
    if how == "gone":
        code.unlink()
    else:
        code.write_bytes(whole[:100] if how == "cut" else b"#" + whole[1:])
    assert answers(run(archive, ERROR, HOME=str(tmp_path)))
    assert code.read_bytes() == whole and code.stat().st_mtime == TIME


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="needs to own other files")
@pytest.mark.parametrize("where", ["", "pyz-*"])
@pytest.mark.parametrize("how", ["owned by another", "writable by all"])
def test_code_that_others_could_have_put_there_is_not_run(
    archive: Path, tmp_path: Path, where: str, how: str
) -> None:
    assert answers(run(archive, ERROR, HOME=str(tmp_path)))
    place = place_of(tmp_path) if where else tmp_path / ".cache/kbmatch"
    if how == "owned by another":
        os.chown(place, 65534, 65534)
    else:
        place.chmod(0o777)
    assert origin(archive, HOME=str(tmp_path)).startswith(f"{archive}/")
    assert answers(run(archive, ERROR, HOME=str(tmp_path)))


def test_where_nothing_can_be_written_it_runs_from_the_archive(archive: Path) -> None:
    for home in (f"{__file__}/home", "relative", "", "/"):
        assert origin(archive, HOME=home).startswith(f"{archive}/")
        assert answers(run(archive, ERROR, HOME=home))


@pytest.mark.parametrize("home", ["/home/x", "", "/", "relative", None])
@pytest.mark.parametrize("cache", ["/caches", "", "relative", None])
def test_it_looks_where_the_rest_of_the_program_does(
    home: str | None, cache: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("HOME", home), ("XDG_CACHE_HOME", cache)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert unpack._cache_home() == cache_home()


def test_a_full_disk_leaves_nothing_behind(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(os, "utime", full)
    assert code_directory(str(archive)) == str(archive)
    assert list((tmp_path / "kbmatch").iterdir()) == []


def test_old_editions_and_what_was_left_half_done_go(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "kbmatch"
    home.mkdir(mode=0o700)
    for number, name in enumerate(("pyz-a", "pyz-b", "pyz-c", ".new-pyz-old", "search")):
        (home / name).mkdir()
        made = time.time() - 7200 - number
        os.utime(home / name, (made, made))
    (home / ".new-pyz-young").mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    place = Path(code_directory(str(archive)))
    assert place.parent == home
    left = {path.name for path in home.iterdir()} - {place.name}
    assert KEPT == 2 and left == {"pyz-a", "pyz-b", ".new-pyz-young", "search"}


def test_it_opens_the_site_beside_it(archive: Path, tmp_path: Path) -> None:
    program = (
        f"import os, sys; sys.path.insert(0, {str(archive)!r}); import kbmatch_unpack as u\n"
        "u.enter(sys.path[0]); print(os.environ.get('KBMATCH_SITE'))"
    )
    for expected in ("None", str(archive.parent / "site")):
        done = subprocess.run(
            [sys.executable, "-I", "-c", program], env={"HOME": str(tmp_path)},
            capture_output=True, encoding="utf-8", check=True,
        )  # fmt: skip
        assert done.stdout.strip() == expected
        (archive.parent / "site").mkdir(exist_ok=True)
