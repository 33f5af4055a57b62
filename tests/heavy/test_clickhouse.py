"""The ClickHouse export names the same symptoms for each row as the matcher does, on chdb."""

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kbmatch.cli.commands import scan
from kbmatch.exports.clickhouse import statements
from kbmatch.matching.compile import compile_pack
from kbmatch.matching.matcher import Matcher
from kbmatch.matching.normalise import normalise
from kbmatch.matching.pack import Pack
from kbmatch.texts import load as load_texts
from real_knowledge import knowledge, matcher
from real_texts import case_texts
from small_knowledge import knowledge as small
from small_knowledge import symptom

pytestmark = pytest.mark.heavy

REPEATED = 3
"""How often each tenth line stands in the table, as retries write it."""


def lines() -> list[str]:
    """Every line of all cases, and of the signatures' samples and near misses; many repeated."""
    texts = [*case_texts()]
    for entry in knowledge().symptoms.values():
        for signature in entry.signatures:
            texts += [*signature.samples, *signature.near_misses]
    every = [line for text in texts for line in text.replace("\r", "").split("\n") if line.strip()]
    return [*every, *every[::10] * (REPEATED - 1)]


def expected(line: str, by: Matcher, ids: list[str]) -> frozenset[str]:
    """What a line of a log is about when its neighbours say nothing."""
    return frozenset(ids[hit.symptom] for hit in by.hits(normalise(line), whole=False))


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Any]:
    from chdb.session import Session

    opened = Session(str(tmp_path / "db"))
    yield opened
    opened.close()


def jam_pack() -> Pack:
    return Pack(compile_pack(small(symptom("jam", "paper jam in tray {number}"))), "small")


def insert(session: Any, table: str, rows: list[dict[str, Any]], columns: str, log: Path) -> None:
    """Fill a table from a file, as a user would."""
    log.write_text("".join(json.dumps(x, ensure_ascii=False) + "\n" for x in rows), "utf-8")
    session.query(f"INSERT INTO {table} SELECT * FROM file('{log}', 'JSONEachRow', '{columns}')")


def asked(session: Any, query: str) -> list[dict[str, Any]]:
    return [json.loads(row) for row in str(session.query(query, "JSONEachRow")).splitlines()]


def test_each_row_has_the_same_symptoms_however_often_it_stands(
    session: Any, tmp_path: Path
) -> None:
    every = lines()
    for statement in statements(matcher().pack):
        session.query(statement)
    rows = [{"source": "cases", "number": n, "message": line} for n, line in enumerate(every)]
    columns = "source String, number UInt64, message String"
    insert(session, "kb_lines", rows, columns, tmp_path / "cases.json")
    found: dict[int, list[str]] = {}
    for row in asked(session, "SELECT number, symptom FROM kb_matches"):
        found.setdefault(int(row["number"]), []).append(row["symptom"])
    by, ids = matcher(), list(knowledge().symptoms)
    answers = {line: expected(line, by, ids) for line in set(every)}
    different = {
        line: (found.get(number, []), answers[line])
        for number, line in enumerate(every)
        if sorted(found.get(number, [])) != sorted(answers[line])
    }
    assert different == {}
    wanted = Counter(symptom for line in every for symptom in answers[line])
    top = {row["symptom"]: int(row["lines"]) for row in asked(session, "SELECT * FROM kb_top")}
    assert top == wanted
    assert max(wanted.values()) > REPEATED


def test_an_own_table_keeps_its_columns_so_that_a_week_can_be_asked_for(
    session: Any, tmp_path: Path
) -> None:
    session.query("CREATE TABLE logs (at DateTime, body String) ENGINE = MergeTree ORDER BY at")
    for statement in statements(jam_pack(), table="logs", column="body"):
        session.query(statement)
    session.query(
        "INSERT INTO logs VALUES (now(), 'paper jam in tray 1'), (now(), 'paper jam in tray 1'),"
        " (now() - INTERVAL 9 DAY, 'paper jam in tray 1'), (now(), 'fine')"
    )
    week = "SELECT symptom, count() AS lines FROM kb_matches WHERE at > now() - INTERVAL 7 DAY"
    assert [int(row["lines"]) for row in asked(session, f"{week} GROUP BY symptom")] == [2]


def test_writing_the_knowledge_again_replaces_it(session: Any, tmp_path: Path) -> None:
    for _ in range(2):
        for statement in statements(jam_pack()):
            session.query(statement)
    assert asked(session, "SELECT count() AS n FROM kb_signatures")[0]["n"] == 1


def scanning(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    parser = argparse.ArgumentParser()
    scan.configure(parser, load_texts("kb", "en"))
    status = scan.run(parser.parse_args([str(word) for word in words]))
    return status, capsys.readouterr().out


def test_kb_scan_counts_lines_of_files_whatever_their_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = tmp_path / "small.kbpack"
    pack.write_bytes(jam_pack().content)
    jam = "paper jam in tray 7\nfine\n"
    (tmp_path / "a.log").write_text(jam * 5)
    (tmp_path / "*.log").write_text("fine\n")
    (tmp_path / "b{1,2}'s.log").write_text(jam)
    (tmp_path / "c.log.gz").write_bytes(gzip.compress(jam.encode() * 2))
    (tmp_path / "d.log").write_bytes(jam.encode("utf-16"))
    at = ("--kb", pack)
    assert scanning(capsys, *at, tmp_path / "*.log") == (1, "")
    assert scanning(capsys, *at, tmp_path / "a.log", tmp_path / "." / "a.log") == (0, "5\tjam\n")
    rest = [tmp_path / name for name in ("b{1,2}'s.log", "c.log.gz", "d.log")]
    assert scanning(capsys, *at, *rest) == (0, "4\tjam\n")
    with pytest.raises(SystemExit, match="2"):
        scanning(capsys, *at, tmp_path / "nothing.log")


def test_a_log_is_handed_over_in_pieces_with_its_line_numbers(
    session: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "PIECE_BYTES", 100)
    for statement in statements(jam_pack()):
        session.query(statement)
    log = tmp_path / "a.log"
    log.write_text("".join(f"line {n}\n" for n in range(1, 301)))
    monkeypatch.setattr(scan, "BLOCK_BYTES", 70)
    scan.read_into(session, log)
    rows = asked(session, "SELECT number, message FROM kb_lines ORDER BY number")
    assert [f"line {row['number']}" for row in rows] == [row["message"] for row in rows]
    assert len(rows) == 300


def test_the_cluster_form_creates_everything_on_the_cluster() -> None:
    made = list(statements(matcher().pack, cluster="logs"))
    created = [one for one in made if one.startswith(("CREATE", "TRUNCATE"))]
    assert all(" ON CLUSTER logs" in one for one in created)
    assert any("Distributed(logs" in one for one in created)
    assert sum("ReplicatedMergeTree" in one for one in created) == 1
