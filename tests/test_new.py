"""kb new: an entry's skeleton, from an error somebody met, that validates at once."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from kbmatch.authoring.core import core
from kbmatch.authoring.slots import anonymous, slotted
from kbmatch.cli.kb import main
from kbmatch.knowledge.load import load_knowledge
from kbmatch.matching.compile import plain
from kbmatch.matching.language import MessageError, parse_message
from kbmatch.matching.normalise import normalise
from real_knowledge import knowledge

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
    # The host is somebody's; the example of kb.yaml stands for it.
    assert signature["samples"] == ["failed: toner of office-2.example.com is empty"]
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
        ["new", "x-y", "--tool", "none"], ["new", "x-y", "--cause", "nope"], ["new", "x-y", "--from-log", "/does/not/exist"],
    ],
)  # fmt: skip
def test_wrong_use_ends_with_status_two(kb: Path, arguments: list[str]) -> None:
    assert main([*arguments, "--kb", str(kb)]) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pull took 3.52s", "pull took {token}"),
        ("1.2GB of 3.4GB used", "{size} of {size} used"),
        ("regclient.errors.PolicyError: geo fence", "regclient.errors.PolicyError: geo fence"),
        ("index out of range [15]", "index out of range [{number}]"),
        ("3 revisions after 15m0s, code 5512", "{number} revisions after {token}, code {number}"),
        ("HTTP/1.1 503 Service Unavailable", "HTTP/1.1 503 Service Unavailable"),
        ("exit status 1; [Errno 111]", "exit status 1; [Errno 111]"),
        ("spanID=ab12cd34ef56", "spanID={token}"),
        ("pod web-7c9d8b6f5-x2k4p", "pod {pod}"),
        ("2001:db8::1 and [::1]:5000", "{ip} and {ip}:{port}"),
        ("token eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.x", "token {token}"),
    ],
)
def test_values_of_every_kind(text: str, message: str) -> None:
    more = {"token": "token", "size": "token", "number": "number", "pod": "name"}
    slots = {**SLOTS, **{name: {"type": kind} for name, kind in more.items()}}
    assert slotted(text, slots) == message


@pytest.mark.parametrize(
    "line",
    [
        'time="2026-11-01T10:00:00Z" level=error msg="mirror fenced for tenant" spanID=ab12cd34ef56',
        '{"ts":"2026-11-01","level":"error","msg":"mirror fenced for tenant","pod":"a-1"}',
        '2026-11-01T10:00:00Z stderr F {"error":{"message":"mirror fenced for tenant"}}',
        'E1127 10:00:00.1 12 k.go:1] "No sync" err="mirror fenced for tenant" image="a.io/b:1"',
        "rpc error: code = Aborted desc = mirror fenced for tenant",
        "Error response from daemon: rpc error: code = Unknown desc = mirror fenced for tenant",
        "mirror fenced for tenant",
    ],
)
def test_the_core_of_a_line_is_what_went_wrong(line: str) -> None:
    assert core(line) == "mirror fenced for tenant"


def test_a_message_made_from_a_sample_matches_it() -> None:
    """Over the whole knowledge: what `kb new` would make of each sample finds that sample."""
    settings = knowledge().settings
    slots = plain(settings)["slots"]
    failed = total = 0
    for symptom in knowledge().symptoms.values():
        for signature in symptom.signatures:
            for sample in signature.samples:
                total += 1
                harmless, _ = anonymous(sample, slots)
                message = slotted(core(harmless), slots)
                try:
                    regex = parse_message(message, settings.slots).regex
                except MessageError:
                    failed += 1
                    continue
                failed += not re.search(regex, normalise(harmless).text)
    assert failed <= total / 100


SECRET_LINE = (
    "toner of hub.corp.internal failed for bob.smith@corp.example: password=hunter2hunter2 "
    "token eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.abc from 10.77.3.4"
)


def test_nothing_of_somebodys_network_gets_into_a_sample(
    kb: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log"
    log.write_text(SECRET_LINE)
    arguments = ["new", "toner-failed", "--from-log", str(log), "--kb", str(kb), "--stdout"]
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    for secret in ("hunter2", "bob.smith", "corp.internal", "eyJ"):
        assert secret not in out and secret not in err
    assert "Replaced in the sample" in err
    assert main([*arguments, "--verbatim"]) == 0
    assert "hunter2" in capsys.readouterr().out


def test_without_an_id_nothing_is_written_when_pages_are_near(
    kb: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    log = tmp_path / "log"
    log.write_text("error: paper is jammed between rollers of the tray")
    before = sorted(kb.rglob("*"))
    assert main(["new", "--from-log", str(log), "--kb", str(kb), "--lang", "en"]) == 1
    told = capsys.readouterr().err
    assert "Nothing written" in told and "1  paper-jam: " in told and "A sheet stopped" in told
    assert sorted(kb.rglob("*")) == before


def test_on_a_terminal_one_is_asked(kb: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("error: paper is jammed between rollers of the tray")
    command = [sys.executable, "-m", "kbmatch.cli.kb", "new", "roller-jam"]
    command += ["--from-log", str(log), "--kb", str(kb), "--lang", "en"]
    for given, status in (("1\n", 1), ("\n", 0)):
        main_end, other_end = pty.openpty()
        process = subprocess.Popen(command, stdin=other_end, stdout=other_end, stderr=other_end)
        os.close(other_end)
        os.write(main_end, given.encode())
        said = b""
        while True:
            try:
                piece = os.read(main_end, 4096)
            except OSError:
                break
            if not piece:
                break
            said += piece
        os.close(main_end)
        assert process.wait(60) == status, said
        assert (b"symptoms/paper/paper-jam.yaml" in said) == (status == 1)
    assert (kb / "symptoms/paper/roller-jam.yaml").exists()


def test_area_phase_and_tool_come_from_the_closest_page(
    kb: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log"
    log.write_text("spooler: error: printer office-3 does not answer at its address, is it off")
    assert main(["new", "silent-printer", "--from-log", str(log), "--kb", str(kb)]) == 0
    told = capsys.readouterr().err
    assert "area network, phase queue, tool spooler" in told
    value = yaml.safe_load((kb / "symptoms/network/silent-printer.yaml").read_text("utf-8"))
    assert value["signatures"][0]["tools"] == ["spooler"]


def test_samples_stay_on_one_line(kb: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("error: " + "toner is low and nobody cares " * 9)
    assert main(["new", "toner-low", "--from-log", str(log), "--kb", str(kb)]) == 0
    text = (kb / "symptoms/paper/toner-low.yaml").read_text("utf-8")
    assert "toner is low and nobody cares " * 8 in text


def test_an_overlay_is_named_as_such(
    kb: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    company = tmp_path / "company"
    company.mkdir()
    (company / "kb.yaml").write_text("title: {en: Our company, zh-TW: 我們公司}\n", "utf-8")
    assert main(["new", "x-y", "--kb", str(company), "--lang", "en"]) == 2
    assert "is an overlay" in capsys.readouterr().err
    assert main(["new", "x-y", "--kb", str(kb), "--output", str(company)]) == 0
    assert list(company.rglob("x-y.yaml"))


def test_a_repository_named_again_by_itself_is_somebodys_too() -> None:
    slots = {
        "image": {"type": "token", "example": "registry.example.com/samples/web:v1"},
        "repository": {"type": "path", "example": "samples/web"},
    }
    line = "copy of r.corp.example/team/web:1.4 failed: rule froze team/web, not team/web2 or web"
    harmless, replaced = anonymous(line, slots)
    assert harmless == (
        "copy of registry.example.com/samples/web:v1 failed: "
        "rule froze samples/web, not team/web2 or web"
    )
    assert set(replaced) == {
        "image → registry.example.com/samples/web:v1",
        "repository → samples/web",
    }
    message = "copy of {image} failed: rule froze {repository}, not team/web2 or web"
    assert slotted(harmless, slots) == message
    line = "pull of r.corp.example/team/web:1.4 refused: rejects team/web:1.4: not signed"
    assert slotted(line, slots) == "pull of {image} refused: rejects {image}: not signed"
