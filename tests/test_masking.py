"""No secret and no internal name survives in an answer, wherever a line happens to break."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kbmatch.cli.kb import main as kb
from kbmatch.cli.masking import mask
from kbmatch.cli.render import Renderer, Style
from kbmatch.matching.answer import answer
from kbmatch.matching.compile import compile_pack
from kbmatch.matching.matcher import Matcher
from kbmatch.matching.pack import Pack
from kbmatch.texts import load
from small_knowledge import knowledge, symptom

SECRETS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data/secrets.jsonl").read_text("utf-8").splitlines()
]
PLANTED = [line for line in SECRETS if line["secrets"]]
# Told by the end of their line or the line before, or values that are the rest of their line.
ALONE = (
    "    password: correcthorsebattery",
    "token: >-",
    "  password: c2VjcmV0",
    "::add-mask::",
    "##vso[",
)
BESIDE = [line for line in PLANTED if not str(line["text"]).startswith(ALONE)]
JAM = "paper jam in tray 3"
GAPS = (0, 13, 49, 77, 301, 1999, 2100)
LONGEST_CHECKED = 4


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(Pack(compile_pack(knowledge(symptom("jam", "paper jam in tray {number}"))), "p"))


def forms(whole: str, file: str, matcher: Matcher) -> dict[str, str]:
    """Return every masked form of an answer to a text from a file of that name."""
    found = answer(whole, matcher, "en", why=True)
    assert [one.id for one in found.found] == ["jam"]
    (name,) = mask([file], [found])
    assert [one.id for one in found.found] == ["jam"]
    assert JAM in found.found[0].text
    shown = Renderer(
        found, matcher, load("match", "en"), style=Style(False), masked=True, file=name
    )
    data = json.dumps(found.as_json(), ensure_ascii=False)
    return {
        "terminal": shown.terminal(), "markdown": shown.markdown(), "github": shown.github(),
        "why": shown.why(), "json": data, "name": name,
    }  # fmt: skip


def shown_secrets(line: dict[str, list[str]], text: str) -> list[str]:
    flat = "".join(text.split())
    secrets = ("".join(secret.split()) for secret in line["secrets"])
    return [secret for secret in secrets if len(secret) >= LONGEST_CHECKED and secret in flat]


@pytest.mark.parametrize("number", range(len(BESIDE)))
def test_no_form_of_an_answer_shows_a_secret(number: int, matcher: Matcher) -> None:
    line = BESIDE[number]
    text = str(line["text"]).replace("\n", " ")
    gap = GAPS[number % len(GAPS)]
    for whole in (
        f"{text} {'y ' * (gap // 2)}{JAM}",
        f"{JAM} {'y ' * (min(gap, 77) // 2)}{text}",
    ):
        for form, shown in forms(whole, str(line["text"]), matcher).items():
            assert shown_secrets(line, shown) == [], (form, whole, shown)


@pytest.mark.parametrize("number", range(0, len(BESIDE), 40))
def test_a_line_break_at_any_column_hides_no_secret(number: int, matcher: Matcher) -> None:
    line = BESIDE[number]
    for blanks in range(81):
        whole = f"{'x' * blanks} {str(line['text']).replace(chr(10), ' ')} {JAM}"
        for form, shown in forms(whole, "", matcher).items():
            assert shown_secrets(line, shown) == [], (form, blanks, shown)


@pytest.mark.parametrize("gap", [0, 90, 100, 310, 1000, 1900, 2000, 2100, 3000])
@pytest.mark.parametrize(
    "secret",
    [
        "Authorization: Bearer " + "Zq9Xw7Lm2Kd4" * 80,
        "X-Registry-Auth: eyJ" + "Zq9Xw7Lm2Kd4" * 80,
        "-----BEGIN PRIVATE KEY-----\\n"
        + ("Zq9Xw7Lm2Kd4" * 5 + "QUJD\\n") * 40
        + "-----END PRIVATE KEY-----",
        "tls.key: LS0tLS1CRUdJTi" + "Zq9Xw7Lm2Kd4" * 80,
    ],
    ids=["bearer", "header", "key", "encoded"],
)
def test_a_long_secret_is_masked_wherever_the_line_is_cut(
    secret: str, gap: int, matcher: Matcher
) -> None:
    for whole in (f"{secret} {'y ' * (gap // 2)}{JAM}", f"{JAM} {'y ' * (gap // 2)}{secret}"):
        for form, shown in forms(whole, "", matcher).items():
            assert "Zq9Xw7Lm2Kd4" not in "".join(shown.split()), (form, shown)


def test_one_name_is_one_mask_everywhere(matcher: Matcher) -> None:
    texts = [
        f'Get "https://{host}/v2/": paper jam in tray 3' for host in ("h1.corp.lan", "h2.corp.lan")
    ]
    found = [answer(text, matcher, "en") for text in texts]
    mask(["", ""], found)
    first, second = (one.found[0] for one in found)
    assert first.slots["login_server"] != second.slots["login_server"]
    assert first.slots["login_server"] in first.text
    assert second.slots["login_server"] in second.text


def test_a_secret_in_a_long_line_is_masked_before_the_line_is_cut(matcher: Matcher) -> None:
    text = "Authorization: Bearer " + "abcdefgh12345678" * 20 + " paper jam in tray 3"
    found = answer(text, matcher, "en")
    mask([""], [found])
    assert "abcdefgh12345678" not in json.dumps(found.as_json())


WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord")
SAMPLED = [
    "docker login -u jroe77 -p Tr0ub4dor",
    'curl -H "Authorization: Basic Y2ktdXNlcjpTM2NyM3RQYXNz"',
    "HTTP_PROXY=jsmith:Winter2024@squid-tp:3128",
    "/home/mei.lin/.docker/config.json",
    "arn:aws:iam::123456789012:user/pat.lee7",
    "C:\\Users\\Wang 大明\\.docker",
]
HIDDEN = (
    "jroe77", "Tr0ub4dor", "Y2ktdXNlcjpTM2NyM3RQYXNz", "jsmith", "Winter2024", "squid-tp",
    "mei.lin", "123456789012", "pat.lee7", "Wang", "大明", "anna.wu",
)  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a pack, and a log in somebody's home on which each line holds a secret and an error."""
    root = tmp_path_factory.mktemp("masked")
    pack = root / "p.kbpack"
    pack.write_bytes(compile_pack(knowledge(*(symptom(w, f"the {w} is broken") for w in WORDS))))
    log = root / "home" / "anna.wu" / "build.log"
    log.parent.mkdir(parents=True)
    lines = (f"{text} the {word} is broken" for text, word in zip(SAMPLED, WORDS, strict=True))
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return pack, log


