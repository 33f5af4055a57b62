"""Hostile input: nothing crashes, hangs, steers a terminal, gets into a page or leaves its place."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.targets import TARGETS
from kbmatch.knowledge.load import load_knowledge, read_knowledge
from kbmatch.knowledge.model import Text
from kbmatch.knowledge.settings import SlotKind
from kbmatch.knowledge.source import read
from kbmatch.matching.answer import answer
from kbmatch.matching.language import Message, MessageError, parse_message
from kbmatch.site.markup import MarkupError, Prose
from kbmatch.site.slots import Slots
from real_knowledge import matcher
from small_checkout import ROOT, kb, make_checkout

CORPUS = sorted((ROOT / "tests/fuzz/corpus").iterdir())
ERROR = "cups: printer office-2: media jam in tray 3"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_the_kept_corpus_does_no_harm(target: str, path: Path) -> None:
    TARGETS[target](path.read_bytes())


@pytest.mark.parametrize("target", TARGETS)
def test_any_bytes_do_no_harm(target: str) -> None:
    pieces = st.sampled_from([path.read_bytes() for path in CORPUS])

    @settings(max_examples=60, deadline=5000)
    @given(
        st.lists(st.one_of(st.binary(max_size=200), pieces, st.text().map(str.encode)), max_size=5)
    )
    def check(parts: list[bytes]) -> None:
        TARGETS[target](b"".join(parts))

    check()


def _filler(kind: str) -> str:
    """The longest thing a slot of this type takes, made of what the literals around it hold."""
    return {
        "ip": "1.1.1.1", "port": "1", "number": "1", "digest": "sha256:" + "a" * 64,
        "status": "403 forbidden forbidden", "url": "https://a.a/a", "path": "/a/a", "label": "a",
        "text": "a a a a ", "host": "a.a", "name": "a.a", "word": "a_a", "token": "a:a",
    }.get(kind, "a")  # fmt: skip


def _attacks(message: Message) -> list[str]:
    """Texts that begin like the message again and again, and never end like it."""
    parts = [p if isinstance(p, str) else _filler(p.type) for p in message.parts]
    texts = ["".join(parts[:end]) for end in range(1, len(parts) + 1)]
    texts += [text + " " for text in texts]
    texts += [p for p in parts if p.strip()]
    return list(dict.fromkeys(texts))


def _messages() -> list[tuple[str, Message]]:
    draft = read_knowledge(ROOT / "kb").draft
    found = []
    for symptom in draft.symptoms.values():
        for signature in symptom.signatures:
            try:
                message = parse_message(
                    signature.message, draft.settings.slots, line=signature.line
                )
            except MessageError:
                continue  # kb validate says so
            found.append((f"{symptom.id}/{signature.id}", message))
    return found


def _seconds(regex: re.Pattern[str], text: str) -> float:
    """Return the processor's time, which the load of the machine hardly changes."""
    start = time.thread_time()
    for _ in regex.finditer(text):
        pass
    return time.thread_time() - start


