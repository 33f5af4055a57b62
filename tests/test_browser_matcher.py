"""The matcher of the page gives the answers of `kbmatch`, case by case."""

import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from kbmatch.matching.answer import answer
from kbmatch.matching.browser import browser_data
from kbmatch.matching.normalise import normalise
from real_knowledge import CASES, ROOT, matcher

SCRIPT = ROOT / "site_overrides" / "assets" / "kb" / "matcher.js"
PROGRAM = """
const make = require(process.argv[1]);
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
        ["node", "-e", PROGRAM, str(SCRIPT)],
        input=json.dumps([browser_data(matcher().pack), texts]),
        capture_output=True,
        text=True,
        check=True,
    )
    return [(found, cased) for found, cased in json.loads(done.stdout)]


def in_python(text: str) -> list[dict[str, Any]]:
    matches = answer(text, matcher(), "en").as_json()["matches"]
    return [{k: v for k, v in m.items() if k not in ("title", "page")} for m in matches]


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
