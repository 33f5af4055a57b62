"""kb import: articles become drafts that pass the schema, and nothing is dropped silently."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from kbmatch.authoring.article import ArticleError, read_article
from kbmatch.cli.kb import main
from kbmatch.knowledge.schema import schema_text

TESTS = Path(__file__).parent
SEED = TESTS / "data" / "acr-network-article.md"
PRINTERS = str(TESTS / "printers")

ENGLISH = """---
title: Paper troubles
ms.topic: article
---
# Paper troubles

What this is about.

## Symptoms

* Nothing prints and you see `tray 2: paper jam at roller`
* The queue says `printer office-2.example.com is not reachable`

## Causes

* Something is stuck - [solution](#clear-the-path)
* The network is down - [solution](#check-the-network) or [other](#nowhere)

## Potential solutions

### Clear the path

Open the tray.

1. Pull gently.
2. Close it.

```bash
lpstat -p {printer}
```

> [!NOTE]
> Never use force.

Related links:

* [Manual](manual.md#trays)
* [Vendor](https://printers.example.com/help)

### <a name="check-the-network"></a>Look at the network

Ping it.

## Next steps

Call [support](https://printers.example.com/support).
"""

NUMBERED = """# Titel

## Symptom

You see the message:

```output
spooler stopped: quota 5 reached
```

## Cause 1: The quota is spent

Somebody printed a book.

## Solution 1: Raise it

Ask politely.
"""


def run_import(
    article: str | Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], *more: str
) -> dict[str, Any]:
    path = article if isinstance(article, Path) else tmp_path / "paper-article.md"
    if isinstance(article, str):
        path.write_text(article, "utf-8")
    assert main(["import", str(path), "--kb", PRINTERS, "--format", "json", *more]) == 0
    imported: dict[str, Any] = json.loads(capsys.readouterr().out)
    return imported


def of_kind(imported: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [entry["value"] for entry in imported["entries"] if entry["kind"] == kind]


def check_schema(imported: dict[str, Any]) -> None:
    for entry in imported["entries"]:
        jsonschema.validate(entry["value"], json.loads(schema_text(entry["kind"])))
    jsonschema.validate(imported["links"], json.loads(schema_text("links")))


def test_the_seed_imports_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    imported = run_import(SEED, tmp_path, capsys)
    check_schema(imported)
    assert imported["language"] == "zh-TW"
    symptoms, causes = of_kind(imported, "symptom"), of_kind(imported, "cause")
    solutions = {solution["id"]: solution for solution in of_kind(imported, "solution")}
    assert (len(symptoms), len(causes), len(solutions)) == (8, 4, 4)
    samples = [symptom["signatures"][0]["samples"][0] for symptom in symptoms]
    assert "dial tcp: lookup myregistry.azurecr.io" in samples
    assert "Could not connect to the registry login server" in samples
    assert any("login attempt failed with status: 403 Forbidden" in text for text in samples)
    assert [cause["solutions"] for cause in causes] == [
        ["configure-client-firewall-access"],
        ["configure-public-access-to-registry"],
        ["configure-vnet-access"],
        ["configure-image-scanning-solution"],
    ]
    assert all(len(symptom["causes"]) == 4 for symptom in symptoms)
    links = {link["url"]: link["title"]["zh-TW"] for link in imported["links"]}
    assert links[
        "https://learn.microsoft.com/azure/container-registry/container-registry-geo-replication"
    ].startswith("異地")
    assert "https://docs.docker.com/config/daemon/systemd/#httphttps-proxy" in links
    assert any(url.startswith("https://learn.microsoft.com/azure/aks/") for url in links)
    assert solutions["configure-vnet-access"]["links"]


def test_no_line_of_the_seed_is_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    imported = run_import(SEED, tmp_path, capsys)
    kept = json.dumps(imported, ensure_ascii=False)
    article = read_article(SEED.read_text("utf-8"))
    labels = {"相關連結："}
    for section in article.sections[2:]:
        for block in section.blocks:
            text = block.line.text.rstrip(" -")
            assert text in labels or json.dumps(text, ensure_ascii=False)[1:-1] in kept, text


def test_an_english_article(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    imported = run_import(
        ENGLISH, tmp_path, capsys, "--base-url", "https://printers.example.com/docs/"
    )
    check_schema(imported)
    assert imported["language"] == "en"
    jam, unreachable = of_kind(imported, "symptom")
    assert jam["signatures"][0]["message"] == "tray 2: paper jam at roller"
    assert unreachable["signatures"][0]["message"] == "printer {host} is not reachable"
    stuck, network = of_kind(imported, "cause")
    assert stuck["title"]["en"] == "Something is stuck"
    assert stuck["solutions"] == ["clear-the-path"]
    assert network["solutions"] == ["check-the-network"]
    path, _ = of_kind(imported, "solution")
    assert path["steps"][0]["text"]["en"].endswith("- Pull gently.\n- Close it.")
    assert path["steps"][0]["commands"] == [{"run": "lpstat -p {printer}"}]
    assert path["steps"][1]["text"]["en"] == "Never use force."
    assert {link["url"] for link in imported["links"]} == {
        "https://printers.example.com/docs/manual#trays",
        "https://printers.example.com/help",
        "https://printers.example.com/support",
    }
    left = [item["text"] for item in imported["unplaced"]]
    assert "#nowhere" in left
    assert "What this is about." in left


def test_numbered_causes_and_a_message_in_a_block(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imported = run_import(NUMBERED, tmp_path, capsys)
    check_schema(imported)
    (symptom,), (cause,), (solution,) = (
        of_kind(imported, kind) for kind in ("symptom", "cause", "solution")
    )
    assert symptom["signatures"][0]["samples"] == ["spooler stopped: quota 5 reached"]
    assert cause["title"]["en"] == "The quota is spent"
    assert cause["explanation"]["en"] == "Somebody printed a book."
    assert cause["solutions"] == [solution["id"]]
    assert solution["title"]["en"] == "Raise it"


@pytest.mark.parametrize(
    ("symptoms", "causes", "solutions"),
    [
        ("症狀", "原因", "解決方案"),
        ("症状", "可能的原因", "解决方案"),
        ("现象", "原因", "解决方法"),
    ],
)
def test_chinese_headings_of_both_kinds(
    symptoms: str, causes: str, solutions: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    article = (
        f"# 標題\n## {symptoms}\n* 出現 `paper jam in tray`\n"
        f'## {causes}\n* 卡紙 [看這裡](#fix)\n## {solutions}\n### <a name="fix"></a>清紙\n打開。\n'
    )
    imported = run_import(article, tmp_path, capsys)
    check_schema(imported)
    assert [len(of_kind(imported, k)) for k in ("symptom", "cause", "solution")] == [1, 1, 1]
    assert imported["language"] == "zh-TW"


def test_relative_links_without_a_base_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imported = run_import(ENGLISH.replace("ms.topic: article\n", ""), tmp_path, capsys)
    assert "[Manual](manual.md#trays)" in [item["text"] for item in imported["unplaced"]]


def test_files_are_written_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "a.md"
    source.write_text(ENGLISH, "utf-8")
    arguments = ["import", str(source), "--kb", PRINTERS, "--output", str(tmp_path / "drafts")]
    assert main(arguments) == 0
    assert "What this is about." in capsys.readouterr().err
    files = sorted(path.name for path in (tmp_path / "drafts").rglob("*.*"))
    assert "clear-the-path.yaml" in files and "unplaced.txt" in files and "links.yaml" in files
    for path in (tmp_path / "drafts").rglob("*.yaml"):
        yaml.safe_load(path.read_text("utf-8"))
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def test_bad_front_matter_is_said_with_its_place() -> None:
    with pytest.raises(ArticleError, match="front matter"):
        read_article("---\ntitle: x\n")
    with pytest.raises(ArticleError, match="YAML"):
        read_article("---\na: [1\n---\n# x\n")
