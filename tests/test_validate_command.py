"""`kb validate`, `kb l10n` and `kb schema` as their users meet them."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import pytest

from kbmatch.knowledge.shapes import KINDS
from kbmatch.knowledge.validate import validate

PRINTERS = Path(__file__).parent / "printers"
CAUSE = "kb/causes/paper/wrong-paper-size.yaml"


@pytest.fixture
def kb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(PRINTERS, tmp_path / "kb")
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    return tmp_path / "kb"


def run(command: str, *words: str) -> int:
    module = import_module(f"kbmatch.cli.commands.{command}")
    parser = argparse.ArgumentParser(prog=f"kb {command}")
    module.configure(parser, {})
    status: int = module.run(parser.parse_args(words))
    return status


def spoil(path: Path, old: str = "title:", new: str = "titel:") -> None:
    path.write_text(path.read_text().replace(old, new, 1))


def tidy(capsys: pytest.CaptureFixture[str]) -> None:
    run("validate", "--fix")
    capsys.readouterr()


def test_good_knowledge_is_quiet_and_exits_0(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tidy(capsys)
    assert run("validate") == 0
    out, err = capsys.readouterr()
    assert out == "" and "0 errors, 0 warnings; 10 files read" in err


def test_errors_exit_1_with_paths_as_typed(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tidy(capsys)
    spoil(Path(CAUSE))
    assert run("validate", str(kb)) == 1
    out, _ = capsys.readouterr()
    assert out.startswith(f"{CAUSE}:2:1 KB102 key `title` is missing\n    hint: ")
    assert f"{CAUSE}:4:1 KB101 unknown key `titel`\n    hint: Did you mean `title`?" in out


def test_messages_come_in_the_readers_language(
    kb: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(Path(CAUSE))
    run("validate", "--lang", "zh-TW", "--only", "kb/causes")
    asked, _ = capsys.readouterr()
    assert "不認得的鍵 `titel`" in asked and "提示: " in asked
    monkeypatch.setenv("LANG", "zh_TW.UTF-8")
    run("validate", "--only", "kb/causes")
    assert capsys.readouterr().out == asked


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_programs_get_json(kb: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    spoil(Path(CAUSE))
    assert run("validate", "--format", form) == 1
    assert json.loads(capsys.readouterr().out)


def test_github_gets_annotations(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(Path(CAUSE))
    assert run("validate", "--format", "github") == 1
    assert f"::error file={CAUSE},line=4,col=1,title=KB101::" in capsys.readouterr().out


def test_only_shows_one_place(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tidy(capsys)
    spoil(Path(CAUSE))
    assert run("validate", "--only", "kb/symptoms") == 0
    assert run("validate", "--only", "kb/causes/paper", "--statistics") == 1
    assert "KB101\t1" in capsys.readouterr().err


def test_only_shows_what_a_file_causes_elsewhere(
    kb: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = kb / "symptoms/paper/paper-jam.yaml"
    copy = page.with_name("paper-twin.yaml")
    copy.write_text(page.read_text("utf-8").replace("jammed-paper", "jam-of-paper"), "utf-8")
    tidy(capsys)
    assert run("validate", "--only", str(page)) == 1
    assert "KB201" in capsys.readouterr().out


def test_a_part_of_the_knowledge_is_checked_as_part(
    kb: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tidy(capsys)
    assert run("validate", CAUSE) == run("validate", "kb/symptoms") == 0
    assert capsys.readouterr().out == ""
    spoil(Path(CAUSE))
    assert run("validate", CAUSE) == run("validate", "--kb", "kb") == 1
    assert run("validate", "kb/symptoms") == 0
    capsys.readouterr()
    monkeypatch.chdir(kb / "symptoms/paper")
    assert run("validate") == 1
    assert "../../causes/paper/wrong-paper-size.yaml:" in capsys.readouterr().out


def test_wrong_use_exits_2(kb: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("x")
    for words in (["nowhere"], ["file"], ["--only", "kb/nosuch"]):
        with pytest.raises(SystemExit) as stopped:
            run("validate", *words)
        assert stopped.value.code == 2
        told = capsys.readouterr().err
        assert "doesn't exist" in told or "name the one that holds kb.yaml" in told
    (kb / "kb.yaml").unlink()
    with pytest.raises(SystemExit) as stopped:
        run("validate")
    assert stopped.value.code == 2


def test_fix_puts_right_what_needs_no_judgement(
    kb: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tidy(capsys)
    good = Path(CAUSE).read_bytes()
    body = good.split(b"\n", 1)[1]
    table = kb / "tables/trays.yaml"
    table.write_text(table.read_text().replace("2026-11-24", "2026/11/24"))
    for bad in (
        body,
        b"# yaml-language-server: $schema=old/symptom.schema.json\n" + body,
        b"\xef\xbb\xbf" + good.replace(b"\n", b"\r\n"),
        good.replace(b"who: you\n", b"who: you  \t\n") + b"\n\n",
        good.rstrip(b"\n"),
    ):
        Path(CAUSE).write_bytes(bad)
        assert run("validate", "--fix") == 0
        assert "fixed" in capsys.readouterr().err
        assert Path(CAUSE).read_bytes() == good
    assert "checked: 2026-11-24" in table.read_text()
    run("validate", "--fix")
    assert "fixed" not in capsys.readouterr().err


def test_fix_leaves_what_it_cannot_read(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path(CAUSE).write_bytes(b"a: [  \n")
    assert run("validate", "--fix") == 1
    assert Path(CAUSE).read_bytes() == b"a: [  \n"


def test_l10n_status_and_accept(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("l10n", "status") == 0
    assert "0 stale" in capsys.readouterr().err
    spoil(Path(CAUSE), "The sheet is longer", "The sheet is shorter")
    assert run("l10n", "status") == 1
    assert "stale cause/wrong-paper-size explanation" in capsys.readouterr().out
    assert run("l10n", "status", "--format", "json") == 1
    assert json.loads(capsys.readouterr().out)["open"][0]["state"] == "stale"
    assert run("l10n", "accept", "wrong-paper-size") == 0
    told = capsys.readouterr().out
    assert "kb/translations/zh-TW.yaml" in told
    assert "cause/wrong-paper-size: 1 zh-TW (were stale)" in told
    assert run("l10n", "status") == 0
    capsys.readouterr()
    for words in (["nobody"], ["wrong-paper-sise"], []):
        with pytest.raises(SystemExit) as stopped:
            run("l10n", "accept", *words)
        assert stopped.value.code == 2
        told = capsys.readouterr().err
        assert ("did you mean wrong-paper-size?" in told) == (words == ["wrong-paper-sise"])


@pytest.mark.parametrize("spoilt", ["a: [", "titel", "links"])
def test_l10n_keeps_records_of_what_it_cannot_read(
    kb: Path, capsys: pytest.CaptureFixture[str], spoilt: str
) -> None:
    record = kb / "translations/zh-TW.yaml"
    before = record.read_bytes()
    path = kb / "links.yaml" if spoilt == "links" else Path(CAUSE)
    good = path.read_bytes()
    path.write_bytes(good.replace(b"title:", b"titel:") if spoilt == "titel" else b"a: [\n")
    assert run("l10n", "accept", "--all") == 0
    assert f"{path.relative_to(kb.parent) if path.is_absolute() else path} can't be read" in (
        capsys.readouterr().err
    )
    assert record.read_bytes() == before
    path.write_bytes(good)
    assert run("l10n", "status") == 0
    assert "0 stale, 0 not recorded" in capsys.readouterr().err


def test_l10n_accepts_what_kb_new_started_in_one(
    kb: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from kbmatch.cli.kb import main

    assert main(["new", "toner-low", "--kb", "kb"]) == 0
    assert run("l10n", "accept", "toner-low") == 0
    assert run("l10n", "status") == 0
    assert "0 not recorded" in capsys.readouterr().err


def test_schema_is_printed_or_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schema", "cause") == 0
    assert "$schema" in json.loads(capsys.readouterr().out)
    assert run("schema", "--output", str(tmp_path / "out")) == 0
    assert len(list((tmp_path / "out").iterdir())) == len(KINDS)


def test_many_files_are_checked_quickly(kb: Path) -> None:
    """A guard against quadratic rules, not a measurement: tests/bench measures."""
    text = Path(CAUSE).read_text()
    for number in range(300):
        name = f"cause-{number}"
        copy = text.replace("id: wrong-paper-size", f"id: {name}")
        (kb / f"causes/paper/{name}.yaml").write_text(copy)
    start = time.process_time()
    validate(kb)
    assert time.process_time() - start < 5


def test_watch_reports_every_change_and_keeps_the_pack_fresh(kb: Path) -> None:
    log = kb.parent / "watch.log"

    def reports(number: int) -> bool:
        end = time.monotonic() + 60
        while log.read_text("utf-8").count("watching") < number and time.monotonic() < end:
            time.sleep(0.05)
        return log.read_text("utf-8").count("watching") >= number

    with log.open("wb") as stream:
        command = [sys.executable, "-m", "kbmatch.cli.kb", "validate", "--watch"]
        watcher = subprocess.Popen(command, stdout=stream, stderr=stream)
    try:
        assert reports(1)
        spoil(Path(CAUSE))
        assert reports(2)
        assert f"{CAUSE}:2:1 KB102" in log.read_text("utf-8")
        spoil(Path(CAUSE), "titel:", "title:")
        spoil(kb / "symptoms/paper/paper-jam.yaml", "media jam in", "paper jam in")
        spoil(kb / "symptoms/paper/paper-jam.yaml", "media jam in", "paper jam in")
        assert reports(3)
        time.sleep(1)  # the three files may have been seen one by one
        pack = kb.parent / ".kbmatch/kb.kbpack"
        made = pack.stat().st_mtime_ns
        asked = [sys.executable, "-m", "kbmatch.cli.match", "--kb", "kb", "--format", "json"]
        text = "cups: printer office-2: paper jam in tray 3"
        done = subprocess.run([*asked, text], capture_output=True, check=True)
        assert json.loads(done.stdout)["matches"][0]["id"] == "paper-jam"
        assert pack.stat().st_mtime_ns == made
    finally:
        watcher.send_signal(signal.SIGINT)
        assert watcher.wait(20) == 0
    assert "Traceback" not in log.read_text("utf-8")