def test_the_time_of_each_real_signature_grows_no_faster_than_the_text() -> None:
    slow = []
    messages = _messages()
    assert len(messages) > 200
    for name, message in messages:
        regex = re.compile(message.regex)
        for attack in _attacks(message):
            small = "\n" + attack.lower() * (16000 // len(attack) + 1)
            if _seconds(regex, small) < 0.1:
                continue  # bounded repeats: what little it takes grows with the text
            large = "\n" + attack.lower() * (64000 // len(attack) + 1)
            base = min(_seconds(regex, small) for _ in range(3))
            taken = min(_seconds(regex, large) for _ in range(3))
            if taken > 8 * base:
                slow.append(f"{name}: {attack[:60]!r} {base:.3f}s, then {taken:.3f}s")
    assert slow == []


HEAVY = {
    "backslashes": "\\u0027 " + "\\" * 60,
    "escaped line ends": "\\r" * 30 + "x",
    "one error in one line": "dial tcp 203.0.113.5:443: connect: connection refused ",
    "one error a line": "dial tcp 203.0.113.5:443: connect: connection refused\n",
    "a known error a line": "dial tcp: lookup a.azurecr.io: no such host\n",
    "paths": "/manifests/a:a",
    "beginnings": "Unsupported upstream or login server '",
    "addresses": 'Get "https://a.example/v2/" ',
    "frames": "│ a │\n",
    "prefixes": "2026-11-24T01:02:03Z stdout F 2026-11-24T01:02:03Z stdout F x\n",
}


@pytest.mark.parametrize("attack", HEAVY)
def test_the_time_of_an_answer_grows_no_faster_than_the_text(attack: str) -> None:
    def seconds(size: int) -> float:
        text = HEAVY[attack] * (size // len(HEAVY[attack]))
        start = time.thread_time()
        answer(text, matcher(), "en")
        return time.thread_time() - start

    seconds(40_000)  # reads the signatures
    small, large = seconds(40_000), seconds(160_000)
    assert large < 8 * small + 0.5


ESCAPES = [
    "\x1b[2J\x1b[1;1H", "\x1b]0;title\x07", "\x1b]8;;http://evil\x1b\\", "\x1bPq\x1b\\", "\x9b2J", "\x9d0;t\x9c",
    "\x07", "\x08\x08", "\r", "\x00", "\u202e", "\u2066", "\x7f", "\x1b[6n",
]  # fmt: skip


@pytest.mark.parametrize("form", ["text", "json", "markdown", "github"])
@pytest.mark.parametrize("escape", ESCAPES, ids=lambda e: e.encode("unicode_escape").decode())
def test_no_escape_of_a_log_reaches_the_terminal(form: str, escape: str) -> None:
    log = f"{escape}cups: printer {escape}office-2{escape}: media jam in tray 3{escape} end\n"
    done = subprocess.run(
        [sys.executable, "-m", "kbmatch.cli.match", "--kb", str(ROOT / "tests/printers"),
         "--format", form, "--no-redact", "--why"],
        input=log.encode(), capture_output=True, timeout=60,
    )  # fmt: skip
    shown = (done.stdout + done.stderr).decode("utf-8")
    if form == "json":
        shown = json.dumps(json.loads(shown), ensure_ascii=False)
        shown = re.sub(r"\\u[0-9a-f]{4}|\\[bfnrt]", "", shown)
    raw = re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    assert raw == [], shown


SLOTS = Slots({"host": SlotKind("host", "a.example", Text({"en": "Host", "zh-TW": "主機"}))})
SAFE_TAGS = {
    "p", "strong", "em", "code", "pre", "ul", "ol", "li", "a", "br", "blockquote", "span", "hr",
    "table", "thead", "tbody", "tr", "th", "td", "h1", "h2", "h3", "h4", "h5", "h6",
}  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from([
                EVIL, "[a](javascript:alert(1))", "<a href='x'>", "![x](data:text/html,x)", "`", "**",
                "[", "](", ")", "\n", "&lt;", "&#60;script>", "<!--", "]]>", "{host}", '"', "'", "| a |",
                "[x]: javascript:y", "<javascript:alert(1)>", "vbscript:", "\\", "```\n", "symptom:a",
            ]),
            st.text(max_size=5),
        ),
        max_size=12,
    )
)  # fmt: skip
def test_no_html_of_the_knowledge_gets_into_a_page(parts: list[str]) -> None:
    prose = Prose(SLOTS, lambda scheme, name: "x.html")
    try:
        html = str(prose.block("".join(parts)))
    except MarkupError:
        return
    for tag, attributes in re.findall(r"<([a-zA-Z!/][^\s>]*)([^>]*)>", html):
        assert tag.strip("/").lower() in SAFE_TAGS, html
        assert not re.search(r"(?:^|\s)on[a-z]+=", re.sub(r'"[^"]*"', '""', attributes)), html
    for address in re.findall(r'(?:href|src)="([^"]*)"', html):
        assert re.match(r"https?:|x\.html|#", address), html


def test_yaml_runs_nothing_and_blows_up_nothing(tmp_path: Path) -> None:
    proof = tmp_path / "ran"
    bombs = {
        "tag": f"id: !!python/object/apply:os.system ['touch {proof}']\n",
        "laughs": "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{c}: &{c} [{','.join([f'*{p}'] * 9)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)),
        "deep": "[" * 50_000,
        "deep map": "".join(" " * n + "a:\n" for n in range(2000)),
        "long": "a: " + "x" * 30_000_000,
        "loop": "a: &a [*a]\n",
        "merge": "a: &a {b: 1}\nc: {<<: *a, <<: *a}\n",
    }  # fmt: skip
    for name, text in bombs.items():
        path = tmp_path / "page.yaml"
        path.write_text(text, "utf-8")
        start = time.thread_time()
        found = read(path, "page.yaml")
        assert time.thread_time() - start < 5, name
        assert found.problems, name
    assert not proof.exists()


@pytest.mark.parametrize("id", ["../../evil", "/tmp/evil", "..", "a/b", "a\\b", "con:", "a\nb"])
def test_no_id_leads_out_of_the_output_directory(id: str, tmp_path: Path) -> None:
    checkout = make_checkout(tmp_path / "c")
    page = checkout / "kb/symptoms/paper/paper-jam.yaml"
    text = page.read_text("utf-8").replace("id: paper-jam", f"id: {json.dumps(id)}", 1)
    page.write_text(text, "utf-8")
    assert load_knowledge(checkout / "kb").knowledge is None


def test_no_retired_id_writes_outside_the_site(tmp_path: Path) -> None:
    checkout = make_checkout(tmp_path / "c")
    page = checkout / "kb/symptoms/paper/paper-jam.yaml"
    evil = "retired_ids: ['../../../evil', '/tmp/kbmatch-evil', '../../../../../evil']"
    page.write_text(re.sub(r"retired_ids: .*", evil, page.read_text("utf-8")), "utf-8")
    kb("build", "--site-dir", tmp_path / "site", cwd=checkout)
    found = [path for path in tmp_path.rglob("*evil*") if tmp_path / "site" not in path.parents]
    assert found == []
    assert not list(Path("/tmp").glob("kbmatch-evil*"))


def test_no_command_of_the_knowledge_is_run(tmp_path: Path) -> None:
    checkout = make_checkout(tmp_path / "c")
    proof = tmp_path / "ran"
    for path in (checkout / "kb").rglob("*.yaml"):
        text = path.read_text("utf-8")
        path.write_text(re.sub(r"run: .*", f"run: touch {proof}", text), "utf-8")
    for command in (("build",), ("explain", "paper-jam", "--kb", "kb"), ("validate", "kb")):
        kb(*command, cwd=checkout)
    subprocess.run(
        [sys.executable, "-m", "kbmatch.cli.match", "--kb", checkout / "kb", "--all", ERROR], check=False
    )  # fmt: skip
    assert not proof.exists()
