"""kb gaps: what no signature explains, masked, grouped, counted."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from kbmatch.authoring.errors import looks_like_error
from kbmatch.cli.kb import main

pytest.importorskip("drain3")
PRINTERS = Path(__file__).parent / "printers"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def explained_line() -> str:
    import yaml

    symptom = yaml.safe_load((PRINTERS / "symptoms/paper/paper-jam.yaml").read_text("utf-8"))
    sample: str = symptom["signatures"][0]["samples"][0]
    return f"printer error: {sample}"


LINES = [
    "2026-11-01T10:00:00Z INFO started",
    "2026-11-01T10:00:01Z ERROR quota 17 of host-a.example.com exceeded",
    "2026-11-01T10:00:02Z ERROR quota 23 of host-b.example.com exceeded",
    "2026-11-01T10:00:03Z WARN toner failed password=hunter2",
    "done, 0 errors",
]


def gaps(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    main(["gaps", "--kb", str(PRINTERS), "--format", "json", *arguments])
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_lines_of_one_form_are_one_group(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "a.log"
    log.write_text("\n".join([*LINES, explained_line()]))
    found = gaps(capsys, str(log))
    assert (found["read"], found["unexplained"]) == (6, 3)
    first, second = found["groups"]  # type: ignore[misc]
    assert (first["count"], first["line"]) == (2, 2)
    assert "host-a" not in first["template"] and "17" not in first["template"]
    assert second["count"] == 1
    assert "hunter2" not in json.dumps(found)


def test_several_files_gzip_and_many_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = tmp_path / "one.log", tmp_path / "two.log.gz"
    one.write_text("\n".join(f"error {n} in job of user{n}" for n in range(1500)))
    two.write_bytes(gzip.compress("\n".join([*LINES] * 300).encode()))
    found = gaps(capsys, str(one), str(two))
    assert found["read"] == 1500 + 1500
    assert found["unexplained"] == 1500 + 900
    assert sum(group["count"] for group in found["groups"]) == 2400  # type: ignore[attr-defined]


def test_text_and_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "a.log"
    log.write_text("\n".join(LINES))
    assert main(["gaps", "--kb", str(PRINTERS), "--lang", "zh-TW", str(log)]) == 1
    assert "3 行" in capsys.readouterr().out
    log.write_text("all fine\n")
    assert main(["gaps", "--kb", str(PRINTERS), str(log)]) == 0


def test_an_unreadable_file_does_not_throw_the_others_away(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "a.log"
    log.write_text("\n".join(LINES))
    given = [str(tmp_path / "none.log"), str(tmp_path / "a*.log")]
    assert main(["gaps", "--kb", str(PRINTERS), *given]) == 2
    told = capsys.readouterr()
    assert "none.log" in told.err and "quota {number:tray} of" in told.out
    assert f"kb new --from-log {log} --line 2" in told.out


def test_json_honours_the_limit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "a.log"
    log.write_text("error one two\nfailed to do this or that at all\nfatal xyz\n")
    found = gaps(capsys, "--limit", "2", str(log))
    assert (len(found["groups"]), found["total"]) == (2, 3)  # type: ignore[arg-type]


def test_what_concerns_the_field_comes_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "a.log"
    log.write_text("fatal xyz\n" * 5 + "printer failed for lack of patience\n")
    groups = gaps(capsys, str(log))["groups"]
    assert [group["count"] for group in groups] == [1, 5]  # type: ignore[index,attr-defined]


def test_lines_with_other_statuses_are_told_apart_in_the_template(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "a.log"
    log.write_text("".join(f"error {n}: upstream answered {400 + n % 3}\n" for n in range(600)))
    (group,) = gaps(capsys, str(log))["groups"]  # type: ignore[misc]
    assert group["count"] == 600 and "40" not in group["template"]


@pytest.mark.parametrize(
    "line",
    ["ERROR x", "pull failed", "Permission denied", "無法連線", "NullPointerException", "連線逾時"],
)
def test_errors_are_recognised(line: str) -> None:
    assert looks_like_error(line)


@pytest.mark.parametrize(
    "line",
    [
        "Traceback (most recent call last):",
        "    raise ValueError(x)",
        "npm ERR! code E1",
        "started",
        "0 errors",
        "errors=0",
        "   at java.util.List.get(List.java)",
        "ok",
    ],
)
def test_other_lines_are_not(line: str) -> None:
    assert not looks_like_error(line)


def test_a_log_and_its_name_cannot_command_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "e\x1b[2Jv.log"
    log.write_text("ERROR \x1b[31mspooler\x1b[0m \x1b]0;owned\x07lost its tray \x9b2J\n", "utf-8")
    assert main(["gaps", str(log), "--kb", str(PRINTERS)]) == 1
    said = capsys.readouterr().out
    assert "ERROR spooler lost its tray" in said
    assert main(["gaps", str(tmp_path / "\x1b[2Jgone"), "--kb", str(PRINTERS)]) == 2
    told = capsys.readouterr()
    assert told.out == ""  # nothing was read, so nothing is said about it
    assert not {"\x1b", "\x07", "\x9b"} & {*said, *told.out, *told.err}
    assert main(["new", "lost", "--from-log", str(log), "--stdout", "--kb", str(PRINTERS)]) == 0
    assert "\\e" not in capsys.readouterr().out
