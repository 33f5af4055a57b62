"""The index in the user's cache: made once, shared, healed, and never taken from others."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kbmatch.search import index as indexing
from kbmatch.search.index import open_index
from kbmatch.search.related import related
from search_packs import printers

QUERY = "paper jam in the tray"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    yield tmp_path / "kbmatch" / "search"


def only_index(cache: Path) -> Path:
    (directory,) = (path for path in cache.iterdir() if not path.name.startswith("."))
    return directory


def answers() -> bool:
    return [page.id for page in related(printers(), QUERY, "en")][:1] == ["paper-jam"]


def test_it_is_made_once_and_opened_again(cache: Path) -> None:
    assert open_index(printers()).kept
    made = {path.name: path.stat().st_mtime_ns for path in only_index(cache).iterdir()}
    assert open_index(printers()).kept
    assert {p.name: p.stat().st_mtime_ns for p in only_index(cache).iterdir()} == made
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700


@pytest.mark.parametrize("how", ["cut", "overwrite", "empty", "remove"])
@pytest.mark.parametrize("suffix", [".seg", ".toc", "concepts.json", "checksums.json"])
def test_a_damaged_file_is_made_again(cache: Path, suffix: str, how: str) -> None:
    open_index(printers())
    (victim,) = (path for path in only_index(cache).iterdir() if path.name.endswith(suffix))
    content = victim.read_bytes()
    if how == "remove":
        victim.unlink()
    else:
        damage = {"cut": content[:-7], "overwrite": b"\xff" * len(content), "empty": b""}
        victim.write_bytes(damage[how])
    assert answers()
    assert open_index(printers()).kept


def test_damage_that_keeps_size_and_time_does_not_stop_an_answer(cache: Path) -> None:
    open_index(printers())
    (segment,) = only_index(cache).glob("*.seg")
    times = segment.stat()
    segment.write_bytes(b"\xff" * times.st_size)
    os.utime(segment, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert answers()


def test_other_knowledge_and_other_code_get_their_own(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_index(printers())
    monkeypatch.setattr(indexing, "__version__", "another")
    open_index(printers())
    assert len(list(cache.iterdir())) == 2


def test_a_directory_others_may_write_to_is_not_used(cache: Path) -> None:
    cache.mkdir(parents=True)
    cache.chmod(0o777)
    index = open_index(printers())
    assert not index.kept
    assert list(cache.iterdir()) == []


def test_an_index_owned_by_somebody_else_is_not_opened(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_index(printers())
    mine = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: mine + 1)
    assert not open_index(printers()).kept


def test_a_planted_directory_in_place_of_the_index_is_replaced(cache: Path) -> None:
    open_index(printers())
    planted = only_index(cache)
    planted.chmod(0o777)
    assert answers()
    assert not planted.stat().st_mode & 0o022


def test_where_nothing_can_be_written_the_index_is_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert not open_index(printers()).kept
    assert answers()


def run_python(code: str, cache: Path) -> subprocess.Popen[str]:
    tests = Path(__file__).parent
    script = f"import sys; sys.path[:0] = [{str(tests)!r}]\n" + textwrap.dedent(code)
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    return subprocess.Popen(
        [sys.executable, "-c", script], env=environment, text=True, stdout=subprocess.PIPE
    )


def test_a_full_disk_leaves_an_answer_and_no_rubbish(tmp_path: Path, cache: Path) -> None:
    code = """
        import resource, signal
        from search_packs import printers
        pack = printers()
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        from kbmatch.search.index import open_index
        from kbmatch.search.related import related
        print(open_index(pack).kept, related(pack, "paper jam in the tray", "en")[0].id)
    """
    assert run_python(code, tmp_path).communicate()[0].split() == ["False", "paper-jam"]
    assert list(cache.iterdir()) == []


def test_processes_that_start_at_once_share_one_index(tmp_path: Path, cache: Path) -> None:
    code = """
        from search_packs import printers
        from kbmatch.search.related import related
        print(related(printers(), "paper jam in the tray", "en")[0].id)
    """
    running = [run_python(code, tmp_path) for _ in range(4)]
    assert [process.communicate()[0].strip() for process in running] == ["paper-jam"] * 4
    assert only_index(cache).is_dir()


def test_old_indexes_do_not_pile_up(cache: Path) -> None:
    cache.mkdir(parents=True, mode=0o700)
    for number in range(9):
        old = cache / f"{number:024}-0"
        old.mkdir()
        os.utime(old, (time.time() - number - 9, time.time() - number - 9))
    open_index(printers())
    assert len(list(cache.iterdir())) == 1 + indexing.KEPT
