"""Exports hold the same signatures as the matcher, from whatever form the knowledge has."""

import argparse
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import re2

from kbmatch.cli.commands import export, scan
from kbmatch.exports import clickhouse
from kbmatch.exports.clickhouse import normalised, script, statements
from kbmatch.exports.signatures import as_json, exported
from kbmatch.matching.compile import compile_pack
from kbmatch.matching.matcher import Miss
from kbmatch.matching.normalise import normalise
from kbmatch.matching.pack import Pack
from kbmatch.resources import read_resource
from kbmatch.texts import load as load_texts
from real_knowledge import DIRECTORY, knowledge, matcher, pack_bytes
from real_texts import case_texts
from small_knowledge import knowledge as small
from small_knowledge import symptom


def pack_of(*symptoms: object) -> Pack:
    return Pack(compile_pack(small(*symptoms)), "small")  # type: ignore[arg-type]


def exporting(*words: str) -> int:
    """Run `kb export` with these arguments."""
    parser = argparse.ArgumentParser()
    export.configure(parser, load_texts("kb", "en"))
    return export.run(parser.parse_args(words))


def test_every_signature_is_exported_as_the_pack_holds_it() -> None:
    count = matcher().pack.count("signatures")
    for item, number in zip(exported(matcher().pack), range(count), strict=True):
        signature = matcher().signature(number)
        assert (item.id, item.regex) == (signature.id, signature.source)
        assert list(item.literals) == signature.literals


def test_the_json_export_matches_what_kbmatch_matches_on_every_case() -> None:
    """Its regexes on normalised text find what the matcher finds, before it asks for context."""
    signatures = json.loads(json.dumps(as_json(matcher().pack)))["signatures"]
    patterns = {item["id"]: re.compile(item["regex"]) for item in signatures}
    by_longest = [(max(item["literals"], key=len), item) for item in signatures]
    for given in case_texts():
        text = normalise(given)
        flat = text.text.replace("\n", " ")
        found = {
            item["id"]
            for longest, item in by_longest
            if longest in flat
            and all(literal in flat for literal in item["literals"])
            and patterns[item["id"]].search(text.text)
        }
        misses: list[Miss] = []
        hits = matcher().hits(text, misses=misses)
        wanted = {matcher().signature(hit.signature).id for hit in hits} | {
            matcher().signature(miss.signature).id for miss in misses if miss.lacked != "form"
        }
        assert found == wanted, given


def test_json_holds_all_entries_and_is_plain() -> None:
    content = json.loads(json.dumps(as_json(matcher().pack)))
    assert [s["id"] for s in content["symptoms"]] == list(knowledge().symptoms)
    assert [s["id"] for s in content["links"]] == list(knowledge().links)
    assert content["source"] == knowledge().source_hash
    assert content["glossary"] and content["tables"] and content["languages"] == ["en", "zh-TW"]


@pytest.mark.parametrize("form", export.FORMS)
def test_a_pack_alone_gives_the_same_bytes_as_the_directory(form: str, tmp_path: Path) -> None:
    pack = tmp_path / "knowledge.kbpack"
    pack.write_bytes(pack_bytes())
    for name, source in (("a", DIRECTORY), ("b", pack)):
        assert exporting(form, "--kb", str(source), "-o", str(tmp_path / name)) == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() != b""


def test_an_exported_pack_can_be_named_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = tmp_path / "small.kbpack"
    pack.write_bytes(compile_pack(small(symptom("jam", "paper jam in tray {number}"))))
    monkeypatch.setenv("KBMATCH_KB", str(pack))
    assert exporting("pack", "-o", str(tmp_path / "copy")) == 0
    assert (tmp_path / "copy").read_bytes() == pack.read_bytes()


def test_what_is_no_knowledge_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="2"):
        exporting("json", "--kb", str(tmp_path / "nothing"))
    assert str(tmp_path / "nothing") in capsys.readouterr().err


def test_sql_quotes_what_messages_hold() -> None:
    made = script(pack_of(symptom("odd", "it's a \\ in tray {number}")))
    assert "a \\\\\\\\ in tray" in made
    assert "it's" not in made


