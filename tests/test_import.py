"""kb import: articles become drafts that pass the schema, and nothing is dropped silently."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from kbmatch.authoring.article import ArticleError, read_article
from kbmatch.authoring.drafts import Writer
from kbmatch.authoring.hints import hints_of, notes_of
from kbmatch.authoring.importing import import_article
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
            texts = (block.line.text.rstrip(" -"), block.line.bare.rstrip(" -"))
            written = (json.dumps(text, ensure_ascii=False)[1:-1] for text in texts)
            assert texts[0] in labels or any(text in kept for text in written), texts


def test_an_english_article(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    imported = run_import(
        ENGLISH, tmp_path, capsys, "--base-url", "https://printers.example.com/docs/"
    )
    check_schema(imported)
    assert imported["language"] == "en"
    jam, unreachable = of_kind(imported, "symptom")
    assert jam["signatures"][0]["message"] == "tray {number:tray}: paper jam at roller"
    assert unreachable["signatures"][0]["message"] == "printer {host} is not reachable"
    stuck, network = of_kind(imported, "cause")
    assert stuck["title"]["en"] == "Something is stuck"
    assert stuck["solutions"] == ["clear-the-path"]
    assert network["solutions"] == ["check-the-network"]
    path, _ = of_kind(imported, "solution")
    texts = [step["text"]["en"] for step in path["steps"]]
    assert texts == ["Open the tray.", "Pull gently.", "Close it.", "Never use force."]
    assert path["steps"][2]["commands"] == [{"run": "lpstat -p {printer}"}]
    assert {link["url"] for link in imported["links"]} == {
        "https://printers.example.com/docs/manual#trays",
        "https://printers.example.com/help",
        "https://printers.example.com/support",
        "https://printers.example.com/docs/paper-article",
    }
    # The article itself is the evidence, by the id of its link.
    assert jam["evidence"][0]["source"] in {link["id"] for link in imported["links"]}
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
    assert main(arguments) == 2


def test_bad_front_matter_is_said_with_its_place() -> None:
    with pytest.raises(ArticleError, match="front matter"):
        read_article("---\ntitle: x\n")
    with pytest.raises(ArticleError, match="YAML") as raised:
        read_article("---\na: 1\nb: [1\n---\n# x\n")
    assert raised.value.line == 3 and "\n" not in str(raised.value)
    assert "中繼資料" in raised.value.in_language("zh-TW")


def solutions_of(imported: dict[str, Any]) -> dict[str, list[str]]:
    """Return the titles of each cause's solutions, by the cause's title."""
    language = imported["language"]
    titles = {s["id"]: s["title"][language] for s in of_kind(imported, "solution")}
    return {
        cause["title"][language]: [titles[id] for id in cause["solutions"]]
        for cause in of_kind(imported, "cause")
    }


def causes_of(imported: dict[str, Any]) -> list[list[str]]:
    """Return the titles of each symptom's causes."""
    language = imported["language"]
    titles = {c["id"]: c["title"][language] for c in of_kind(imported, "cause")}
    return [[titles[c["cause"]] for c in s["causes"]] for s in of_kind(imported, "symptom")]


NESTED = """# Slow printing
## Symptom 1: it hangs
You see `spooler waits for the tray`.
### Cause
The tray is open.
### Solution
1. Close it:

   ```bash
   lpstat -p
   ```

2. Set `tray=1`.
   - nested a
   - nested b
3. Restart.
## Symptom 2: it ends
`quota of the printer is spent`
### Cause 1: the quota
Spent.
#### Solution 1
Raise the quota.
### Cause 2: the clock
Wrong.
#### Solution 2
Set the clock. ![picture](media/clock.png)
"""


