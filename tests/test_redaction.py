"""Masking for tickets: no planted secret gets through, the words of the error stay."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbmatch.redaction import redact

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "scripts/kbmatch/redaction.json"
LINES = [
    json.loads(line)
    for line in (ROOT / "tests/data/secrets.jsonl").read_text(encoding="utf-8").splitlines()
]


def test_the_corpus_is_large_enough() -> None:
    assert sum(len(line["secrets"]) for line in LINES) >= 450
    assert sum(not line["secrets"] for line in LINES) >= 120


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["text"][:40])
def test_secrets_go_and_the_error_stays(line: dict[str, list[str]]) -> None:
    masked = redact(str(line["text"]))
    assert [secret for secret in line["secrets"] if secret.lower() in masked.lower()] == [], masked
    assert [words for words in line["stay"] if words not in masked] == [], masked
    if line["stay"] == [line["text"]]:
        assert masked == line["text"]


@pytest.mark.parametrize("wrap", ["time=x level=error msg={}", "2026-11-24T01:02:03Z stderr F {}"])
def test_also_inside_a_log_line(wrap: str) -> None:
    for line in LINES:
        if "\n" in line["text"] or line["text"].startswith(" ") or "$ " in line["text"]:
            continue  # told by their place at the start of a line
        masked = redact(wrap.format(line["text"]))
        assert [secret for secret in line["secrets"] if secret in masked] == [], masked


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["text"][:40])
def test_masking_twice_changes_nothing_more(line: dict[str, str]) -> None:
    once = redact(line["text"])
    assert redact(once) == once


def test_one_registry_has_one_number_throughout() -> None:
    masked = redact(
        "pull one1reg.azurecr.io/a; two2reg.azurecr.io/b; ONE1REG.azurecr.io/c; registry one1reg"
    )
    assert masked == (
        "pull <registry-1>.azurecr.io/a; <registry-2>.azurecr.io/b; "
        "<registry-1>.azurecr.io/c; registry <registry-1>"
    )


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_any_text_is_masked_without_failing(text: str) -> None:
    redact(text)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from([line["text"] for line in LINES]), min_size=1, max_size=4),
    st.sampled_from(["\n", " | ", "; ", "\r\n"]),
)
def test_secrets_go_beside_each_other(texts: list[str], between: str) -> None:
    if between != "\n":
        texts = [text for text in texts if not re.match(r"[ c]|password|Username|.*:$", text)]
    masked = redact("\n".join(texts))
    planted = [s for line in LINES if line["text"] in texts for s in line["secrets"]]
    assert [secret for secret in planted if secret in masked] == []


def _adversarial() -> list[str]:
    """Pieces of every rule's own words, which make its expression start everywhere."""
    rules = json.loads(RULES.read_text(encoding="utf-8"))["rules"]
    pieces = {word for rule in rules for word in rule.get("when", [])}
    pieces |= {
        "-----BEGIN X-----", "eyJ", "eyJa.", "a@", "a.b.", "a=", "://a:", "https://", "Bearer ",
        "password=", "password ", "-p ", "login ", "login -u ", "az acr login ", "uid=1(", "C:\\Users\\",
        "lookup ", "image ", "to ", "10.", "10.0.0.", "fd00:", "fe80::", "aa:", "\\\\a", "\\\"a", "'",
        '"auth": "', "client '", "user ", " ", "\t", "\n", "a", "A1", "-", ".", "%3d", "echo ", "curl ",
    }  # fmt: skip
    return sorted(pieces)


def _seconds(text: str) -> float:
    best = 9.0
    for _ in range(3):
        start = time.thread_time()
        redact(text)
        best = min(best, time.thread_time() - start)
    return best


@pytest.mark.parametrize("piece", _adversarial())
def test_time_grows_no_faster_than_the_text(piece: str) -> None:
    times = 3000 // len(piece) + 1
    small, large = _seconds(piece * times), _seconds(piece * times * 4)
    assert large < 0.08 or large < 8 * small, f"{small:.3f}s, then {large:.3f}s"


@pytest.mark.parametrize(
    "piece", ["a", "=", "@", "/", "a.b.", "-----BEGIN X-----\n", "https://", "password: ", "curl "]
)
def test_a_megabyte_of_anything_is_masked_in_seconds(piece: str) -> None:
    start = time.thread_time()
    redact(piece * (1_000_000 // len(piece)))
    assert time.thread_time() - start < 8  # measured: 0.4 to 3 seconds on a busy machine


def test_many_hosts_cost_no_more_than_few() -> None:
    def hosts(count: int) -> str:
        return " ".join(f"https://host{number % count}x.corp.lan/" for number in range(6000))

    few, many = _seconds(hosts(6)), _seconds(hosts(6000))
    assert many < 4 * few, f"{few:.3f}s, then {many:.3f}s"


def test_masks_are_no_names_to_be_masked() -> None:
    masked = redact("https://host-1.corp.lan/ https://host-1/ https://aaa/ <host-1>")
    assert masked == "https://<host-1>/ https://<host-2>/ https://aaa/ <host-1>".replace(
        "aaa", "<host-3>"
    )


def test_rules_keep_to_what_javascript_reads_the_same() -> None:
    data = json.loads(RULES.read_text(encoding="utf-8"))
    sources = dict(data["parts"])
    for rule in data["rules"]:
        sources[rule["id"]] = rule["pattern"] + rule.get("unless", "")
    for name, source in sources.items():
        plain = source.replace("\\\\", "")
        assert not re.search(r"\\[bBdDsSwWAZz]|\(\?P|\(\?[aiLmsux]", plain), name


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js")
def test_javascript_masks_the_same() -> None:
    texts = [line["text"] for line in LINES]
    script = ROOT / "tests/redact.mjs"
    result = subprocess.run(
        ["node", str(script), str(RULES)],
        input=json.dumps(texts), capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert json.loads(result.stdout) == [redact(text) for text in texts]


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js")
def test_javascript_masks_long_texts_in_time_and_the_same() -> None:
    pieces = ("a=", "https://", "login -p x ", "https://h1.corp.lan/ ", "password: ")
    texts = [piece * (100_000 // len(piece)) for piece in pieces]
    result = subprocess.run(
        ["node", str(ROOT / "tests/redact.mjs"), str(RULES)],
        input=json.dumps(texts), capture_output=True, text=True, encoding="utf-8", check=True,
        timeout=30,
    )  # fmt: skip
    assert json.loads(result.stdout) == [redact(text) for text in texts]
