"""The search without Hyperscan: it finds what Hyperscan finds, in real texts as dirty as they come."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

import kbmatch.matching.groups as groups
from kbmatch.matching.gate import make_gate
from kbmatch.matching.scan import scan
from real_knowledge import matcher
from real_texts import case_texts

TEXTS = case_texts()[::16]
FORMS: dict[str, Callable[[str], str]] = {
    "as printed": str,
    "in capitals": str.upper,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON in JSON": lambda text: json.dumps(json.dumps(text)),
    "HTML-safe JSON": lambda text: (
        json.dumps(text)[1:-1]
        .replace('"', r"\u0022")
        .replace("'", r"\u0027")
        .replace("<", r"\u003c")
        .replace(">", r"\u003e")
        .replace("&", r"\u0026")
    ),
    "colours without escape": lambda text: "[31m" + text.replace(": ", "[0m: [1m", 1) + "[0m",
    "a word a line": lambda text: text.replace(" ", "\n"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_message_is_found_whatever_its_words_stand_in(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "_SHORT", 0)
    by = matcher()
    plain, fast = make_gate(by, hyperscan=False), make_gate(by, hyperscan=True)
    found = 0
    for text in TEXTS:
        log = f"docker pull from a registry\n{FORMS[form](text)}\n".encode()
        alike = [
            [(hit.signature, hit.start) for window in scan([log], by, gate) for hit in window.hits]
            for gate in (plain, fast)
        ]
        assert alike[0] == alike[1], text
        found += len(alike[0])
    assert found > len(TEXTS)
