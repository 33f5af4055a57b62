"""Each rule finds its bad example, says where it is, and finds nothing in good knowledge."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbmatch import texts
from kbmatch.knowledge.problems import WARNING_CODES
from kbmatch.knowledge.rules import rule_pages
from kbmatch.knowledge.rules_commands import secrets
from kbmatch.knowledge.source import read
from kbmatch.knowledge.validate import validate
from kbmatch.matching.rules import RULES as SIGNATURE_RULES

HERE = Path(__file__).parent
PRINTERS = HERE / "printers"
BAD = HERE / "bad"


# A message that belongs to the bad example, as authors see it: line, column, words.
PLACES = {
    "KB004": ("glossary.yaml", 9, 12),
    "KB007": ("symptoms/paper/paper-jam.yaml", 5, 1),
    "KB101": ("symptoms/paper/paper-jam.yaml", 29, 1),
    "KB204": ("causes/paper/wrong-paper-size.yaml", 17, 31),
    "KB301": ("symptoms/network/printer-unreachable.yaml", 9, 41),
    "KB303": ("causes/paper/wrong-paper-size.yaml", 5, 23),
    "KB305": ("symptoms/paper/paper-jam.yaml", 9, 17),
    "KB307": ("causes/paper/wrong-paper-size.yaml", 5, 76),
    "KB308": ("causes/paper/wrong-paper-size.yaml", 9, 53),
}


def broken(code: str, target: Path) -> Path:
    """Lay the bad example of a rule over a copy of the printers' knowledge."""
    knowledge = target / "kb"
    shutil.copytree(PRINTERS, knowledge)
    for path in knowledge.rglob("*.yaml"):
        # The copy lies elsewhere, so its schema lines name files that don't exist there.
        text = path.read_text(encoding="utf-8")
        path.write_text(_schema_line(text), encoding="utf-8")
    for path in sorted((BAD / code).rglob("*")):
        if path.is_file():
            copy = knowledge / path.relative_to(BAD / code)
            copy.parent.mkdir(parents=True, exist_ok=True)
            data = path.read_bytes()
            try:
                data = _schema_line(data.decode("utf-8")).encode()
            except UnicodeDecodeError:
                pass
            copy.write_bytes(data)
    return knowledge


def _schema_line(text: str) -> str:
    first, newline, rest = text.partition("\n")
    if "$schema=" not in first:
        return text
    return f"# yaml-language-server: $schema=https://x/{first.rsplit('/')[-1]}{newline}{rest}"


EXAMPLES = sorted(path.name for path in BAD.iterdir())


@pytest.mark.parametrize("code", EXAMPLES)
def test_bad_example_breaks_its_rule_and_no_other(code: str, tmp_path: Path) -> None:
    knowledge = broken(code, tmp_path)
    found = validate(knowledge).problems
    codes = {item.code for item in found}
    assert code in codes
    # A changed text is not recorded yet; an overlay has no records and no schema line.
    harmless = {"KB110", "KB401", "KB402", "KB404"} - {code}
    assert codes - harmless == {code}, [str(item) for item in found]
    for item in found:
        assert item.message and item.hint
        assert item.severity == ("warning" if item.code in WARNING_CODES else "error")
    if code in PLACES:
        path, line, column = PLACES[code]
        places = [item.position for item in found if item.code == code]
        shown = [(p.path.split("/kb/")[-1], p.line, p.column) for p in places]
        assert (path, line, column) in shown


@pytest.mark.parametrize("code", EXAMPLES)
def test_bad_example_is_told_in_chinese_too(code: str, tmp_path: Path) -> None:
    for item in validate(broken(code, tmp_path)).problems:
        translated = item.in_language("zh-TW")
        assert translated.message != item.message or not item.domain
        assert translated.position == item.position
        assert any("\u4e00" <= character <= "\u9fff" for character in translated.message)


def test_good_knowledge_has_no_problem() -> None:
    assert validate(PRINTERS).problems == ()


def test_all_problems_of_a_broken_tree_come_in_one_run(tmp_path: Path) -> None:
    knowledge = broken("KB101", tmp_path)
    for code in ("KB104", "KB105", "KB203", "KB301", "KB310"):
        for path in sorted((BAD / code).rglob("*.yaml")):
            copy = knowledge / path.relative_to(BAD / code)
            copy.write_bytes(path.read_bytes())
    codes = {item.code for item in validate(knowledge).problems}
    assert {"KB101", "KB104", "KB105", "KB203", "KB301", "KB310"} <= codes


def test_problems_come_by_path_and_line(tmp_path: Path) -> None:
    knowledge = broken("KB210", tmp_path)
    (knowledge / "causes" / "paper" / "x.yaml").write_text("id: y\n")
    places = [
        (item.position.path, item.position.line, item.position.column)
        for item in validate(knowledge).problems
    ]
    assert places == sorted(places) and len(places) > 5


def test_rules_of_other_parts_are_asked() -> None:
    class Rule:
        code = "XX1"

        def check(self, knowledge, documents):
            assert knowledge.symptoms["paper-jam"]
            assert documents.position("symptom", "paper-jam", "signatures", 0, "message").line == 14
            return iter(())

    assert validate(PRINTERS, [Rule()]).problems == ()


