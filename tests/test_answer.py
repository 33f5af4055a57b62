"""The answer's contract: roles, lines, counts, slots, and silence when nothing is known."""

import re

from kbmatch.knowledge.model import Text
from kbmatch.knowledge.settings import SlotKind
from kbmatch.matching.answer import answer, derive, shorten
from kbmatch.matching.compile import matchable
from kbmatch.matching.language import parse_message
from small_knowledge import matcher, symptom

JAM = symptom("jam", "pulling {image} jammed")
LOW = symptom("low", "toner is low")


def test_json_holds_what_the_contract_says() -> None:
    text = 'fine\nGet "https://r1.example.io/v2/": pulling r1.example.io/team/app:v2 jammed\ntoner is low\ntoner is low'
    result = answer(text, matcher(JAM, LOW), "zh-TW").as_json()
    assert result["version"] == 1
    assert result["outcome"] == "match"
    assert result["language"] == "zh-TW"
    assert result["related"] == []
    first, second = result["matches"]
    assert first == {
        "id": "jam",
        "title": "Title of jam（中文）",
        "page": "zh-TW/symptoms/jam.html",
        "role": "primary",
        "line": 2,
        "count": 1,
        "text": 'Get "https://r1.example.io/v2/": pulling r1.example.io/team/app:v2 jammed',
        "signature": "jam/s0",
        "slots": {
            "image": "r1.example.io/team/app:v2",
            "login_server": "r1.example.io",
            "registry": "r1",
            "repository": "team/app",
            "tag": "v2",
        },
    }
    assert (second["id"], second["line"], second["count"]) == ("low", 3, 2)


def test_the_surroundings_fill_slots_the_message_does_not_have() -> None:
    text = 'Get "https://r9.example.io/v2/": toner is low'
    assert answer(text, matcher(LOW), "en").found[0].slots["registry"] == "r9"


def test_nothing_known_is_said_plainly() -> None:
    result = answer("all is well", matcher(JAM, LOW), "en")
    assert (result.outcome, result.found) == ("none", ())


def test_a_message_cut_inside_a_word_is_found_with_its_line() -> None:
    made = matcher(symptom("limit", "you have reached your pull limit"))
    line = "error: you have reached your pu"
    padded = "x" * (60 - len(line)) + " " + line
    result = answer(f"short\n{padded}\nll limit", made, "en")
    assert [(f.id, f.line) for f in result.found] == [("limit", 2)]


def test_long_lines_are_cut_around_the_message() -> None:
    line = "a" * 1000 + "MESSAGE" + "b" * 1000
    assert "MESSAGE" in shorten(line, 1000)
    assert len(shorten(line, 1000)) == 402
    words = "word " * 200 + "MESSAGE" + " more" * 200
    assert re.fullmatch(r"…(word )+MESSAGE( more)+…", shorten(words, 1000))
    assert re.fullmatch(r"MESSAGE( more)+…", shorten(words[1000:], 0))


def test_a_value_is_read_by_the_first_template_that_fits() -> None:
    kinds = {
        "image": SlotKind("token", "a/b:c", Text({"en": "Image"})),
        "host": SlotKind("host", "a", Text({"en": "Host"})),
        "repository": SlotKind("path", "b", Text({"en": "Repository"})),
        "tag": SlotKind("token", "c", Text({"en": "Tag"})),
        "digest": SlotKind("digest", "sha256:0", Text({"en": "Digest"})),
    }
    templates = ("{host}/{repository}@{digest}", "{host}/{repository}:{tag}")
    rules = [
        {"from": "image", **matchable(parse_message(text, kinds, template=True))}
        for text in templates
    ]
    slots = {"image": "reg.example/team/web@sha256:0a1b2c3d4e5f"}
    derive(slots, rules)
    assert slots["repository"] == "team/web"
    assert slots["digest"] == "sha256:0a1b2c3d4e5f" and "tag" not in slots
    slots = {"image": "reg.example/team/web:1.2"}
    derive(slots, rules)
    assert (slots["repository"], slots["tag"]) == ("team/web", "1.2")
