"""The built site: both languages whole, nothing inline, nothing foreign, the same bytes each time."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from mkdocs.exceptions import Abort, PluginError

from site_build import PRINTERS, build_printers, build_site

LANGUAGES = ("en", "zh-TW")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_printers(tmp_path_factory.mktemp("site") / "site")


def pages(site: Path) -> list[Path]:
    return sorted(page for language in LANGUAGES for page in (site / language).rglob("*.html"))


def test_every_page_is_there_in_every_language(site: Path) -> None:
    names = {
        language: {
            page.relative_to(site / language).as_posix()
            for page in (site / language).rglob("*.html")
        }
        for language in LANGUAGES
    }
    assert names["en"] == names["zh-TW"]
    assert {"index.html", "symptoms/paper-jam.html", "solutions/load-right-paper.html"} <= names[
        "en"
    ]


def test_language_title_navigation_and_alternates(site: Path) -> None:
    page = (site / "zh-TW/symptoms/paper-jam.html").read_text(encoding="utf-8")
    assert '<html lang="zh-TW"' in page
    assert "<title>印表機卡紙 · 印表機錯誤排解</title>" in page
    assert 'hreflang="en" href="../../en/symptoms/paper-jam.html"' in page
    assert "依階段" in page and "By phase" not in page
    english = (site / "en/symptoms/paper-jam.html").read_text(encoding="utf-8")
    assert '<html lang="en"' in english
    assert "By phase" in english and "依階段" not in english


def test_every_page_says_where_to_report(site: Path) -> None:
    for page in pages(site):
        html = page.read_text(encoding="utf-8")
        if 'http-equiv="refresh"' not in html:
            assert 'href="mailto:printers@example.com"' in html, page


def test_no_page_has_inline_code_or_style_or_names_another_host(site: Path) -> None:
    for page in pages(site):
        html = page.read_text(encoding="utf-8")
        name = page.relative_to(site).as_posix()
        if 'http-equiv="refresh"' in html:
            continue  # redirects: covered with the other outer pages
        assert "Content-Security-Policy" in html, name
        assert re.findall(r"<script(?![^>]*(?:src=|application/json))", html) == [], name
        assert re.findall(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", html) == [], name
        loads = re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"([^\"]*)\"", html)
        outside = [url for url in loads if re.match(r"(?:https?:)?//", url)]
        assert [url for url in outside if not url.startswith("https://kb.example/docs/")] == [], (
            name
        )


def test_each_language_has_its_search_text_and_nothing_is_left_over(site: Path) -> None:
    for language in LANGUAGES:
        script = (site / f"assets/kb/box/text-{language}.js").read_text(encoding="utf-8")
        text = json.loads(script.partition(" = ")[2].rstrip(";\n"))
        paths = [page["path"] for page in text["pages"]]
        assert {"how-to-use.html", "symptoms/paper-jam.html"} <= set(paths)
        for path in paths:
            assert (site / language / path).is_file(), path
        assert not (site / language / "search").exists()
    for unused in ("search", "assets/javascripts/lunr", "assets/javascripts/workers"):
        assert not (site / unused).exists(), unused
    assert not list(site.rglob("*.map"))


def test_a_written_page_that_has_gone_is_not_found_by_the_search(tmp_path: Path) -> None:
    content = tmp_path / "content"
    for language in LANGUAGES:
        (content / language).mkdir(parents=True)
        (content / language / "index.md").write_text("---\ntitle: Home\n---\n\nPrinters.\n")
        (content / language / "tray.md").write_text("---\ntitle: Tray\n---\n\nPaper.\n")
    for there in (True, False):
        built = build_site(tmp_path / f"site-{there}", PRINTERS, content=content)
        text = (built / "assets/kb/box/text-en.js").read_text(encoding="utf-8")
        assert ('"tray.html"' in text) is there
        for language in LANGUAGES:
            (content / language / "tray.md").unlink(missing_ok=True)


def test_sitemap_lists_every_page_with_its_other_language(site: Path) -> None:
    tree = ElementTree.parse(site / "sitemap.xml")
    spaces = {
        "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
        "x": "http://www.w3.org/1999/xhtml",
    }
    found = {loc.text for loc in tree.findall(".//s:loc", spaces)}
    built = {f"https://kb.example/docs/{page.relative_to(site).as_posix()}" for page in pages(site)}
    redirects = {url for url in built if url.endswith("jammed-paper.html")}
    assert found == built - redirects
    assert len(tree.findall(".//x:link", spaces)) == 2 * len(found)


def test_two_builds_are_byte_identical(site: Path, tmp_path: Path) -> None:
    again = build_printers(tmp_path / "again")

    def digests(root: Path) -> dict[str, str]:
        return {
            path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }

    assert digests(site) == digests(again)


def test_broken_knowledge_stops_the_build_and_says_where(tmp_path: Path) -> None:
    broken = tmp_path / "kb"
    shutil.copytree(PRINTERS, broken)
    page = broken / "symptoms/paper/paper-jam.yaml"
    page.write_text(
        page.read_text(encoding="utf-8").replace("cause: wrong-paper-size", "cause: nothing-of-it"),
        encoding="utf-8",
    )
    with pytest.raises((PluginError, Abort)) as caught:
        build_printers(tmp_path / "site", broken)
    if isinstance(caught.value, PluginError):
        assert "paper-jam.yaml" in str(caught.value)
