"""A directory becomes one knowledge, overlays included; the engine knows no field of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import kbmatch
from kbmatch.cli.packs import failure_text
from kbmatch.knowledge.fingerprint import fingerprint
from kbmatch.knowledge.load import KnowledgeError, load_knowledge, load_or_raise
from kbmatch.knowledge.problems import Problem

PRINTERS = Path(__file__).parent / "printers"


@pytest.fixture
def kb(tmp_path: Path) -> Path:
    shutil.copytree(PRINTERS, tmp_path / "kb")
    return tmp_path / "kb"


def add_overlay(kb: Path, name: str = "../company", **files: str) -> Path:
    """Give a knowledge directory an overlay; `files` maps `symptoms__paper__x` to its text."""
    folder = kb / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kb.yaml").write_text("title: {en: Our company, zh-TW: 我們公司}\n")
    settings = kb / "kb.yaml"
    if "overlays:" not in settings.read_text():
        settings.write_text(settings.read_text() + f"overlays: [{name}]\n")
    for key, text in files.items():
        path = folder / (key.replace("__", "/") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def codes(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.code for problem in problems]


def test_another_field_loads_cleanly() -> None:
    result = load_knowledge(PRINTERS)
    assert result.problems == ()
    knowledge = result.knowledge
    assert knowledge is not None
    assert list(knowledge.symptoms) == ["paper-jam", "printer-unreachable"]
    assert set(knowledge.causes) == {"wrong-paper-size", "printer-switched-off"}
    assert knowledge.links["printer-manual"].title["zh-TW"] == "印表機手冊"
    assert [term.zh_TW for term in knowledge.glossary] == ["印表機", "紙匣"]
    assert knowledge.tables[0].rows[1][1]["en"] == "A3"
    assert knowledge.settings.slots["tray"].type == "number"
    assert re.fullmatch("[0-9a-f]{64}", knowledge.source_hash)


def test_symptoms_come_in_the_order_of_areas(kb: Path) -> None:
    settings = kb / "kb.yaml"
    text = settings.read_text()
    paper, network = text.index("  - id: paper"), text.index("  - id: network")
    end = text.index("phases:")
    settings.write_text(text[:paper] + text[network:end] + text[paper:network] + text[end:])
    assert list(load_or_raise(kb).symptoms) == ["printer-unreachable", "paper-jam"]


def test_broken_knowledge_is_never_handed_out(kb: Path) -> None:
    (kb / "causes/paper/wrong-paper-size.yaml").unlink()
    result = load_knowledge(kb)
    assert result.knowledge is None and "KB204" in codes(result.problems)
    assert "paper-jam" in result.draft.symptoms
    with pytest.raises(KnowledgeError, match="wrong-paper-size") as raised:
        load_or_raise(kb)
    assert raised.value.problems == result.problems
    assert re.search("[\u4e00-\u9fff]", raised.value.in_language("zh-TW"))
    # A look-up says the first of them in its reader's language, too.
    said = {language: failure_text(raised.value, {}, language) for language in ("en", "zh-TW")}
    assert "KB204" in said["en"] and said["zh-TW"] != said["en"]


def test_warnings_do_not_stop_loading(kb: Path) -> None:
    (kb / "translations" / "zh-TW.yaml").unlink()
    assert load_knowledge(kb).knowledge is not None


def test_source_hash_follows_content_not_time(kb: Path) -> None:
    before = load_or_raise(kb).source_hash
    os.utime(kb / "links.yaml", (1, 1))
    assert load_or_raise(kb).source_hash == before
    (kb / "links.yaml").write_text((kb / "links.yaml").read_text() + "# more\n")
    assert load_or_raise(kb).source_hash != before


@pytest.mark.parametrize("missing", ["nowhere", "kb/links.yaml"])
def test_directory_without_knowledge_is_a_problem(tmp_path: Path, missing: str) -> None:
    result = load_knowledge(tmp_path / missing)
    assert result.knowledge is None and "KB109" in codes(result.problems)


def test_settings_of_another_form_are_a_problem(kb: Path) -> None:
    (kb / "kb.yaml").write_text("- a\n")
    assert load_knowledge(kb).knowledge is None
    (kb / "kb.yaml").write_text("a: [\n")
    assert "KB004" in codes(load_knowledge(kb).problems)


def test_other_languages_are_those_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "kb.yaml").write_text(
        "title: {de: T}\ndescription: {de: D}\nlanguages: [de]\n"
        "areas: [{id: a, title: {de: A}, summary: {de: S}}]\n"
        "phases: [{id: p, title: {de: P}}]\nplatforms: [{id: x, title: {de: X}}]\n"
        "tools: [{id: t, title: {de: T}}]\nfixers: [{id: me, title: {de: ich}}]\nslots: {}\n"
    )
    assert load_or_raise(tmp_path).settings.title["de"] == "T"


NEW_CAUSE = (
    (PRINTERS / "causes/paper/wrong-paper-size.yaml")
    .read_text()
    .replace("id: wrong-paper-size", "id: company-paper")
)


def test_overlay_adds_entries_and_says_where_they_come_from(kb: Path) -> None:
    add_overlay(kb, causes__paper__company_paper="")
    (kb.parent / "company/causes/paper/company_paper.yaml").unlink()
    add_overlay(kb, **{"causes__paper__company-paper": NEW_CAUSE})
    result = load_knowledge(kb)
    assert result.problems == () and result.knowledge is not None
    assert result.knowledge.causes["company-paper"].origin == "Our company"
    assert result.knowledge.causes["wrong-paper-size"].origin == ""
    assert result.knowledge.origins["Our company"]["zh-TW"] == "我們公司"
    assert result.directories == (kb, kb.parent / "company")


def test_overlay_overrides_texts_on_purpose(kb: Path) -> None:
    override = "overrides: wrong-paper-size\ntitle: {en: Company size, zh-TW: 公司尺寸}\n"
    add_overlay(kb, causes__paper__size=override)
    cause = load_or_raise(kb).causes["wrong-paper-size"]
    assert cause.title["en"] == "Company size" and cause.origin == "Our company"
    assert cause.solutions == ("load-right-paper",)


def test_overlay_never_hides_an_entry(kb: Path) -> None:
    same = (PRINTERS / "causes/paper/wrong-paper-size.yaml").read_text()
    add_overlay(kb, **{"causes__paper__wrong-paper-size": same.replace("The tray holds", "X")})
    result = load_knowledge(kb)
    assert codes(result.problems) == ["KB212"]
    assert result.draft.causes["wrong-paper-size"].title["en"] == "The tray holds another size"


def test_two_overlays_do_not_replace_the_same_text(kb: Path) -> None:
    override = "overrides: wrong-paper-size\ntitle: {en: A4 only, zh-TW: 只用 A4}\n"
    add_overlay(kb, **{"causes__paper__wrong-paper-size": override})
    shutil.copytree(kb.parent / "company", kb.parent / "second")
    settings = kb / "kb.yaml"
    settings.write_text(
        settings.read_text("utf-8").replace("[../company]", "[../company, ../second]"), "utf-8"
    )
    (found,) = load_knowledge(kb).problems
    assert found.code == "KB212" and "second" in found.position.path
    assert "is replaced by another overlay too" in found.message
    second = kb.parent / "second/causes/paper/wrong-paper-size.yaml"
    second.write_text("overrides: wrong-paper-size\nwho: network-team\n", "utf-8")
    assert load_knowledge(kb).problems == ()


def test_overlay_writes_terms_as_the_glossary_does(kb: Path) -> None:
    add_overlay(kb, glossary="- {en: Paper Jam, zh-TW: 塞紙}\n- {en: roller, zh-TW: 滾輪}\n")
    base = kb / "glossary.yaml"
    base.write_text(base.read_text("utf-8") + "- {en: paper jam, zh-TW: 卡紙}\n", "utf-8")
    (found,) = load_knowledge(kb).problems
    assert (found.code, found.position.line) == ("KB212", 1)


def test_overlay_may_lie_inside_and_add_names(kb: Path) -> None:
    folder = add_overlay(kb, "overlays/company")
    (folder / "kb.yaml").write_text(
        "title: {en: Our company, zh-TW: 我們公司}\n"
        "tools: [{id: app, title: {en: App, zh-TW: App}}]\n"
    )
    (folder / "links.yaml").write_text(
        "- {id: wiki, url: 'https://wiki.example.com', title: {en: W, zh-TW: W},"
        " summary: {en: S, zh-TW: S}, checked: 2026-11-24}\n"
    )
    result = load_knowledge(kb)
    assert result.problems == () and result.knowledge is not None
    assert [tool.id for tool in result.knowledge.settings.tools] == ["cups", "spooler", "app"]
    assert result.knowledge.links["wiki"].origin == "Our company"


@pytest.mark.parametrize("name", ["../nowhere", ".", "../kb"])
def test_overlay_that_cannot_be_used_is_a_problem(kb: Path, name: str) -> None:
    settings = kb / "kb.yaml"
    settings.write_text(settings.read_text() + f"overlays: ['{name}']\n")
    assert codes(load_knowledge(kb).problems) == ["KB213"]


def test_override_outside_an_overlay_is_a_problem(kb: Path) -> None:
    (kb / "causes/paper/size.yaml").write_text(
        "overrides: wrong-paper-size\ntitle: {en: X, zh-TW: X}\n"
    )
    result = load_knowledge(kb)
    assert codes(result.problems) == ["KB214"]
    assert result.draft.causes["wrong-paper-size"].title["en"] != "X"


def test_fingerprint_sees_every_change(kb: Path) -> None:
    seen = {fingerprint(kb)}
    assert fingerprint(kb) in seen
    file = kb / "causes/paper/wrong-paper-size.yaml"
    os.utime(file, (1, 1))
    seen.add(fingerprint(kb))
    file.rename(file.with_name("x.yaml"))
    seen.add(fingerprint(kb))
    file.with_name("x.yaml").unlink()
    seen.add(fingerprint(kb))
    (kb / "README.md").write_text("not knowledge")
    seen.add(fingerprint(kb))
    seen.add(fingerprint(kb, kb.parent / "nowhere"))
    assert len(seen) == 4


def test_fingerprint_imports_nothing_heavy() -> None:
    script = (
        "import sys; before = set(sys.modules);"
        "import kbmatch.knowledge.fingerprint as f; f.fingerprint('.');"
        "new = {m for m in set(sys.modules) - before if not m.startswith('kbmatch')};"
        "print(sorted(new - {'binascii'}))"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(kbmatch.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_reading_our_own_knowledge_twice_gives_the_same() -> None:
    first, second = load_knowledge(PRINTERS), load_knowledge(PRINTERS)
    assert first.knowledge == second.knowledge


def test_an_overlay_names_its_own_contact(kb: Path) -> None:
    add_overlay(kb)
    overlay = kb.parent / "company/kb.yaml"
    overlay.write_text(overlay.read_text("utf-8") + "contact: help@company.example\n", "utf-8")
    settings = load_or_raise(kb).settings
    assert settings.contact == "help@company.example"
    assert settings.repository is not None and "git.example.com" in settings.repository