@pytest.mark.parametrize(
    "run",
    [
        "tool login -u me --password hunter2",
        "tool login -u me --password=hunter2",
        "tool login -u me -p hunter2 server",
        "tool create --docker-password $SECRET",
        "az login --client-secret abc",
        "curl -u me:hunter2 https://example.com",
        "curl -H 'Authorization: Bearer eyJhbGciOi.abc' https://example.com",
    ],
)
def test_secret_on_a_command_line_is_seen(run: str) -> None:
    assert list(secrets(run))


@pytest.mark.parametrize(
    "run",
    [
        "tool login -u me --password-stdin < secret.txt",
        "tool login -u me -p",
        "mkdir -p /etc/tool",
        "tool run -p 8080:80 server",
        "curl -u me https://example.com",
        'curl -H "Authorization: Bearer $TOKEN" https://example.com',
        "tool reset --password --force",
        "tool login server && mkdir -p /etc/tool",
    ],
)
def test_harmless_command_lines_pass(run: str) -> None:
    assert not list(secrets(run))


def test_every_rule_has_a_page_and_both_languages() -> None:
    english, chinese = rule_pages("en"), rule_pages("zh-TW")
    assert [page.code for page in english] == [page.code for page in chinese]
    for page, other in zip(english, chinese, strict=True):
        assert page.title and page.why and page.bad and page.good
        assert page.title != other.title and page.why != other.why
        assert (page.bad, page.good) == (other.bad, other.good)


def test_both_languages_word_the_same_messages() -> None:
    english, chinese = texts.load("rules", "en"), texts.load("rules", "zh-TW")
    examples = {key for key in english if key.endswith((".bad", ".good"))}
    assert set(english) - examples == set(chinese)


def test_every_rule_has_a_bad_example() -> None:
    # Made by code where a file can't be kept: too large, or absent.
    made_elsewhere = {"KB003", "KB109", "KB404"}
    assert {page.code for page in rule_pages("en")} - made_elsewhere == set(EXAMPLES)


SPOILT_TEXTS = [
    "", " ", "*", "x", "a-b", "{tray}", "<b>", "[x](y:z)", "[x](symptom:)", "# x"
]  # fmt: skip
SPOILT_PARTS = [
    None, True, [], {}, [[]], ["x"], [None], {"en": "a", "zh-TW": "打印機"}, {"id": "x"},
    [{"id": ""}],
]  # fmt: skip
SPOILT = st.sampled_from([*SPOILT_TEXTS, *SPOILT_PARTS])


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_no_spoilt_document_stops_validation(data: st.DataObject) -> None:
    kinds = sorted(path.relative_to(PRINTERS) for path in PRINTERS.rglob("*.yaml"))
    with tempfile.TemporaryDirectory() as folder:
        knowledge = Path(folder) / "kb"
        shutil.copytree(PRINTERS, knowledge)
        for name in data.draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3)):
            source = read(knowledge / name).source
            assert source is not None
            paths = [path for path in source.marks if path]
            value = source.value
            if paths:
                *above, last = data.draw(st.sampled_from(paths))
                inner = value
                for part in above:
                    inner = inner[part]
                inner[last] = data.draw(SPOILT)
            # JSON is YAML too.
            (knowledge / name).write_text(json.dumps(value), encoding="utf-8")
        for item in validate(knowledge, SIGNATURE_RULES).problems:
            assert item.message and item.position.line >= 1


def test_missing_settings_and_records_are_problems(tmp_path: Path) -> None:
    knowledge = tmp_path / "kb"
    shutil.copytree(PRINTERS, knowledge)
    shutil.rmtree(knowledge / "translations")
    assert "KB404" in {item.code for item in validate(knowledge).problems}
    (knowledge / "kb.yaml").unlink()
    codes = {item.code for item in validate(knowledge).problems}
    assert "KB109" in codes and "KB204" not in codes


@pytest.mark.parametrize(
    ("day", "said"), [("2026-02-31", "no day"), ("2099-01-01", "future"), ("2026-01-31", "")]
)
def test_dates_are_days_that_were(tmp_path: Path, day: str, said: str) -> None:
    knowledge = Path(shutil.copytree(PRINTERS, tmp_path / "kb"))
    links = knowledge / "links.yaml"
    links.write_text(links.read_text("utf-8").replace("2026-11-24", day), "utf-8")
    found = [item for item in validate(knowledge).problems if item.code == "KB112"]
    assert bool(found) == bool(said)
    assert all(said in item.message for item in found)


def test_a_mark_is_found_in_every_string(tmp_path: Path) -> None:
    knowledge = Path(shutil.copytree(PRINTERS, tmp_path / "kb"))
    page = knowledge / "symptoms/paper/paper-jam.yaml"
    text = page.read_text("utf-8")
    text = text.replace("media jam session on Friday", "TO WRITE: a near miss")
    text = text.replace("stuck paper", '"\\u5f85\\u64b0\\u5beb: words"')
    page.write_text(text.replace("Look at tray 2 first.", "'TO WRITE: a note'"), "utf-8")
    found = [item for item in validate(knowledge).problems if item.code == "KB311"]
    assert sorted(item.position.line for item in found) == [20, 23, 31]


def test_a_few_names_are_listed_where_one_is_unknown(tmp_path: Path) -> None:
    knowledge = Path(shutil.copytree(PRINTERS, tmp_path / "kb"))
    cause = knowledge / "causes/paper/wrong-paper-size.yaml"
    cause.write_text(cause.read_text("utf-8").replace("who: you", "who: me"), "utf-8")
    (found,) = [item for item in validate(knowledge).problems if item.code == "KB204"]
    assert "you, network-team" in found.hint
    assert "you, network-team" in found.in_language("zh-TW").hint
