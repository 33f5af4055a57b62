"""Signatures that don't prove themselves are named, with the place and what to do."""

import shutil
from pathlib import Path

import pytest

from kbmatch.knowledge.validate import validate
from kbmatch.matching.rules import RULES

PRINTERS = Path(__file__).parent / "printers"
JAM = "symptoms/paper/paper-jam.yaml"
OFFLINE = "symptoms/network/printer-unreachable.yaml"


@pytest.fixture
def printers(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PRINTERS, tmp_path / "printers"))


def edit(root: Path, name: str, old: str, new: str) -> None:
    path = root / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def codes(root: Path) -> list[tuple[str, int, str]]:
    """The problems of signatures: (code, line, message)."""
    found = validate(root, RULES).problems
    return [(p.code, p.position.line, p.message) for p in found if p.code.startswith("KB5")]


def test_good_knowledge_has_no_problem(printers: Path) -> None:
    assert codes(printers) == []


def test_a_message_that_cannot_be_compiled(printers: Path) -> None:
    edit(printers, JAM, "media jam in tray {tray}", "media jam in tray {printer}{tray}")
    ((code, line, message),) = codes(printers)
    assert (code, line) == ("KB501", 14)
    assert "two slots without text between them" in message


def test_a_template_that_cannot_be_compiled(printers: Path) -> None:
    edit(printers, "kb.yaml", "printer {printer} disabled", "printer {printer disabled")
    ((code, line, _),) = codes(printers)
    assert (code, line) == ("KB502", 31)


def test_a_sample_that_does_not_match(printers: Path) -> None:
    edit(printers, JAM, "media jam in tray 3", "media jam in the tray")
    assert [(code, line) for code, line, _ in codes(printers)] == [("KB503", 18)]


def test_a_generic_sample_without_its_context_does_not_match(printers: Path) -> None:
    edit(
        printers,
        JAM,
        "cups: printer office-2: media jam in tray 3",
        "the big machine in the hall says media jam in tray 3",
    )
    assert [code for code, _, _ in codes(printers)] == ["KB503"]


def test_a_near_miss_that_matches(printers: Path) -> None:
    edit(printers, JAM, "media jam session on Friday", "printer says media jam in tray 9")
    assert [(code, line) for code, line, _ in codes(printers)] == [("KB504", 20)]


def test_a_sample_that_another_symptom_matches(printers: Path) -> None:
    edit(printers, OFFLINE, "yields_to: [paper-jam]", "")
    edit(
        printers,
        JAM,
        "look_alikes:\n  - id: printer-unreachable\n    difference: {en: There nothing reaches the printer at all., zh-TW: 那種情況是完全連不到印表機。}\n",
        "",
    )
    edit(
        printers,
        OFFLINE,
        "offline since 09:12",
        "offline since 09:12, printer: media jam in tray 3",
    )
    ((code, _, message),) = codes(printers)
    assert code == "KB505"
    assert "paper-jam/cups-jam" in message


def test_a_signature_that_matches_in_a_good_log(printers: Path) -> None:
    logs = printers / "good"
    logs.mkdir()
    (logs / "quiet.log").write_text(
        "all fine\nWarning: spooler reports office-2 offline since 09:12\n"
    )
    edit(printers, "kb.yaml", "foreign:", "good_logs: [good]\nforeign:")
    ((code, _, message),) = codes(printers)
    assert code == "KB506"
    assert "line 2 of the good log quiet.log" in message