def test_causes_stay_with_their_symptom_and_solutions_with_their_cause(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imported = run_import(NESTED, tmp_path, capsys)
    check_schema(imported)
    assert causes_of(imported) == [["The tray is open."], ["the quota", "the clock"]]
    assert list(solutions_of(imported).values()) == [["Solution"], ["Solution 1"], ["Solution 2"]]
    steps = of_kind(imported, "solution")[0]["steps"]
    assert [step["text"]["en"] for step in steps] == [
        "Close it:", "Set `tray=1`.\n- nested a\n- nested b", "Restart.",
    ]  # fmt: skip
    assert steps[0]["commands"] == [{"run": "lpstat -p"}]
    assert "![picture](media/clock.png)" in [item["text"] for item in imported["unplaced"]]
    assert imported["undecided"] == []


BY_NUMBER = """---
ms.contentlocale: zh-CN
---
# 排查
## 症状
显示 `paper jam in the tray of the printer`。
## 原因
### 原因 1：密钥过期
密钥已过期。
### 原因 2：网络策略
网络策略阻止。
## 解决方案
### 解决方案 1：轮换密钥
* 第一步
* 第二步
### 解决方案 2：放行网络
放行。
"""


def test_equal_numbers_join_and_simplified_chinese_is_only_a_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imported = run_import(BY_NUMBER, tmp_path, capsys)
    check_schema(imported)
    assert solutions_of(imported) == {
        "待撰寫: 密鑰過期": ["待撰寫: 輪換密鑰"],
        "待撰寫: 網絡策略": ["待撰寫: 放行網絡"],
    }
    steps = of_kind(imported, "solution")[0]["steps"]
    assert [step["text"]["zh-TW"] for step in steps] == ["待撰寫: 第一步", "待撰寫: 第二步"]


def test_what_the_article_does_not_join_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    article = (
        "# T\n## Symptoms\n* `paper jam`\n## Causes\n* one thing\n* another thing\n"
        "## Solutions\n### Do this\nx\n### Do that\ny\n### Or this\nz\n"
    )
    imported = run_import(article, tmp_path, capsys)
    check_schema(imported)
    assert [item["text"] for item in imported["undecided"]] == ["one thing", "another thing"]
    assert all("TO WRITE" in titles[0] for titles in solutions_of(imported).values())


def test_an_article_without_causes_gets_one_to_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    article = "# T\n## Symptoms\n* `paper jam`\n## Workarounds\nPull.\n"
    imported = run_import(article, tmp_path, capsys)
    check_schema(imported)
    assert causes_of(imported)[0][0].startswith("TO WRITE")


BOLD = """# FAQ
**Symptoms**

You get `paper jam in the roller`.

**Cause**

Dust.

**Resolution**

Clean it.

***

**Symptoms**

You get `toner is empty in here`.

**Cause:**

Printing.

**Resolution**

Fill it.

| Error | Cause | Solution |
|---|---|---|
| `tray is broken for good` | age | a new tray |
"""


def test_bold_headings_and_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    imported = run_import(BOLD, tmp_path, capsys)
    check_schema(imported)
    assert causes_of(imported) == [["Dust."], ["Printing."], ["age"]]
    assert list(solutions_of(imported).values()) == [["Resolution"], ["Resolution"], ["a new tray"]]


ERRORS = """# Errors of the spooler

Look at [health](#health) first.

## Symptoms

You receive this:

> the tray said \\<nothing> at all

> [!NOTE]
> Trays are quiet.

## Error 1: "The paper is locked"

> Then `lp: the paper is locked on this printer`

It is rare.

### Solution 1: Unlock it

Turn the key.

### Solution 2: Buy paper

Shop.

## 錯誤 2：佇列停止

```output
starting
spooler stopped: quota 5 reached
```

### Solution: Raise the quota

Ask.
"""


def test_each_error_of_a_list_is_a_symptom_with_its_own_solutions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imported = run_import(ERRORS, tmp_path, capsys)
    check_schema(imported)
    symptoms = of_kind(imported, "symptom")
    assert [s["signatures"][0]["samples"] for s in symptoms] == [
        ["the tray said <nothing> at all"],
        ["lp: the paper is locked on this printer"],
        ["starting\nspooler stopped: quota 5 reached"],
    ]
    assert symptoms[1]["title"]["en"] == "The paper is locked"
    assert symptoms[2]["title"]["en"] == "佇列停止"
    # What a message is made from is the line that tells the error.
    message = symptoms[2]["signatures"][0]["message"]
    assert message == "spooler stopped: quota {number:tray} reached"
    causes = {cause["id"]: cause["solutions"] for cause in of_kind(imported, "cause")}
    titles = {s["id"]: s["title"]["en"] for s in of_kind(imported, "solution")}
    joined = [[titles[id] for c in s["causes"] for id in causes[c["cause"]]] for s in symptoms[1:]]
    assert joined == [["Unlock it", "Buy paper"], ["Raise the quota"]]
    left = [item["text"] for item in imported["unplaced"]]
    assert {"Look at health first.", "You receive this:", "Trays are quiet.", "It is rare."} <= set(
        left
    )
    assert "Then `lp: the paper is locked on this printer`" in left


LABELLED = """# Trays

## The tray sticks

**Symptom:** The tray doesn't open.

**Cause:** Rust, as `lp` says.

**Resolution:**

1. Oil it.

**Note** is no part: it stays.

## The tray burns

It says:

```output
lp: fire in tray
```

### Cause

Too hot.

### Solution

Water.

## Next steps

Read on.
"""


def test_labels_in_bold_and_headings_that_are_the_symptom(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imported = run_import(LABELLED, tmp_path, capsys)
    check_schema(imported)
    symptoms = of_kind(imported, "symptom")
    assert [s["title"]["en"] for s in symptoms] == ["The tray sticks", "The tray burns"]
    assert symptoms[1]["signatures"][0]["samples"] == ["lp: fire in tray"]
    assert causes_of(imported) == [["Rust, as `lp` says."], ["Too hot."]]
    steps = [step["text"]["en"] for step in of_kind(imported, "solution")[0]["steps"]]
    assert steps == ["Oil it.", "**Note** is no part: it stays."]
    left = [item["text"] for item in imported["unplaced"]]
    assert {"The tray doesn't open.", "It says:", "Read on."} <= set(left)


def test_what_is_listed_cannot_command_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.md"
    path.write_text("# T\n\nred \x1b[31mtext\n\n```\none\ntwo\n```\n## Symptoms\n* `paper jam`\n")
    assert main(["import", str(path), "--kb", PRINTERS, "--output", str(tmp_path / "d")]) == 0
    said = capsys.readouterr().err
    assert "\x1b" not in said and "one ⏎ two" in said


def test_heading_ids_and_directives(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    article = (
        "# T\n## Symptoms\n* `paper jam`\n## Causes\n1. one [see](#s1)\n2. two [see](#s2)\n"
        '## Solutions\n### First {#s1}\nDo.\n:::zone pivot="x"\nOnly here.\n:::zone-end\n\n'
        "[!INCLUDE [note](note.md)]\n### Second {#s2}\nx\n"
    )
    imported = run_import(article, tmp_path, capsys)
    assert solutions_of(imported) == {"one": ["First"], "two": ["Second"]}
    first = of_kind(imported, "solution")[0]
    assert [step["text"]["en"] for step in first["steps"]] == ["Do.", "Only here."]
    listed = {item["text"]: item["line"] for item in imported["unplaced"]}
    assert {':::zone pivot="x"', ":::zone-end", "[!INCLUDE [note](note.md)]"} <= set(listed)
    assert listed[":::zone-end"] == 12


def test_one_chinese_heading_makes_no_chinese_article(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    article = ENGLISH.replace("## Next steps", "## 已知問題\n中文段落。\n## Next steps")
    assert run_import(article, tmp_path, capsys)["language"] == "en"


def test_what_the_knowledge_has_is_used_or_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    article = (
        "# T\n## Symptoms\n* `cups: printer office-2: media jam in tray 3`\n## Causes\n* x\n"
        "## Solutions\n### Load right paper\nSee [it](https://printers.example.com/manual).\n"
    )
    url = yaml.safe_load((TESTS / "printers/links.yaml").read_text("utf-8"))[0]["url"]
    imported = run_import(
        article.replace("https://printers.example.com/manual", url), tmp_path, capsys
    )
    assert imported["links"] == []
    assert of_kind(imported, "solution")[0]["links"] == ["printer-manual"]
    assert imported["clashes"] == ["load-right-paper"]
    assert imported["twins"][0]["explained"] == "paper-jam"


def test_a_long_list_takes_no_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items = "".join(f"* see `error` {n}\n" for n in range(1900))
    start = time.process_time()
    article = read_article(f"# T\n## Causes\n{items}")
    languages = ("en", "zh-TW")
    imported = import_article(
        article, name="x", area="a", phase="p", language="en", hints=hints_of(languages),
        settings={"slots": {}, "tools": [{"id": "t"}], "fixers": [{"id": "you"}]},
        writer=Writer(languages, notes_of(languages)),
    )  # fmt: skip
    assert len(imported.drafts) == 3800
    assert time.process_time() - start < 20


def test_a_list_of_something_else_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "list.md"
    path.write_text("# T\n## Causes\n" + "* x\n" * 2001)
    assert main(["import", str(path), "--kb", PRINTERS]) == 2
    assert "split the article" in capsys.readouterr().err
