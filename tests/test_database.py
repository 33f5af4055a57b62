"""The kept Hyperscan database is a shortcut only: anything wrong with it and it is made anew."""

from pathlib import Path

import pytest

from kbmatch.matching import database

pytest.importorskip("hyperscan")
EXPRESSIONS = [b"paper[^a-z0-9]+jam", b"cover"]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return Path(database.cache_directory())


def found() -> list[int]:
    seen: list[int] = []
    database.open_database(EXPRESSIONS).scan(
        b"a PAPER \n jam", match_event_handler=lambda number, *_: seen.append(number)
    )
    return seen


def test_a_kept_database_finds_the_same(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found() == [0]
    monkeypatch.setattr(database, "_compile", lambda _: pytest.fail("compiled again"))
    assert found() == [0]


def test_a_damaged_file_is_replaced(cache: Path) -> None:
    assert found() == [0]
    (kept,) = cache.glob("*.hsdb")
    whole = kept.read_bytes()
    for place in (0, 10, len(whole) // 2, len(whole) - 1):
        kept.write_bytes(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :])
        assert found() == [0]
    kept.write_bytes(whole[:50])
    assert found() == [0]
    kept.write_bytes(b"")
    assert found() == [0]
    assert kept.read_bytes() == whole


def test_a_file_that_others_may_write_is_not_opened(cache: Path) -> None:
    assert found() == [0]
    (kept,) = cache.glob("*.hsdb")
    kept.chmod(0o666)
    assert database._load(str(kept)) is None


def test_no_cache_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/nowhere")
    assert found() == [0]


def test_old_databases_go(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "FILES_KEPT", 2)
    for number in range(4):
        database.open_database([b"word%d" % number])
    assert len(list(cache.glob("*.hsdb"))) == 2
