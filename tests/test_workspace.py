"""A workspace says after every change what a fresh look would say, and reads only what changed."""

import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kbmatch.authoring.workspace import Workspace
from kbmatch.knowledge import store
from kbmatch.knowledge.validate import validate
from kbmatch.matching.compile import compile_pack
from kbmatch.matching.rules import RULES

PRINTERS = Path(__file__).parent / "printers"


def pages(kb: Path) -> list[Path]:
    return sorted((kb / "symptoms").rglob("*.yaml"))


def replace(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def reword(kb: Path, chance: random.Random) -> None:
    replace(chance.choice(pages(kb)), "title:", "title: # reworded\n ")


def change_message(kb: Path, chance: random.Random) -> None:
    page = chance.choice(pages(kb))
    lines = page.read_text("utf-8").splitlines(keepends=True)
    places = [n for n, line in enumerate(lines) if "message:" in line]
    lines[chance.choice(places)] = "  - {id: x, message: 'paper jam in tray {number} again'}\n"
    page.write_text("".join(lines), "utf-8")


TWIN = """\
id: paper-twin
area: paper
phase: print
title: {en: A twin, zh-TW: 雙胞胎}
summary: {en: Says what another page says., zh-TW: 與另一頁相同。}
signatures:
  - id: twin
    message: 'media jam in tray {tray}'
    tools: [cups]
    samples: ['cups: printer office-2: media jam in tray 3 again']
    near_misses: ['no jam']
causes:
  - cause: wrong-paper-size
evidence:
  - {level: reported, source: the office, checked: 2026-11-24}
"""


def add_twin(kb: Path, chance: random.Random) -> None:
    """Add a page whose message is another's, so that each matches the other's samples."""
    (kb / "symptoms/paper/paper-twin.yaml").write_text(TWIN, "utf-8")


def forget_relations(kb: Path, chance: random.Random) -> None:
    replace(chance.choice(pages(kb)), "look_alikes:", "no_look_alikes:")


def remove(kb: Path, chance: random.Random) -> None:
    chance.choice([*pages(kb)[1:], *sorted((kb / "causes").rglob("*.yaml"))]).unlink()


def restore(kb: Path, chance: random.Random) -> None:
    (kb / "symptoms/paper/paper-twin.yaml").unlink(missing_ok=True)
    for original in sorted(PRINTERS.rglob("*.yaml")):
        target = kb / original.relative_to(PRINTERS)
        if not target.exists() or target.read_bytes() != original.read_bytes():
            shutil.copyfile(original, target)


def break_yaml(kb: Path, chance: random.Random) -> None:
    replace(chance.choice(pages(kb)), "id:", "id: [")


def other_words(kb: Path, chance: random.Random) -> None:
    replace(kb / "kb.yaml", "contexts:", "contexts: # changed\n")


CHANGES: tuple[Callable[[Path, random.Random], None], ...] = (
    reword, change_message, add_twin, forget_relations, remove, restore, break_yaml,
    other_words,
)  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_every_look_says_what_a_fresh_one_says(seed: int, tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    shutil.copytree(PRINTERS, kb)
    chance = random.Random(seed)
    workspace = Workspace(kb)
    for _ in range(8):
        result = workspace.look()
        fresh = validate(kb, RULES)
        assert result.problems == fresh.problems
        assert (result.knowledge is None) == (fresh.knowledge is None)
        if result.knowledge is not None and fresh.knowledge is not None:
            assert workspace.pack(result.knowledge) == compile_pack(fresh.knowledge)
        chance.choice(CHANGES)(kb, chance)


def test_a_message_that_meets_an_unchanged_page_is_found(tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    shutil.copytree(PRINTERS, kb)
    workspace = Workspace(kb)
    assert not [p for p in workspace.look().problems if p.code == "KB505"]
    add_twin(kb, random.Random())
    files = {
        p.position.path.rsplit("/")[-1] for p in workspace.look().problems if p.code == "KB505"
    }
    assert files == {"paper-twin.yaml", "paper-jam.yaml"}
    restore(kb, random.Random())
    assert not [p for p in workspace.look().problems if p.code == "KB505"]


def test_only_changed_files_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kb = tmp_path / "kb"
    shutil.copytree(PRINTERS, kb)
    read: list[str] = []
    real = store.read
    monkeypatch.setattr(
        store, "read", lambda file, *rest: (read.append(file.name), real(file, *rest))[1]
    )
    time.sleep(0.15)  # younger files might change again within a tick of the clock
    workspace = Workspace(kb)
    workspace.look()
    assert len(read) > 5
    read.clear()
    workspace.look()
    assert read == []
    page = pages(kb)[0]
    size = page.stat()
    page.write_bytes(page.read_bytes().replace(b"e", b"E", 1))
    os.utime(page, ns=(size.st_atime_ns, size.st_mtime_ns))  # equal size and time: ctime tells
    workspace.look()
    assert read == [page.name]
