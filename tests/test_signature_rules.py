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


@pytest.mark.parametrize(
    "message", ["error {printer}", "refused {tray}", "Connection failed {tray}"]
)
def test_words_of_any_log_are_no_message(printers: Path, message: str) -> None:
    edit(printers, JAM, "'media jam in tray {tray}'", f"'{message}'")
    edit(printers, JAM, "    needs: printing\n", "")
    found = [(code, said) for code, _, said in codes(printers) if code == "KB501"]
    assert len(found) == 1
    edit(printers, JAM, "    tools: [cups]", "    tools: [cups]\n    needs: printing")
    # With a context that it needs, a generic phrase is fine.
    assert "KB501" not in {code for code, _, _ in codes(printers)}


def test_a_slot_of_an_unknown_type_is_reported_where_it_is_declared(printers: Path) -> None:
    edit(printers, "kb.yaml", "tray: {type: number", "tray: {type: nummber")
    found = [p for p in validate(printers, RULES).problems if p.severity == "error"]
    assert [(p.code, p.position.path) for p in found] == [("KB104", str(printers / "kb.yaml"))]
    assert "slots.tray.type" in found[0].message and "`number`" in found[0].hint


def test_an_undeclared_slot_is_reported_once(printers: Path) -> None:
    edit(printers, JAM, "{tray}", "{trai}")
    found = [p for p in validate(printers, RULES).problems if p.severity == "error"]
    assert [p.code for p in found] == ["KB301"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("example: '2'", "example: two", "`two` is no number"),
        ("type: host, example: office-2.example.com", "type: host, suffixes: [.local], "
         "example: office-2.example.com", "none of the slot's suffixes"),
    ],
)  # fmt: skip
def test_an_example_is_a_value_of_its_type(printers: Path, old: str, new: str, said: str) -> None:
    edit(printers, "kb.yaml", old, new)
    assert [said in message for code, _, message in codes(printers) if code == "KB507"] == [True]


def test_a_template_that_cannot_be_compiled(printers: Path) -> None:
    edit(printers, "kb.yaml", "printer {printer} disabled", "printer {printer disabled")
    ((code, line, _),) = codes(printers)
    written = (printers / "kb.yaml").read_text("utf-8").splitlines()
    assert (code, written[line - 1].strip()) == ("KB502", "- 'printer {printer disabled'")


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
    (found,) = [p for p in validate(printers, RULES).problems if p.code.startswith("KB5")]
    # It stands at the signature that is too wide; the samples that show it are named with it.
    assert found.code == "KB505" and found.position.path.endswith(JAM)
    assert "paper-jam/cups-jam also matches 1 samples of printer-unreachable" in found.message
    assert [place.path for place in found.also] == [str(printers / OFFLINE)]


def test_a_signature_that_is_much_too_wide_is_one_problem(printers: Path) -> None:
    more = "      - 'Warning: spooler reports office-9 offline since 08:00'"
    edit(printers, OFFLINE, "yields_to: [paper-jam]", "")
    edit(printers, OFFLINE, "offline since 09:12'\n", f"offline since 09:12'\n{more}\n")
    edit(printers, JAM, "id: printer-unreachable\n    difference", "id: x-y\n    difference")
    edit(printers, JAM, "    needs: printing\n", "")
    edit(
        printers, JAM, "'media jam in tray {tray}'", "'Warning: spooler reports {printer} offline'"
    )
    found = [p for p in validate(printers, RULES).problems if p.code == "KB505"]
    assert [len(item.also) for item in found] == [2]


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
