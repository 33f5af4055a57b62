"""`kbmatch` as people run it: real processes, real files, real pipes."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kbmatch.matching.compile import compile_pack
from small_knowledge import knowledge, signature, symptom

ERROR = 'Get "https://r1.example.io/v2/": paper jam in tray 3'


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("pack") / "p.kbpack"
    path.write_bytes(
        compile_pack(
            knowledge(
                symptom("paper-jam", "paper jam in tray {number}"),
                symptom("cover-open", "the cover is open"),
                symptom("refused", signature("connection refused", needs="registry")),
            )
        )
    )
    return str(path)


def kbmatch(
    *arguments: str, stdin: bytes | None = b"", **environment: str
) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "HOME": "/nowhere",
        **environment,
    }
    done = subprocess.run(
        [sys.executable, "-m", "kbmatch.cli.match", *arguments],
        input=stdin,
        capture_output=True,
        env=environment,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def test_a_known_message_gives_page_causes_and_filled_commands(pack: str) -> None:
    done = kbmatch("--kb", pack, ERROR)
    assert done.returncode == 0
    assert "Title of paper-jam" in done.stdout
    assert "$ look at r1.example.io" in done.stdout
    assert "en/symptoms/paper-jam.html" in done.stdout
    assert done.stderr == ""


def test_output_fits_80_columns_and_has_no_colours_in_a_pipe(pack: str) -> None:
    done = kbmatch("--kb", pack, ERROR + " and more words" * 20, LC_ALL="zh_TW.UTF-8")
    from kbmatch.cli.render import columns

    assert max(columns(line) for line in done.stdout.splitlines()) <= 80
    assert "\x1b" not in done.stdout


def test_unknown_text_is_status_1_and_says_so(pack: str) -> None:
    done = kbmatch("--kb", pack, "qqq zzz")
    assert done.returncode == 1
    assert "No known" in done.stdout


def test_wrong_use_is_status_2(pack: str, tmp_path: Path) -> None:
    assert kbmatch("--kb", pack, "--format", "yaml", "x").returncode == 2
    assert kbmatch("--kb", pack, "--nonsense").returncode == 2
    assert kbmatch("--kb", str(tmp_path / "none"), "x").returncode == 2
    missing = kbmatch("--kb", pack, "-f", str(tmp_path / "missing.log"))
    assert missing.returncode == 2
    assert "missing.log" in missing.stderr


def test_language_follows_the_environment_and_the_option(pack: str) -> None:
    assert "中文" in kbmatch("--kb", pack, ERROR, LC_ALL="zh_TW.UTF-8").stdout
    assert "中文" in kbmatch("--kb", pack, "--lang", "zh-TW", ERROR).stdout
    assert "中文" not in kbmatch("--kb", pack, "--lang=en", ERROR, LC_ALL="zh_TW.UTF-8").stdout


def test_json_is_one_object_by_the_contract(pack: str) -> None:
    result = json.loads(kbmatch("--kb", pack, "--format", "json", ERROR).stdout)
    assert result["version"] == 1
    assert result["matches"][0]["slots"]["registry"] == "r1"


def test_a_log_is_read_from_a_pipe_and_from_files(pack: str, tmp_path: Path) -> None:
    log = b"fine\n" * 10 + ERROR.encode() + b"\nthe cover is open\n"
    assert "line 11" in kbmatch("--kb", pack, stdin=log).stdout
    plain, packed = tmp_path / "a.log", tmp_path / "b.log.gz"
    plain.write_bytes(log)
    packed.write_bytes(gzip.compress(log))
    done = kbmatch("--kb", pack, "-f", str(tmp_path / "*.log*"), "--format", "json")
    matches = json.loads(done.stdout)["matches"]
    assert [(m["id"], m["file"]) for m in matches if m["role"] == "primary"] == [
        ("paper-jam", str(plain)),
        ("paper-jam", str(packed)),
    ]


def test_a_large_pipe_streams(pack: str) -> None:
    log = b"an ordinary line of a healthy system\n" * 80_000 + ERROR.encode() + b"\n"
    result = json.loads(kbmatch("--kb", pack, "--format", "json", stdin=log).stdout)
    assert [(m["id"], m["line"]) for m in result["matches"]] == [("paper-jam", 80_001)]


def test_why_shows_matches_and_near_misses(pack: str) -> None:
    text = "paper jam in tray 3\npsql: a sql server said connection refused"
    out = kbmatch("--kb", pack, "--why", text).stdout
    assert "Matched paper-jam/s0 on line 1" in out
    assert "number = 3" in out
    assert "refused/s0: the message is there, but nothing near it" in out


def test_markdown_and_github_forms(pack: str) -> None:
    markdown = kbmatch("--kb", pack, "--format", "markdown", "--no-redact", ERROR).stdout
    assert markdown.startswith("### Title of paper-jam")
    github = kbmatch("--kb", pack, "--format", "github", ERROR).stdout
    assert github.startswith("::error title=Title of paper-jam::")


def test_site_addresses_are_printed(pack: str) -> None:
    done = kbmatch("--kb", pack, "--site", "http://kb.internal/acr/", ERROR)
    assert "http://kb.internal/acr/en/symptoms/paper-jam.html" in done.stdout


def test_escape_codes_of_a_log_never_reach_the_terminal(pack: str) -> None:
    nasty = "\x1b]0;owned\x07\x1b[2Jpaper jam in tray 3 \x9b31m\u202egpj"
    for form in ("text", "json", "markdown", "github"):
        out = kbmatch("--kb", pack, "--format", form, "--no-redact", nasty).stdout
        assert not set(out) & set("\x1b\x07\x9b\u202e")


def test_a_command_never_carries_what_a_shell_would_run(pack: str) -> None:
    out = kbmatch("--kb", pack, "https://$(reboot)/v2/ paper jam in tray 3").stdout
    assert "$ look at example-login_server" in out


def test_help_speaks_both_languages(pack: str) -> None:
    assert "Exit status" in kbmatch("--help").stdout
    assert "結束狀態" in kbmatch("--help", LC_ALL="zh_TW.UTF-8").stdout
    assert kbmatch("--version").stdout.startswith("kbmatch ")


def test_follow_reports_as_lines_come(pack: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "kbmatch.cli.match", "--kb", pack, "--follow"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin and process.stdout
    process.stdin.write(b"fine\npaper jam in tray 3\n")
    process.stdin.flush()
    first = json.loads(process.stdout.readline())
    assert (first["id"], first["line"]) == ("paper-jam", 2)
    process.stdin.write(b"fine\nthe cover\nis open\nfine\n")
    process.stdin.close()
    assert [json.loads(line)["id"] for line in process.stdout] == ["cover-open"]
    assert process.wait() == 0


def test_words_that_are_files_are_read_as_files(pack: str, tmp_path: Path) -> None:
    one, two = tmp_path / "one.log", tmp_path / "two words.log"
    one.write_text(f"{ERROR}\n")
    two.write_text("the cover is open\n")
    done = kbmatch("--kb", pack, str(one))
    assert done.returncode == 0 and "Title of paper-jam" in done.stdout
    assert "reading the file" in done.stderr
    several = kbmatch("--kb", pack, "--format", "json", "-f", str(one), str(two))
    assert [m["file"] for m in json.loads(several.stdout)["matches"]] == [str(one), str(two)]
    wrong = kbmatch("--kb", pack, "-f", str(one), "no such file")
    assert wrong.returncode == 2 and "no such file: no such file" in wrong.stderr
    assert "paper-jam" in kbmatch("--kb", pack, "-", stdin=ERROR.encode()).stdout


def test_every_file_has_its_heading_also_beside_one_that_is_missing(
    pack: str, tmp_path: Path
) -> None:
    log = tmp_path / "one.log"
    log.write_text(f"{ERROR}\n")
    done = kbmatch("--kb", pack, "-f", str(log), "-f", str(tmp_path / "missing"))
    assert done.returncode == 2 and done.stdout.startswith(f"==> {log}\n")
    two = tmp_path / "two.log"
    two.write_text(f"{ERROR}\n")
    files = ("-f", str(log), "-f", str(two))
    both = kbmatch("--kb", pack, *files).stdout
    assert f"\n\n==> {two}\n" in both
    markdown = kbmatch("--kb", pack, *files, "--format", "markdown").stdout
    assert markdown.count("\n### ") == 2 and markdown.count("## ") == 4
    github = kbmatch("--kb", pack, *files, "--format", "github").stdout
    begins = tuple(f"::error file={name},line=1," for name in (log, two))
    assert all(line.startswith(begins) for line in github.splitlines())
    assert "paper-jam.html" in github


def test_wrong_use_says_what_was_meant_in_the_readers_language(pack: str) -> None:
    assert "did you mean --format?" in kbmatch("--fromat", "x").stderr
    assert "是不是要用 --format？" in kbmatch("--fromat", "x", LC_ALL="zh_TW.UTF-8").stderr
    assert "choose one of en, zh-TW" in kbmatch("--lang", "fr", "x").stderr
    assert "needs a value" in kbmatch("--lang").stderr
    assert "/missing:" in kbmatch("--kb", pack, "--follow", "-f", "/missing").stderr


def test_empty_input_is_said_to_be_empty(pack: str) -> None:
    done = kbmatch("--kb", pack, stdin=b" \n")
    assert done.returncode == 1 and done.stdout == "The input is empty.\n"


def test_a_question_in_chinese_is_answered_in_chinese(pack: str) -> None:
    assert "沒有" in kbmatch("--kb", pack, "電腦壞掉了").stdout
    assert "沒有" not in kbmatch("--kb", pack, "--lang", "en", "電腦壞掉了").stdout


def test_why_names_what_nearly_matched_also_in_json(pack: str) -> None:
    result = json.loads(kbmatch("--kb", pack, "--why", "--format", "json", "paper jam in").stdout)
    assert result["misses"][0] == {
        "id": "paper-jam",
        "signature": "paper-jam/s0",
        "message": "paper jam in tray {number}",
        "lacked": "words",
        "missing": ["paper jam in tray"],
    }
    assert "misses" not in json.loads(kbmatch("--kb", pack, "--format", "json", "jam").stdout)
    assert "none came near" in kbmatch("--kb", pack, "--why", "qqq zzz").stdout


def test_open_opens_the_closest_page_or_says_that_there_is_none(pack: str) -> None:
    done = kbmatch("--kb", pack, "--open", "qqq zzz")
    assert "no page to open" in done.stderr


def test_following_masks_too(pack: str) -> None:
    log = b'Get "https://printer.corp.internal/v2/": paper jam in tray 3\n'
    done = kbmatch("--kb", pack, "--follow", "--redact", stdin=log)
    assert "printer.corp" not in done.stdout and json.loads(done.stdout)["id"] == "paper-jam"