def run(*arguments: str | Path, stdin: Path | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "kbmatch.cli.match", *map(str, arguments)],
        stdin=stdin.open("rb") if stdin else subprocess.DEVNULL,
        capture_output=True, check=True, encoding="utf-8",
        env={**os.environ, "LC_ALL": "C.UTF-8", "HOME": "/dev/null/none"},
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.parametrize("form", ["text", "markdown", "github", "json", "openmetrics"])
def test_the_command_masks_what_it_prints(form: str, files: tuple[Path, Path]) -> None:
    pack, log = files
    arguments = ("--kb", pack, "--all", "--redact", "--format", form, "-f", log)
    twice = run(*arguments, "-f", log) if form == "text" else ""
    shown = run(*arguments)
    assert [name for name in HIDDEN if name in shown + twice] == []
    plain = run(*("--no-redact" if a == "--redact" else a for a in arguments))
    if form == "json":
        given, masked = json.loads(plain)["matches"], json.loads(shown)["matches"]
        assert [m["id"] for m in masked] == [m["id"] for m in given] == list(WORDS)
        assert all(f"the {m['id']} is broken" in m["text"] for m in masked)
    else:
        assert all((word in shown) == (word in plain) for word in WORDS)


def test_what_was_read_is_masked_in_why(files: tuple[Path, Path]) -> None:
    pack, log = files
    shown = run("--kb", pack, "--why", "--redact", "-f", log)
    assert [name for name in HIDDEN if name in "".join(shown.split())] == []


def test_what_follows_is_masked(files: tuple[Path, Path]) -> None:
    pack, log = files
    shown = run("--kb", pack, "--follow", "--redact", stdin=log)
    assert [name for name in HIDDEN if name in shown] == []
    found = [json.loads(line) for line in shown.splitlines()]
    assert [one["id"] for one in found] == list(WORDS)
    assert all(f"the {one['id']} is broken" in one["text"] for one in found)


def test_entries_made_from_a_log_name_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    printers = Path(__file__).parent / "printers"
    for text in SAMPLED:
        log = tmp_path / "one.log"
        log.write_text(f"{text} error: the drum roller is stuck hard\n", encoding="utf-8")
        kb(["new", "--from-log", str(log), "--kb", str(printers), "--stdout", "--lang", "en"])
        told = capsys.readouterr()
        assert "drum roller is stuck hard" in told.out
        assert [name for name in HIDDEN if name in told.out + told.err] == []


def test_gaps_show_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("drain3")
    printers = Path(__file__).parent / "printers"
    log = tmp_path / "a.log"
    lines = [
        f"ERROR {text} drum roller {word} stuck" for text, word in zip(SAMPLED, WORDS, strict=True)
    ]
    log.write_text("\n".join(lines), encoding="utf-8")
    for form in ("json", "text"):
        kb(["gaps", "--kb", str(printers), "--format", form, str(log)])
        told = capsys.readouterr().out
        assert "drum roller" in told
        assert [name for name in HIDDEN if name in told] == []
