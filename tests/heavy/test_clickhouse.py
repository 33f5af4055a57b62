"""The ClickHouse export names the same symptoms for each line as the matcher does."""

import json
from pathlib import Path

import pytest

from kbmatch.exports.clickhouse import statements
from kbmatch.matching.matcher import Matcher
from kbmatch.matching.normalise import normalise
from real_knowledge import CASES, knowledge, matcher

pytestmark = pytest.mark.heavy


def lines() -> list[str]:
    """Every distinct line of all cases, and of the signatures' samples and near misses."""
    texts = [
        json.loads(line)["text"]
        for path in sorted(CASES.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
        if line.strip()
    ]
    for symptom in knowledge().symptoms.values():
        for signature in symptom.signatures:
            texts += [*signature.samples, *signature.near_misses]
    split = {line for text in texts for line in text.replace("\r", "").split("\n")}
    return sorted(line for line in split if line.strip())


def expected(line: str, by: Matcher, ids: list[str]) -> set[str]:
    """What a line of a log is about when its neighbours say nothing."""
    return {ids[hit.symptom] for hit in by.hits(normalise(line), whole=False)}


def test_each_line_has_the_same_symptoms(tmp_path: Path) -> None:
    from chdb.session import Session

    every = lines()
    log = tmp_path / "cases.json"
    log.write_text(
        "".join(json.dumps({"message": x}, ensure_ascii=False) + "\n" for x in every), "utf-8"
    )
    session = Session(str(tmp_path / "db"))
    for statement in statements(knowledge()):
        session.query(statement)
    session.query(
        f"INSERT INTO kb_lines SELECT 'cases', rowNumberInAllBlocks(), message "
        f"FROM file('{log}', 'JSONEachRow', 'message String')"
    )
    rows = session.query("SELECT line, symptom FROM kb_matches", "JSONEachRow")
    found: dict[str, set[str]] = {}
    for row in str(rows).splitlines():
        pair = json.loads(row)
        found.setdefault(pair["line"], set()).add(pair["symptom"])
    session.close()
    by, ids = matcher(), list(knowledge().symptoms)
    different = {
        line: (found.get(line, set()), wanted)
        for line in every
        if found.get(line, set()) != (wanted := expected(line, by, ids))
    }
    assert found
    assert different == {}


def test_the_cluster_form_creates_everything_on_the_cluster() -> None:
    made = list(statements(knowledge(), cluster="logs"))
    created = [one for one in made if one.startswith(("CREATE", "TRUNCATE"))]
    assert all(" ON CLUSTER logs" in one for one in created)
    assert any("Distributed(logs" in one for one in created)
    assert sum("ReplicatedMergeTree" in one for one in created) == 2