def test_names_that_are_no_names_are_refused() -> None:
    with pytest.raises(ValueError, match="drop"):
        list(statements(pack_of(symptom("a", "paper jam in tray")), table="x; drop"))


def test_own_tables_are_read_where_they_are() -> None:
    made = list(
        statements(pack_of(symptom("a", "paper jam in tray")), table="ops.logs", column="body")
    )
    assert not any("kb_lines" in one for one in made)
    assert any("FROM ops.logs" in one for one in made)
    assert "any(body) AS example" in made[-1]


def test_a_large_view_says_so_before_it_is_created() -> None:
    few = list(statements(pack_of(symptom("a", "paper jam in tray"))))
    assert not any(one.startswith("SET") for one in few)
    many = [
        symptom(f"s{n}", f"{'very ' * 200}long message number {n} of the printer")
        for n in range(300)
    ]
    made = list(statements(pack_of(*many)))
    (place,) = (n for n, one in enumerate(made) if one.startswith("SET max_query_size"))
    assert int(made[place].split()[-1]) > len(made[place + 1].encode()) > 256 << 10


def test_normal_form_in_sql_is_written_for_re2(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every rule, also those that other engines read with look-ahead."""
    asked: list[tuple[str, str]] = []
    written = clickhouse._replace

    def watched(value: str, pattern: str, replacement: str) -> str:
        asked.append((clickhouse._portable(pattern), replacement))
        return written(value, pattern, replacement)

    monkeypatch.setattr(clickhouse, "_replace", watched)
    normalised("message")
    rules = json.loads(read_resource("matching/normalisation.json"))["rules"]
    assert len(asked) > len(rules)
    for pattern, _ in asked:
        re2.compile(pattern)
    ends = [(pattern, to) for pattern, to in asked if pattern.endswith("|$)")]
    given = r"a\n\n\n\nb c\r\nD\n\r\n\t1\tx\n"
    shown = given
    for pattern, to in ends:
        shown = re2.sub(pattern, to, shown)
    (rule,) = (rule for rule in rules if "(?!" in rule["pattern"])
    wanted = re.sub(rule["pattern"], rule["with"], given)
    assert shown.split() == wanted.split() != given.split()


def test_a_file_with_several_names_is_read_once(tmp_path: Path) -> None:
    log, link = tmp_path / "a.log", tmp_path / "link.log"
    log.write_text("x")
    link.symlink_to(log)
    other = tmp_path / "b.log"
    names = [log, tmp_path / "." / "a.log", link, other]
    assert list(scan.distinct(names)) == [log, other]


def test_the_spark_job_compiles_and_scans_without_spark() -> None:
    program = (
        "import sys; from kbmatch.resources import read_resource;"
        "space = {'__name__': 'job'};"
        "exec(compile(read_resource('exports/templates/spark_job.py'), 'job', 'exec'), space);"
        "rows = list(space['scan_files']([('a.log', b'paper jam in tray 2\\n' * 3)],"
        " sys.stdin.buffer.read())); print(rows[0]['symptom'], rows[0]['count'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=compile_pack(small(symptom("jam", "paper jam in tray {number}"))),
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().split() == ["jam", "3"]


GUIDES = sorted((DIRECTORY.parent / "content").glob("*/log-estates.md"))


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.parent.name)
def test_commands_of_the_guide_can_be_typed(guide: Path) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```", guide.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    typed = [
        shlex.split(line, comments=True)
        for block in blocks
        for line in block.splitlines()
        if line.startswith("kb export")
    ]
    assert {words[2] for words in typed} == set(export.FORMS)
    parser = argparse.ArgumentParser()
    export.configure(parser, load_texts("kb", "en"))
    for words in typed:
        parser.parse_args(words[2:])


def test_both_guides_show_the_same_commands() -> None:
    english, chinese = (
        re.findall(r"^```.*?^```", guide.read_text("utf-8"), re.MULTILINE | re.DOTALL)
        for guide in GUIDES
    )
    assert english == chinese
