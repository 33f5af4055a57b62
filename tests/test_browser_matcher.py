"""The matcher of the page gives the answers of `kbmatch`, case by case."""

import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from kbmatch.matching.answer import Quote, answer
from kbmatch.matching.browser import browser_data
from kbmatch.matching.normalise import normalise
from real_knowledge import CASES, ROOT, knowledge, matcher

SCRIPTS = [
    ROOT / "site_overrides/assets/kb/match" / f"{name}.js"
    for name in ("normal", "literals", "quote", "matcher")
]
PROGRAM = """
const scripts = process.argv.slice(1).map((path) => require('fs').readFileSync(path, 'utf8'));
const make = new Function(`${scripts.join('\\n')} return makeKbMatcher;`)();
const [data, texts] = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const matcher = make(data);
const output = texts.map((text) => [matcher.answer(text), matcher.normalise(text)]);
process.stdout.write(JSON.stringify(output));
"""

pytestmark = pytest.mark.skipif(
    not shutil.which("node"), reason="no node; the browser tests run the same cases"
)


def case_texts() -> list[str]:
    lines = [line for path in sorted(CASES.glob("*.jsonl")) for line in _lines(path)]
    return [json.loads(line)["text"] for line in lines]


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line.strip()]


def in_javascript(texts: list[str]) -> list[tuple[list[dict[str, Any]], str]]:
    done = subprocess.run(
        ["node", "-e", PROGRAM, *map(str, SCRIPTS)],
        input=json.dumps([browser_data(matcher().pack), texts]),
        capture_output=True,
        text=True,
        check=True,
    )
    return [(found, cased) for found, cased in json.loads(done.stdout)]


def _quote(quote: Quote) -> dict[str, Any]:
    before = quote.line[: quote.place].encode("utf-16-le")  # JavaScript counts in these
    return {"line": quote.line, "place": len(before) // 2}


def in_python(text: str) -> list[dict[str, Any]]:
    found = answer(text, matcher(), "en")
    quotes = [_quote(one.quote) for one in found.found]
    matches = zip(found.as_json()["matches"], quotes, strict=True)
    return [
        {k: v for k, v in m.items() if k not in ("title", "page")} | {"quote": quote}
        for m, quote in matches
    ]


def test_every_case_gets_the_same_answer() -> None:
    texts = case_texts()
    for text, (found, _) in zip(texts, in_javascript(texts), strict=True):
        assert found == in_python(text), text


def test_logs_of_mixed_and_dirty_lines_get_the_same_answer() -> None:
    chance = random.Random(11)
    lines = [line for text in case_texts() for line in text.splitlines()]
    dirt = [
        "\x1b[31m",
        "\x00",
        "　",
        "“",
        '\\"',
        "\\u0027",
        "│ ",
        " │",
        "\r",
        "２",
        "\t\t",
        "-" * 90,
    ]
    logs = []
    for _ in range(60):
        picked = chance.sample(lines, 25)
        logs.append("\n".join(chance.choice(dirt) * chance.randrange(2) + line for line in picked))
    for text, (found, cased) in zip(logs, in_javascript(logs), strict=True):
        assert cased == normalise(text).cased
        assert found == in_python(text), text


def test_dense_logs_get_the_same_answer() -> None:
    """Near misses on every line, one message a thousand times, one line of half a megabyte."""
    chance = random.Random(5)
    near = [
        text for s in knowledge().symptoms.values() for g in s.signatures for text in g.near_misses
    ]
    samples = [
        text for s in knowledge().symptoms.values() for g in s.signatures for text in g.samples
    ]
    repeated = "dial tcp: lookup example.azurecr.io: no such host"
    logs = [
        "\n".join(chance.choice(near) for _ in range(600)),
        'npm http fetch GET 200 "https://registry.npmjs.org/left-pad"\n' * 1100
        + 'Error response from daemon: Get "https://myacr01.azurecr.io/v2/": EOF',
        "\n".join(chance.choice(samples)[: chance.randrange(20, 200)] for _ in range(600)),
        f"{repeated} x\n" * 1200 + "filler of another kind\n" * 300 + repeated,
        " ".join(chance.choice(samples).replace("\n", " ") for _ in range(600)),
    ]
    for text, (found, _) in zip(logs, in_javascript(logs), strict=True):
        assert found == in_python(text)


def test_a_long_line_is_cut_between_words_and_says_so() -> None:
    message = "dial tcp: lookup example.azurecr.io: no such host"
    text = "before " * 90 + message + " after" * 90
    found = in_javascript([text])[0][0][0]["text"]
    assert found == in_python(text)[0]["text"]
    assert found.startswith("…before ") and found.endswith(" after…") and message in found
    assert len(found) <= 402
