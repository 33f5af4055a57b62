"""Where an entry comes from an organisation's overlay, every answer in the terminal says so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from kbmatch.cli.kb import main as kb
from kbmatch.cli.match import main as kbmatch

PRINTERS = Path(__file__).parent / "printers"


@pytest.fixture
def knowledge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The printers' knowledge with one symptom moved into an overlay called Contoso."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    base, own = tmp_path / "kb", tmp_path / "contoso"
    shutil.copytree(PRINTERS, base)
    (own / "symptoms" / "paper").mkdir(parents=True)
    title = {"en": "Contoso", "zh-TW": "Contoso"}
    (own / "kb.yaml").write_text(yaml.safe_dump({"title": title}), "utf-8")
    source = (base / "symptoms/paper/paper-jam.yaml").read_text("utf-8")
    copy = source.replace("id: paper-jam\n", "id: contoso-toner\n")
    copy = "\n".join(line for line in copy.splitlines() if not line.startswith("retired_ids:"))
    for old, new in (("paper jam", "toner jam"), ("Paper jam", "Toner jam")):
        copy = copy.replace(old, new)
    (own / "symptoms/paper/contoso-toner.yaml").write_text(copy, "utf-8")
    settings = base / "kb.yaml"
    settings.write_text(settings.read_text("utf-8") + "overlays: [../contoso]\n", "utf-8")
    return base


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
