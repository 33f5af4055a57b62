"""Whatever lies below a knowledge directory is read, or reported with what to do; never a crash."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kbmatch.knowledge.load import read_knowledge

PRINTERS = Path(__file__).parent / "printers"


@pytest.fixture
def kb(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PRINTERS, tmp_path / "kb"))


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_a_name_that_is_no_text_is_reported(kb: Path, form: str) -> None:
    Path(os.fsdecode(bytes(kb / "causes/paper") + b"/\xff\xfe.yaml")).write_bytes(b"id: x\n")
    command = [sys.executable, "-m", "kbmatch.cli.kb", "validate", str(kb), "--format", form]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 1, done.stderr
    assert "KB107" in done.stdout and "Traceback" not in done.stderr
    assert "xff" in done.stdout


def test_links_that_lead_nowhere_or_to_directories_are_reported(kb: Path) -> None:
    (kb / "causes/paper/gone.yaml").symlink_to("nowhere.yaml")
    (kb / "causes/elsewhere").symlink_to(PRINTERS / "causes/paper")
    found = {p.position.path.rpartition("kb/")[2]: p for p in read_knowledge(kb).problems}
    assert found["causes/paper/gone.yaml"].code == "KB001"
    assert "doesn't exist" in found["causes/paper/gone.yaml"].message
    assert found["causes/elsewhere"].code == "KB107"
    assert "link to a directory" in found["causes/elsewhere"].message


def test_a_link_to_a_file_is_read(kb: Path) -> None:
    cause = kb / "causes/paper/wrong-paper-size.yaml"
    cause.rename(kb / "elsewhere")
    cause.symlink_to(kb / "elsewhere")
    assert read_knowledge(kb).problems == ()
