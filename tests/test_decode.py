"""Documents become model objects; everything wrong is told at once, with a way out."""

from __future__ import annotations

import pytest

from kbmatch.knowledge.decode import Decoded, closest, decode
from kbmatch.knowledge.model import Command, Solution, Symptom, Term
from kbmatch.knowledge.shapes import Override
from kbmatch.knowledge.source import read_bytes

SOLUTION = """\
id: fill-tray
area: paper
title: {en: Fill the tray, zh-TW: 裝紙}
steps:
  - text: {en: Open it., zh-TW: 打開。}
    commands:
      - {run: cancel -a, changes: true}
verify:
  text: {en: Print., zh-TW: 印。}
  commands: [{run: lp x}]
  expected: request id
"""


def decoded(kind: str, text: str, languages: tuple[str, ...] = ("en", "zh-TW")) -> Decoded:
    source = read_bytes(text.encode(), "x.yaml").source
    assert source is not None
    return decode(kind, source, languages)


def told(kind: str, text: str) -> list[tuple[str, str, str, str]]:
    return [
        (f"{p.position.line}:{p.position.column}", p.code, p.message, p.hint)
        for p in decoded(kind, text).problems
    ]


def test_solution_becomes_an_immutable_object() -> None:
    result = decoded("solution", SOLUTION)
    solution = result.value
    assert result.problems == [] and isinstance(solution, Solution)
    assert solution.steps[0].commands == (Command("cancel -a", changes=True),)
    assert solution.title["zh-TW"] == "裝紙" and solution.links == ()
    with pytest.raises(AttributeError):
        solution.id = "other"
    with pytest.raises(TypeError):
        solution.title.values["en"] = "other"


def test_texts_come_with_their_places() -> None:
    places = [path for path, _ in decoded("solution", SOLUTION).texts]
    assert places == [("title",), ("steps", 0, "text"), ("verify", "text")]


def test_language_tag_is_a_key_with_a_hyphen() -> None:
    (term,) = decoded("glossary", "- {en: tray, zh-TW: 紙匣}\n").value
    assert term == Term("tray", "紙匣")


def test_unknown_key_has_a_guess() -> None:
    (problem,) = told("solution", SOLUTION.replace("title:", "titel:", 1))[:1]
    assert problem == ("3:1", "KB101", "unknown key `titel`", "Did you mean `title`?")


def test_missing_key_is_told_where_it_belongs() -> None:
    problems = told("solution", SOLUTION.replace("  expected: request id\n", ""))
    assert [problem[:3] for problem in problems] == [("9:3", "KB102", "key `expected` is missing")]


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("changes: true", "changes: maybe", "KB103", "must be true or false, not `maybe`"),
        ("run: lp x", "run: [lp]", "KB103", "`verify.commands[0].run` must be a text"),
        ("run: lp x", "run: true", "KB103", "YAML reads `true` as true or false"),
        ("run: lp x", "run: ", "KB106", "`verify.commands[0].run` is empty"),
        ("[{run: lp x}]", "{run: lp x}", "KB103", "`verify.commands` must be a list"),
        ("[{run: lp x}]", "[lp x]", "KB103", "must be a mapping"),
        ("[{run: lp x}]", "[]", "KB106", "list `verify.commands` is empty"),
        ("{en: Print., zh-TW: 印。}", "Print.", "KB103", "one text per language"),
        ("{en: Print., zh-TW: 印。}", "{en: Print.}", "KB105", "no text in zh-TW"),
        ("{en: Print., zh-TW: 印。}", "{en: P., zh-tw: 印}", "KB101", "unknown key `zh-tw`"),
        ("{en: Print., zh-TW: 印。}", "{en: P., zh-TW: }", "KB106", "`verify.text.zh-TW` is empty"),
        ("id: fill-tray", "id: Fill_Tray", "KB108", "`Fill_Tray` is not a kebab-case id"),
        ("run: lp x", "run: lp x, shell: bash", "KB104", "can't be `bash`"),
    ],
)
def test_wrong_value_is_told_in_the_authors_words(
    old: str, new: str, code: str, words: str
) -> None:
    assert old in SOLUTION
    problems = told("solution", SOLUTION.replace(old, new, 1))
    assert any(problem[1] == code and words in problem[2] for problem in problems), problems
    assert all(problem[3] for problem in problems)


def test_all_problems_come_at_once_and_gaps_are_filled() -> None:
    result = decoded("symptom", "id: BAD\ntitel: x\ncauses: nothing\n")
    codes = [problem.code for problem in result.problems]
    assert codes.count("KB102") >= 5 and {"KB101", "KB103", "KB108"} <= set(codes)
    assert isinstance(result.value, Symptom)
    assert result.value.title["en"] == "" and result.value.causes == ()


@pytest.mark.parametrize("text", ["just words\n", "- a\n- b\n", "~\n", "true\n"])
def test_document_of_another_form_is_told_once(text: str) -> None:
    (problem,) = decoded("solution", text).problems
    assert problem.code in ("KB103", "KB106")


def test_list_file_without_entries_is_empty() -> None:
    assert decoded("links", "# none yet\n[]\n").value == ()
    assert decoded("glossary", "~\n").value == ()


def test_dates_and_addresses_have_a_form() -> None:
    link = "- {id: a, url: example.com, title: {en: a, zh-TW: b}, summary: {en: a, zh-TW: b}"
    problems = decoded("links", link + ", checked: 24/11/2026}\n").problems
    assert sorted(problem.code for problem in problems) == ["KB112", "KB310"]
    assert not decoded(
        "links", link.replace(": e", ": http://e") + ", checked: 2026-11-24}\n"
    ).problems


def test_override_keeps_only_what_it_replaces() -> None:
    result = decoded("cause-override", "overrides: a-b\ntitle: {en: New, zh-TW: 新}\n")
    assert isinstance(result.value, Override) and not result.problems
    assert result.value.overrides == "a-b" and list(result.value.changes) == ["title"]
    (problem,) = decoded("symptom-override", "overrides: a\nsignatures: []\n").problems
    assert problem.code == "KB101"


def test_other_languages_can_be_asked_for() -> None:
    assert not decoded("glossary", "- {en: a, zh-TW: b, note: {de: c}}\n", ("de",)).problems
    assert decoded("glossary", "- {en: a, zh-TW: b, note: {de: c}}\n").problems


def test_words_from_a_file_cannot_drive_a_terminal() -> None:
    (problem,) = decoded("glossary", '- {en: a, zh-TW: b, "\\e[31mx\\n": c}\n').problems
    assert "\x1b" not in problem.message and "\n" not in problem.message


def test_closest_word() -> None:
    assert closest("lookalikes", ["look_alikes", "links"]) == "look_alikes"
    assert closest("zh_tw", ["en", "zh-TW"]) == "zh-TW"
    assert closest("nothing", ["en"]) == ""
