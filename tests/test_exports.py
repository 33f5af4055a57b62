"""Exports hold the same signatures as the matcher, and the commands write them."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from kbmatch.cli.commands import export
from kbmatch.exports.clickhouse import normalised, script, statements
from kbmatch.exports.signatures import as_json, exported, literals
from kbmatch.matching.normalise import normalise
from real_knowledge import knowledge, matcher
from small_knowledge import knowledge as small
from small_knowledge import symptom


def test_every_signature_is_exported_as_the_pack_holds_it() -> None:
    count = matcher().pack.count("signatures")
    for item, number in zip(exported(knowledge()), range(count), strict=True):
        signature = matcher().signature(number)
        assert (item.id, item.regex) == (signature.id, signature.source)


def test_each_sample_holds_a_literal_of_the_ripgrep_list() -> None:
    """In normalised text; ripgrep reads raw text, so it misses messages wrapped or escaped."""
    every = literals(knowledge())
    for entry in knowledge().symptoms.values():
        for signature in entry.signatures:
            for sample in signature.samples:
                flat = normalise(sample).text.replace("\n", " ")
                assert any(literal in flat for literal in every), sample


def test_json_holds_all_entries_and_is_plain() -> None:
    content = json.loads(json.dumps(as_json(knowledge())))
    assert [s["id"] for s in content["symptoms"]] == list(knowledge().symptoms)
    assert content["source"] == knowledge().source_hash


def test_sql_quotes_what_messages_hold() -> None:
    made = script(small(symptom("odd", "it's a \\ in tray {number}")))
    assert "a \\\\\\\\ in tray" in made
    assert "it's" not in made


def test_names_that_are_no_names_are_refused() -> None:
    with pytest.raises(ValueError, match="drop"):
        list(statements(small(symptom("a", "paper jam in tray")), table="x; drop"))


def test_own_tables_are_read_where_they_are() -> None:
    made = list(
        statements(small(symptom("a", "paper jam in tray")), table="ops.logs", column="body")
    )
    assert not any("kb_lines" in one for one in made)
    assert any("FROM ops.logs" in one for one in made)


def test_normal_form_in_sql_uses_every_rule() -> None:
    assert normalised("message").count("replaceRegexpAll") >= 18


def test_the_command_writes_files(tmp_path: Path) -> None:
    target = tmp_path / "literals.txt"
    parser = argparse.ArgumentParser()
    export.configure(parser, {})
    assert export.run(parser.parse_args(["ripgrep", "-o", str(target)])) == 0
    assert target.read_text("utf-8").splitlines() == literals(knowledge())


def test_the_spark_job_compiles_and_scans_without_spark() -> None:
    program = (
        "import sys; from kbmatch.resources import read_resource;"
        "space = {'__name__': 'job'};"
        "exec(compile(read_resource('exports/templates/spark_job.py'), 'job', 'exec'), space);"
        "rows = list(space['scan_files']([('a.log', b'paper jam in tray 2\\n' * 3)],"
        " sys.stdin.buffer.read())); print(rows[0]['symptom'], rows[0]['count'])"
    )
    from kbmatch.matching.compile import compile_pack

    done = subprocess.run(
        [sys.executable, "-c", program],
        input=compile_pack(small(symptom("jam", "paper jam in tray {number}"))),
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().split() == ["jam", "3"]
