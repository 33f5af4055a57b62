"""Files beside the pages: data, outline, redirects, 404, language choice."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest

from kbmatch.knowledge.load import load_or_raise
from kbmatch.knowledge.model import Knowledge
from kbmatch.site.data import Kept, build_assets
from kbmatch.site.pages import build_pages
from site_build import PRINTERS


@pytest.fixture(scope="module")
def printers() -> Knowledge:
    return load_or_raise(PRINTERS)


@pytest.fixture(scope="module")
def assets(printers: Knowledge) -> dict[str, str]:
    return {asset.path: asset.content for asset in build_assets(printers)}


def test_kb_json_holds_everything(printers: Knowledge, assets: dict[str, str]) -> None:
    data = json.loads(assets["kb.json"])
    assert data["version"] == 1
    assert data["source_hash"] == printers.source_hash
    for kind in ("symptoms", "causes", "solutions", "links"):
        assert [item["id"] for item in data[kind]] == list(getattr(printers, kind))
    jam = next(item for item in data["symptoms"] if item["id"] == "paper-jam")
    assert jam["title"]["zh-TW"] == "印表機卡紙"
    assert jam["signatures"][0]["message"] == "media jam in tray {tray}"


def test_outline_names_every_page_that_exists(printers: Knowledge, assets: dict[str, str]) -> None:
    targets = re.findall(r"\]\(([^)]+)\)", assets["llms.txt"])
    pages = {
        page.address
        for language in printers.settings.languages
        for page in build_pages(printers, language)
    }
    assert targets[-1] == "kb.json", "an optional extra, last"
    assert set(targets[:-1]) <= pages
    assert {page for page in pages if "/symptoms/" in page} <= set(targets)
    assert assets["llms.txt"].startswith("# Printer errors\n\n> ")


def test_retired_ids_lead_to_the_page(assets: dict[str, str]) -> None:
    for language in ("en", "zh-TW"):
        page = assets[f"{language}/symptoms/jammed-paper.html"]
        assert 'content="0; url=paper-jam.html"' in page
        assert f'lang="{language}"' in page


@pytest.mark.parametrize("path", ["index.html", "404.html", "en/symptoms/jammed-paper.html"])
def test_outer_pages_allow_exactly_their_own_script_and_style(
    assets: dict[str, str], path: str
) -> None:
    page = assets[path]
    for tag in ("script", "style"):
        inside = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert len(inside) == 1
        digest = base64.b64encode(hashlib.sha256(inside[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in page.replace("&#43;", "+").replace("&#39;", "'")
    assert "http://" not in page and "https://" not in page


def test_not_found_page_knows_the_root(printers: Knowledge) -> None:
    pages = {a.path: a.content for a in build_assets(printers, "https://a.example/docs/")}
    assert 'href="/docs/en/index.html"' in pages["404.html"]
    assert (
        'href="/en/index.html"' in {a.path: a.content for a in build_assets(printers)}["404.html"]
    )


def test_slot_script_is_plain_data(assets: dict[str, str]) -> None:
    text = assets["assets/kb/slots.js"].removeprefix("window.kbSlots = ").rstrip(";\n")
    data = json.loads(text)
    assert data["examples"]["printer"] == "office-2"
    (derivation,) = data["derivations"]
    assert (derivation["from"], derivation["template"]) == ("host", "{printer}.example.com")
    assert derivation["groups"] == ["printer"]


def test_what_the_knowledge_no_longer_has_is_not_kept(printers: Knowledge) -> None:
    kept = Kept()
    first, *others = printers.symptoms.values()
    [line] = kept.lines("symptoms", [first])
    assert kept.lines("symptoms", [first])[0] is line
    kept.lines("symptoms", others)
    [again] = kept.lines("symptoms", [first])
    assert again == line
    assert again is not line
