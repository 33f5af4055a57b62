"""Problems read the same for people, programs, GitHub and code scanning."""

from __future__ import annotations

import json
from dataclasses import replace

from kbmatch.knowledge.model import Position
from kbmatch.knowledge.problems import (
    Problem,
    as_github,
    as_json,
    as_sarif,
    as_text,
    errors,
    in_order,
    printable,
    problem,
)

UNKNOWN = problem("KB101", Position("kb/a b,c.yaml", 3, 1), "close", key="titel", close="title")
SPACE = problem("KB111", Position("kb/x.yaml", 9, 4))
OWN = Problem(Position("kb/x.yaml", 1, 1), "KB501", "50% of\nit: bad", "")


def test_text_is_place_code_message_and_hint() -> None:
    assert as_text([UNKNOWN, SPACE]) == (
        "kb/a b,c.yaml:3:1 KB101 unknown key `titel`\n"
        "    hint: Did you mean `title`?\n"
        "kb/x.yaml:9:4 KB111 warning: white space at the end of the line\n"
        "    hint: `kb validate --fix` removes it.\n"
    )


def test_json_counts_and_lists() -> None:
    told = json.loads(as_json([UNKNOWN, SPACE]))
    assert (told["version"], told["errors"], told["warnings"]) == (1, 1, 1)
    assert told["problems"][0] == {
        "path": "kb/a b,c.yaml", "line": 3, "column": 1, "code": "KB101", "severity": "error",
        "message": "unknown key `titel`", "hint": "Did you mean `title`?",
    }  # fmt: skip
    assert json.loads(as_json([]))["problems"] == []


def test_github_escapes_what_its_commands_use() -> None:
    first, second = as_github([UNKNOWN, OWN]).splitlines()
    assert first == (
        "::error file=kb/a b%2Cc.yaml,line=3,col=1,title=KB101::"
        "unknown key `titel`%0ADid you mean `title`?"
    )
    assert second.endswith("title=KB501::50%25 of%0Ait: bad")


def test_sarif_names_rules_and_places() -> None:
    log = json.loads(as_sarif([UNKNOWN, SPACE, OWN], "1.2.3"))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["KB101", "KB111", "KB501"]
    assert rules[0]["shortDescription"]["text"] == "A key is unknown"
    assert rules[0]["fullDescription"]["text"] in rules[0]["help"]["text"]
    assert "But so" in rules[0]["help"]["text"]
    chinese = json.loads(as_sarif([UNKNOWN], "1.2.3", "zh-TW"))["runs"][0]["tool"]["driver"]
    assert "要這樣寫" in chinese["rules"][0]["help"]["text"]
    assert rules[1]["defaultConfiguration"] == {"level": "warning"}
    assert run["columnKind"] == "unicodeCodePoints"
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "kb/a%20b%2Cc.yaml"
    assert place["region"] == {"startLine": 3, "startColumn": 1}
    assert [result["level"] for result in run["results"]] == ["error", "warning", "error"]
    prints = [result["partialFingerprints"]["problem/v1"] for result in run["results"]]
    lower = replace(UNKNOWN, position=Position(UNKNOWN.position.path, 7, 1))
    (again,) = json.loads(as_sarif([lower], "1.2.3"))["runs"][0]["results"]
    assert again["partialFingerprints"]["problem/v1"] == prints[0] != prints[1]


def test_problem_can_be_worded_again() -> None:
    chinese = UNKNOWN.in_language("zh-TW")
    assert chinese.message == "不認得的鍵 `titel`" and chinese.hint == "是不是要寫 `title`？"
    assert chinese.in_language("en") == UNKNOWN
    assert OWN.in_language("zh-TW") == OWN


def test_order_is_by_path_and_line_and_each_once() -> None:
    assert in_order([SPACE, OWN, UNKNOWN, SPACE]) == (UNKNOWN, OWN, SPACE)
    assert errors([SPACE, OWN, UNKNOWN]) == 2


def test_hostile_words_stay_on_one_line() -> None:
    assert printable("a\x1b[31m\nb") == "a�[31m␣b"
    assert len(printable("x" * 500)) == 80
    sneaky = problem("KB101", Position("kb/\x1b[2J.yaml", 1, 1), key="{close}", known="{0}")
    assert "\x1b" not in as_text([sneaky]) and "{close}" in sneaky.message
