"""Where an entry comes from an organisation's overlay, every answer in the terminal says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from kbmatch.cli.kb import main as kb
from kbmatch.cli.match import main as kbmatch
from overlaid_printers import with_overlay


@pytest.fixture
def knowledge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The printers' knowledge with one symptom moved into an overlay called Contoso."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return with_overlay(tmp_path)


def test_answers_pages_and_searches_name_the_overlay(
    knowledge: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--kb", str(knowledge), "--lang", "en"]
    own = knowledge.parent / "contoso/symptoms/paper/contoso-toner.yaml"
    sample = yaml.safe_load(own.read_text("utf-8"))["signatures"][0]["samples"][0]
    assert kbmatch([*arguments, sample]) == 0
    assert "from Contoso" in capsys.readouterr().out
    assert kb(["explain", "contoso-toner", *arguments]) == 0
    assert "from Contoso" in capsys.readouterr().out
    assert kb(["search", "contoso toner", "--format", "json", *arguments]) == 0
    results = json.loads(capsys.readouterr().out)["results"]
    assert {r["id"]: r.get("origin") for r in results}["contoso-toner"] == "Contoso"
    assert kbmatch([*arguments, "--format", "json", "toner trouble contoso"]) == 1
    related = json.loads(capsys.readouterr().out)["related"]
    assert related[0]["origin"] == "Contoso"


def test_entries_of_the_main_knowledge_say_nothing(
    knowledge: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kb(["explain", "printer-unreachable", "--kb", str(knowledge), "--lang", "en"])
    assert "Contoso" not in capsys.readouterr().out
