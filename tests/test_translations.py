"""A translation is stale when its original changed after it was read against it."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from kbmatch.knowledge.load import read_knowledge
from kbmatch.knowledge.problems import Problem
from kbmatch.knowledge.translations import (
    Translation,
    accept,
    status,
    text_hash,
    write_atomically,
)
from kbmatch.knowledge.validate import validate

PRINTERS = Path(__file__).parent / "printers"
CAUSE = "causes/paper/wrong-paper-size.yaml"
RECORD = "translations/zh-TW.yaml"


@pytest.fixture
def kb(tmp_path: Path) -> Path:
    shutil.copytree(PRINTERS, tmp_path / "kb")
    return tmp_path / "kb"


def change(kb: Path, name: str, old: str, new: str) -> None:
    path = kb / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def open_items(kb: Path) -> list[Translation]:
    return [item for item in status(read_knowledge(kb).documents) if item.state != "accepted"]


def translation_problems(kb: Path) -> list[Problem]:
    return [item for item in validate(kb).problems if item.code.startswith("KB4")]


def test_record_of_the_fixture_is_complete(kb: Path) -> None:
    assert open_items(kb) == []
    assert accept(read_knowledge(kb).documents) == ()


def test_changed_original_makes_its_translation_stale(kb: Path) -> None:
    change(kb, CAUSE, "The sheet is longer", "The sheet is shorter")
    (item,) = open_items(kb)
    assert (item.document, item.key, item.state) == (
        "cause/wrong-paper-size", "explanation", "stale",
    )  # fmt: skip
    assert item.position.line == 5 and item.position.column > 70
    (problem,) = translation_problems(kb)
    assert problem.code == "KB401" and problem.severity == "error"
    assert "kb l10n accept cause/wrong-paper-size" in problem.hint


def test_white_space_changes_nothing(kb: Path) -> None:
    change(kb, CAUSE, "The sheet is longer", "The  sheet   is longer")
    assert open_items(kb) == []
    assert text_hash("a\n b ") == text_hash("a b")


def test_changed_translation_is_new(kb: Path) -> None:
    change(kb, CAUSE, "紙張比印表機預期的長", "紙張太長")
    change(kb, CAUSE, "The sheet is longer", "The sheet is too long, longer")
    (item,) = open_items(kb)
    assert item.state == "unrecorded"
    (problem,) = translation_problems(kb)
    assert problem.code == "KB402" and problem.severity == "warning"


def test_accepting_one_document_leaves_others_open(kb: Path) -> None:
    change(kb, CAUSE, "The sheet is longer", "The sheet is shorter")
    change(kb, "links.yaml", "en: Where the trays", "en: What the trays")
    assert {item.document for item in open_items(kb)} == {
        "cause/wrong-paper-size", "link/printer-manual",
    }  # fmt: skip
    assert accept(read_knowledge(kb).documents, {"printer-manual"}) == (kb / RECORD,)
    (item,) = open_items(kb)
    assert (item.document, item.state) == ("cause/wrong-paper-size", "stale")
    accept(read_knowledge(kb).documents, {"cause/wrong-paper-size"})
    assert open_items(kb) == []


def test_same_translation_of_two_originals_is_fine(kb: Path) -> None:
    change(kb, CAUSE, "{en: It expects A4., zh-TW: 印表機預期的是 A4。}", "{en: Yes., zh-TW: 好。}")
    change(
        kb,
        CAUSE,
        "{en: It expects Letter., zh-TW: 印表機預期的是 Letter。}",
        "{en: OK., zh-TW: 好。}",
    )
    accept(read_knowledge(kb).documents)
    assert open_items(kb) == []


def test_record_is_written_the_same_way_each_time(kb: Path) -> None:
    before = (kb / RECORD).read_bytes()
    (kb / RECORD).unlink()
    accept(read_knowledge(kb).documents)
    assert (kb / RECORD).read_bytes() == before
    lines = before.decode().splitlines()
    names = [line for line in lines if line.endswith(":")]
    assert names == sorted(names) and lines[0].startswith("# ")


def test_record_of_a_deleted_entry_is_dropped(kb: Path) -> None:
    change(kb, RECORD, "glossary:", "symptom/gone:\n  - 0a1b2c3d:4e5f6a7b\nglossary:")
    (problem,) = translation_problems(kb)
    assert (problem.code, problem.position.line) == ("KB403", 14)
    accept(read_knowledge(kb).documents)
    assert translation_problems(kb) == []


def test_record_that_cannot_be_read_is_one_problem(kb: Path) -> None:
    (kb / RECORD).write_bytes(b"a: [\xff]\n")
    assert [item.code for item in translation_problems(kb)] == []
    assert "KB002" in [item.code for item in validate(kb).problems]
    (kb / RECORD).write_text("- a\n")
    assert "KB405" in [item.code for item in translation_problems(kb)]


def test_overlay_has_a_record_of_its_own(kb: Path) -> None:
    company = kb.parent / "company"
    company.mkdir()
    (company / "kb.yaml").write_text("title: {en: Ours, zh-TW: 我們的}\n")
    (kb / "kb.yaml").write_text((kb / "kb.yaml").read_text() + "overlays: [../company]\n")
    assert [item.code for item in translation_problems(kb)] == ["KB404"]
    (written,) = accept(read_knowledge(kb).documents)
    assert written.resolve() == (company / RECORD).resolve()
    assert translation_problems(kb) == []


def test_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "record.yaml"
    file.write_bytes(b"old")
    file.chmod(0o640)

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", refuse)
        with pytest.raises(OSError, match="No space"):
            write_atomically(file, b"new")
    assert file.read_bytes() == b"old" and list(tmp_path.iterdir()) == [file]
    write_atomically(file, b"new")
    assert file.read_bytes() == b"new" and stat.S_IMODE(file.stat().st_mode) == 0o640
