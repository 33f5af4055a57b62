"""The JSON Schemas are the model's, and agree with what decoding accepts."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbmatch.cli.kb import main
from kbmatch.knowledge import rules_layout
from kbmatch.knowledge.decode import decode
from kbmatch.knowledge.load import read_knowledge
from kbmatch.knowledge.schema import (
    OWN_DIRECTORY,
    SCHEMA_DIRECTORY,
    schema,
    schema_text,
    vocabulary,
    write_schemas,
)
from kbmatch.knowledge.shapes import KINDS
from kbmatch.knowledge.source import Source, read

ROOT = Path(__file__).resolve().parents[1]
PRINTERS = ROOT / "tests" / "printers"
EXAMPLES = {
    "settings": "kb.yaml",
    "links": "links.yaml",
    "glossary": "glossary.yaml",
    "table": "tables/trays.yaml",
    "symptom": "symptoms/paper/paper-jam.yaml",
    "cause": "causes/paper/wrong-paper-size.yaml",
    "solution": "solutions/paper/load-right-paper.yaml",
}


def values() -> dict[str, Any]:
    found = {}
    for kind, name in EXAMPLES.items():
        source = read(PRINTERS / name).source
        assert source is not None
        found[kind] = source.value
    title = {"en": "Ours", "zh-TW": "我們的"}
    found["overlay"] = {"title": title, "areas": [{"id": "a", "title": title, "summary": title}]}
    found["symptom-override"] = {"overrides": "paper-jam", "summary": title}
    found["cause-override"] = {"overrides": "wrong-paper-size", "check": found["cause"]["check"]}
    found["solution-override"] = {"overrides": "x", "steps": found["solution"]["steps"]}
    return found


VALUES = values()
CHECKERS = {kind: jsonschema.Draft202012Validator(schema(kind)) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_shipped_schema_is_the_generated_one(kind: str) -> None:
    path = SCHEMA_DIRECTORY / f"{kind}.schema.json"
    assert path.read_text(encoding="utf-8") == schema_text(kind), "run: kb schema"


def test_no_schema_is_left_over() -> None:
    shipped = {path.name for path in SCHEMA_DIRECTORY.iterdir()}
    assert shipped == {f"{kind}.schema.json" for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_schema_is_valid_and_described(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(kind))
    text = json.dumps(schema(kind))
    assert '"description"' in text and '"additionalProperties": false' in text


def test_field_docstrings_are_help_texts() -> None:
    summary = schema("symptom")["properties"]["summary"]
    assert summary["description"].startswith("The ten-second answer")
    run = schema("cause")["$defs"]["Command"]["properties"]["run"]
    assert "shell: file" in run["description"]


@pytest.mark.parametrize("kind", KINDS)
def test_good_document_satisfies_both(kind: str) -> None:
    assert accepted(kind, VALUES[kind])
    assert CHECKERS[kind].is_valid(VALUES[kind])


def accepted(kind: str, value: Any) -> bool:
    return not decode(kind, Source("x.yaml", "", value)).problems


# Copied, because a drawn list may be changed by the next step.
REPLACEMENTS = st.one_of(
    st.sampled_from([None, True, False, "", " ", "x", "2026-11-24", "en", [], {}, ["x"], [""]]),
    st.just({"en": "a", "zh-TW": "b"}),
    st.just({"en": "a"}),
    st.just({"id": "a"}),
    st.text(max_size=5),
).map(copy.deepcopy)


@given(st.data())
@settings(max_examples=250, deadline=None)
def test_decoding_and_schema_agree_on_changed_documents(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    value = copy.deepcopy(VALUES[kind])
    for _ in range(data.draw(st.integers(1, 2))):
        value = changed(value, data)
    assert accepted(kind, value) == CHECKERS[kind].is_valid(value), value


def changed(value: Any, data: st.DataObject) -> Any:
    """Replace, remove or add one part somewhere in a value."""
    spots = list(walk(value))
    container, key = data.draw(st.sampled_from(spots)) if spots else (None, None)
    if container is None:
        return data.draw(REPLACEMENTS)
    action = data.draw(st.sampled_from(["replace", "remove", "add"]))
    if action == "remove":
        del container[key]
    elif action == "replace":
        container[key] = data.draw(REPLACEMENTS)
    elif isinstance(container, dict):
        container[data.draw(st.sampled_from(["extra", "links", "on", "zh-TW", "A b"]))] = data.draw(
            REPLACEMENTS
        )
    else:
        container.append(data.draw(REPLACEMENTS))
    return value


def walk(value: Any) -> Any:
    if isinstance(value, dict):
        for key in list(value):
            yield value, key
            yield from walk(value[key])
    elif isinstance(value, list):
        for index in range(len(value)):
            yield value, index
            yield from walk(value[index])


def test_schemas_can_be_written_elsewhere(tmp_path: Path) -> None:
    written = write_schemas(tmp_path / "schemas")
    assert len(written) == len(KINDS)
    assert write_schemas(tmp_path / "schemas") == []


def test_schema_of_other_languages() -> None:
    text = schema("table", ("de", "fr"))["$defs"]["Text"]
    assert text["required"] == ["de", "fr"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_says_what_it_is_for(kind: str) -> None:
    found = schema(kind)
    objects = [found, found.get("items", {}), *found.get("$defs", {}).values()]
    for value in objects:
        for key, written in value.get("properties", {}).items():
            assert key in ("en", "zh-TW") or written.get("description"), f"{kind}: {key}"


def test_a_knowledge_base_has_schemas_of_its_own(tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    shutil.copytree(PRINTERS, kb)
    assert main(["schema", "--kb", str(kb)]) == 0
    own = {kind: json.loads((kb / f".schemas/{kind}.schema.json").read_text()) for kind in KINDS}
    properties = own["symptom"]["properties"]
    assert properties["area"]["enum"] == ["paper", "network"]
    assert properties["phase"]["enumDescriptions"] == ["Queue", "Printing"]
    assert properties["wraps"]["items"]["enum"][-1] == "*"
    signature = own["symptom"]["$defs"]["Signature"]["properties"]
    assert signature["tools"]["items"]["enum"] == ["cups", "spooler"]
    assert signature["needs"]["enum"] == ["printing"]
    cause = own["cause"]
    assert cause["properties"]["who"]["enum"] == ["you", "network-team"]
    assert cause["properties"]["solutions"]["items"]["enum"]
    assert cause["$defs"]["Command"]["properties"]["on"]["enum"] == ["linux", "windows"]
    for kind, name in EXAMPLES.items():
        checker = jsonschema.Draft202012Validator(own[kind])
        assert checker.is_valid(read(kb / name).source.value), kind  # type: ignore[union-attr]
    wrong = {**VALUES["symptom"], "phase": "prnit"}
    assert not jsonschema.Draft202012Validator(own["symptom"]).is_valid(wrong)
    # The files name them from now on, and so do drafts; nothing else about them changes.
    rules_layout._own_schemas.cache_clear()
    assert main(["validate", "--fix", str(kb)]) == 0
    first = (kb / "symptoms/paper/paper-jam.yaml").read_text("utf-8").splitlines()[0]
    assert first.endswith("$schema=../../.schemas/symptom.schema.json")
    assert main(["new", "toner-low", "--kb", str(kb)]) == 0
    draft = (kb / "symptoms/paper/toner-low.yaml").read_text("utf-8").splitlines()[0]
    assert draft == first


def test_schemas_of_our_own_knowledge_know_its_names_of_today() -> None:
    draft = read_knowledge(ROOT / "kb").draft
    words = vocabulary(draft)
    for kind in KINDS:
        shipped = (ROOT / "kb" / OWN_DIRECTORY / f"{kind}.schema.json").read_text("utf-8")
        wanted = schema_text(kind, draft.settings.languages, words)
        assert shipped == wanted, f"{kind}: run kb validate --fix"


def test_new_entries_and_fixes_keep_those_schemas_up_to_date(tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    shutil.copytree(PRINTERS, kb)

    def names() -> list[str]:
        text = (kb / OWN_DIRECTORY / "symptom.schema.json").read_text("utf-8")
        found: list[str] = json.loads(text)["$defs"]["RankedCause"]["properties"]["cause"]["enum"]
        return found

    assert main(["validate", "--fix", str(kb)]) == 0
    assert not (kb / OWN_DIRECTORY).exists()  # only where somebody wants them
    assert main(["schema", "--kb", str(kb)]) == 0
    assert main(["new", "toner-low", "--kb", str(kb)]) == 0
    assert "toner-low-cause" in names()
    for path in kb.glob("*/*/toner-low*.yaml"):
        path.unlink()
    main(["validate", "--fix", str(kb)])
    assert "toner-low-cause" not in names()
