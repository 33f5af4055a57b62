"""kb new: an entry's skeleton, from an error somebody met, that validates at once."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from kbmatch.authoring.slots import slotted
from kbmatch.cli.kb import main
from kbmatch.knowledge.load import load_knowledge

TESTS = Path(__file__).parent
SLOTS = {
    name: {"type": kind}
    for name, kind in [
        ("host", "host"), ("ip", "ip"), ("port", "port"), ("digest", "digest"),
        ("image", "token"), ("url", "url"), ("path", "path"), ("time", "token"),
    ]
}  # fmt: skip


@pytest.fixture
def kb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shutil.copytree(TESTS / "printers", tmp_path / "kb")
    return tmp_path / "kb"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dial tcp 10.0.0.4:443: i/o timeout", "dial tcp {ip}:{port}: i/o timeout"),
        ("lookup reg.corp.example: no such host", "lookup {host}: no such host"),
        ('Get "https://reg.corp.example/v2/": EOF', 'Get "{url}": EOF'),
        ("pull reg.corp.example:5000/team/app:1.2 failed", "pull {image} failed"),
        ("unexpected digest sha256:" + "ab" * 32, "unexpected digest {digest}"),
        ('bad {"code": 1}', 'bad {{"code": 1}}'),
        ("open /etc/docker/daemon.json: denied", "open {path}: denied"),
        ("remote_image.go:171 failed", "remote_image.go:171 failed"),
    ],
)
def test_values_become_slots(text: str, message: str) -> None:
    if message.startswith("remote_image"):
        assert "{host}" not in slotted(text, SLOTS)
    else:
        assert slotted(text, SLOTS) == message


def test_slots_that_are_not_declared_are_not_used() -> None:
    assert slotted("dial 10.0.0.4:443", {"host": {"type": "host"}}) == "dial 10.0.0.4:443"


def test_a_skeleton_validates_and_says_what_to_write(
    kb: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "toner-low", "--area", "paper", "--kb", str(kb), "--lang", "en"]) == 0
    told = capsys.readouterr().err
    assert "title, summary, signatures.message" in told
    result = load_knowledge(kb)
    assert result.knowledge is not None, result.problems
    assert "toner-low" in result.knowledge.symptoms


def test_from_a_log_the_error_becomes_the_sample(
    kb: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "cups.log"
    log.write_text("ok\nsent job 4\nfailed: toner of office-7.example.com is empty\nbye\n")
    assert main(["new", "--from-log", str(log), "--kb", str(kb), "--lang", "en"]) == 0
    capsys.readouterr()
    (path,) = (kb / "symptoms" / "paper").glob("failed-toner*.yaml")
    (signature,) = yaml.safe_load(path.read_text("utf-8"))["signatures"]
    assert signature["message"] == "failed: toner of {host} is empty"
    assert signature["samples"] == ["failed: toner of office-7.example.com is empty"]
    assert load_knowledge(kb).knowledge is not None
    capsys.readouterr()
    assert main(["validate", str(kb), "--format", "json"]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    wrong = {item["code"] for item in problems if item["severity"] == "error"}
    assert wrong == {"KB311"}, "nothing is left to do but to write"


def test_from_stdin(
    kb: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    standard = io.TextIOWrapper(io.BytesIO(b"drum worn out error on tray\n"))
    monkeypatch.setattr(sys, "stdin", standard)
    assert main(["new", "drum-worn", "--from-log", "-", "--kb", str(kb), "--stdout"]) == 0
    assert "drum worn out error on tray" in capsys.readouterr().out


def test_what_is_explained_already_is_not_added_twice(
    kb: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = yaml.safe_load((kb / "symptoms/paper/paper-jam.yaml").read_text("utf-8"))
    log = tmp_path / "log"
    log.write_text(sample["signatures"][0]["samples"][0], "utf-8")
    assert main(["new", "twin", "--from-log", str(log), "--kb", str(kb)]) == 1
    assert "paper-jam" in capsys.readouterr().err
    assert not list(kb.rglob("twin.yaml"))


def test_the_closest_pages_are_shown_first(
    kb: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log"
    log.write_text("error: paper is jammed between rollers of the tray")
    assert main(["new", "roller-jam", "--from-log", str(log), "--kb", str(kb)]) == 0
    assert "paper-jam:" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["new", "Bad_Id"], ["new"], ["new", "x-y", "--area", "nowhere"], ["new", "paper-jam"],
        ["new", "x-y", "--tool", "none"], ["new", "x-y", "--from-log", "/does/not/exist"],
    ],
)  # fmt: skip
def test_wrong_use_ends_with_status_two(kb: Path, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*arguments, "--kb", str(kb)])
    assert stopped.value.code == 2
