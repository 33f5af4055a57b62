"""`kb search` as people run it: slips of the finger, Chinese on any machine, readable commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from real_knowledge import pack_bytes
from small_checkout import ROOT


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pack") / "kb.kbpack"
    path.write_bytes(pack_bytes())
    return path


def search(pack: Path, *words: str, language: str = "C.UTF-8") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kbmatch.cli.kb", "search", "--kb", str(pack), *words],
        capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "scripts"),
             "LC_ALL": language, "XDG_CACHE_HOME": str(pack.parent)},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("slip", "meant"),
    [("porxy", "proxy"), ("qouta", "quota"), ("certifcate exprired", "certificate expired")],
)
def test_a_slip_shows_what_was_meant_at_once(slip: str, meant: str, pack: Path) -> None:
    done = search(pack, slip, "--limit", "1")
    assert done.returncode == 0
    assert f"Results for: {meant}" in " ".join(done.stdout.split()) and "\n- " in done.stdout
    result = json.loads(search(pack, slip, "--format", "json").stdout)
    assert (result["query"], result["searched"]) == (slip, meant)
    assert result["results"]


def test_a_question_in_chinese_gets_chinese_pages_on_any_machine(pack: Path) -> None:
    assert "zh-TW/symptoms/" in search(pack, "憑證過期").stdout
    assert "zh-TW/" not in search(pack, "憑證過期", "--lang", "en").stdout


def test_snippets_of_commands_hold_examples_instead_of_slots(pack: Path) -> None:
    shown = search(pack, "az acr show", "--limit", "20").stdout
    assert "{registry}" not in shown and "az acr show" in shown
