"""What an earlier validation proved is taken over, and says what a fresh one would say."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kbmatch.authoring.memory import as_bytes, recall
from kbmatch.knowledge.validate import validate
from kbmatch.matching import proofs
from kbmatch.matching.proofs import Proofs
from kbmatch.matching.rules import RULES, rules_with
from test_workspace import CHANGES, PRINTERS


@pytest.mark.parametrize("seed", range(8))
def test_a_run_with_a_memory_says_what_a_fresh_one_says(seed: int, tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    shutil.copytree(PRINTERS, kb)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/a.log").write_text("printer fine\n")
    settings = kb / "kb.yaml"
    settings.write_text(settings.read_text("utf-8") + "good_logs: [../logs]\n", "utf-8")
    chance = random.Random(seed)
    file = tmp_path / "proved"
    for _ in range(8):
        kept = Proofs(recall(file))
        result = validate(kb, rules_with(kept))
        assert result.problems == validate(kb, RULES).problems
        file.write_bytes(as_bytes(kept.memory(result.documents)))
        chance.choice(CHANGES)(kb, chance)


def test_nothing_is_matched_when_nothing_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Proofs()
    result = validate(PRINTERS, rules_with(first))
    file = tmp_path / "proved"
    file.write_bytes(as_bytes(first.memory(result.documents)))
    assert set(json.loads(file.read_bytes())["symptoms"]) == {"paper-jam", "printer-unreachable"}
    monkeypatch.setattr(proofs, "Matcher", None)
    assert validate(PRINTERS, rules_with(Proofs(recall(file)))).problems == result.problems


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": 1}', b"\xff", b"null"])
def test_a_damaged_memory_is_none(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "proved"
    file.write_bytes(content)
    assert recall(file) is None


def test_a_memory_of_another_engine_is_none(tmp_path: Path) -> None:
    kept = Proofs()
    result = validate(PRINTERS, rules_with(kept))
    data = json.loads(as_bytes(kept.memory(result.documents)))
    file = tmp_path / "proved"
    file.write_text(json.dumps({**data, "engine": "other"}))
    assert recall(file) is None
    file.write_text(json.dumps(data))
    assert recall(file) is not None


def test_the_command_keeps_it_beside_the_pack_and_finds_every_mistake(tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    shutil.copytree(PRINTERS, kb)
    command = [sys.executable, "-m", "kbmatch.cli.kb", "validate", str(kb), "--lang", "en"]

    def run() -> str:
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8").stdout

    run()
    assert (tmp_path / ".kbmatch/kb.kbpack.proved").is_file()
    page = kb / "symptoms/paper/paper-jam.yaml"
    good = page.read_bytes()
    page.write_bytes(good.replace(b"media jam in tray 3", b"media jam in the tray"))
    assert "KB503" in run()
    assert "KB503" in run()
    page.write_bytes(good)
    assert "KB503" not in run()
    (tmp_path / "good").mkdir()
    log = tmp_path / "good/a.log"
    log.write_text("fine\n")
    settings = kb / "kb.yaml"
    settings.write_text(settings.read_text("utf-8") + "good_logs: [../good]\n", "utf-8")
    assert "KB506" not in run()
    log.write_text("Warning: spooler reports office-2 offline since 09:12\n")
    assert "KB506" in run()
    assert "KB506" in run()
