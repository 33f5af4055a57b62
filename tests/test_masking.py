"""No secret and no internal name survives in an answer, wherever a line happens to break."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kbmatch.cli.masking import mask
from kbmatch.cli.render import Renderer, Style
from kbmatch.matching.answer import answer
from kbmatch.matching.compile import compile_pack
from kbmatch.matching.matcher import Matcher
from kbmatch.matching.pack import Pack
from kbmatch.redaction import redact
from kbmatch.texts import load
from small_knowledge import knowledge, symptom

SECRETS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data/secrets.jsonl").read_text("utf-8").splitlines()
]
LAST = 8


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(Pack(compile_pack(knowledge(symptom("jam", "paper jam in tray {number}"))), "p"))


@pytest.mark.parametrize("line", SECRETS, ids=lambda line: str(line["text"])[:40])
def test_a_line_break_hides_no_secret(line: dict[str, list[str]], matcher: Matcher) -> None:
    text = str(line["text"]).replace("\n", " ")
    for blanks in range(0, 81, 5):
        whole = f"paper jam in tray 3 {'x' * blanks} {text}"
        known = redact(whole)  # what the rules miss in this line is not ours to find
        found = answer(whole, matcher, "en")
        names = mask([text], [found])
        renderer = Renderer(found, matcher, load("match", "en"), style=Style(False), masked=True)
        forms = (renderer.terminal(), renderer.markdown(), renderer.github(), names[0])
        shown = "".join([*forms, json.dumps(found.as_json())])
        for secret in line["secrets"]:
            if len(secret) >= LAST and secret[-LAST:] not in known:
                assert secret[-LAST:] not in "".join(shown.split()), shown


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
