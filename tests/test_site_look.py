"""How the site looks in a real browser: on phones, in both schemes, to axe, and what it weighs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from kit import AXE, LANGUAGES, PHONE, SYMPTOM, expect, kinds, violations, visitor

BAR, AIM = 500_000, 300_000
OVER_AIM = 0.02
"""Share of pages that may weigh more than we aim at."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_sticks_out_at_360_pixels(
    browser: Any, site: Path, server: str, language: str
) -> None:
    with visitor(browser, server, **PHONE) as (page, _):
        for path in kinds(site, language):
            page.goto(f"{server}/{language}/{path}")
            wide = page.evaluate(
                "[...document.querySelectorAll('.md-content *')]"
                ".filter(e => e.getBoundingClientRect().right > innerWidth + 1"
                " && !e.closest('pre, .kb-scroll, .kb-away, svg')"
                " && getComputedStyle(e).position !== 'absolute').map(e => e.outerHTML.slice(0, 90))"
            )
            assert not wide, (path, wide[:3])
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


def test_fingers_find_what_they_touch(browser: Any, server: str) -> None:
    wanted = (
        ".kb-copy, .kb-restart, .kb-values__toggle, .kb-wordings > summary, .kb-fix > summary, "
        ".kb-links summary, .kb-pick, .kb-overview a, .kb-tabs > label, .kb-box__go, .kb-box__file"
    )
    with visitor(browser, server, **PHONE) as (page, _):
        for path in (SYMPTOM, "index.html", "check-health.html"):
            page.goto(f"{server}/en/{path}")
            small = page.evaluate(
                "(wanted) => [...document.querySelectorAll(wanted)]"
                ".filter((e) => e.offsetParent && e.getBoundingClientRect().height < 38)"
                ".map((e) => [e.className || e.tagName, e.getBoundingClientRect().height])",
                wanted,
            )
            assert not small, (path, small[:5])


def test_who_can_fix_a_cause_is_told_in_words_on_phones(browser: Any, server: str) -> None:
    with visitor(browser, server, **PHONE) as (page, _):
        page.goto(f"{server}/en/{SYMPTOM}")
        marks = page.locator(".kb-overview .kb-who")
        assert marks.count() > 2
        for mark in marks.all():
            assert mark.inner_text().strip()
            assert float(mark.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) >= 11


@pytest.mark.parametrize("width", [360, 1280])
def test_titles_below_a_code_are_told_apart(browser: Any, server: str, width: int) -> None:
    with visitor(browser, server, viewport={"width": width, "height": 800}) as (page, _):
        page.goto(f"{server}/en/by-code.html")
        row = page.locator(".kb-codes tr", has_text="HTTP 403").first
        tops = row.locator("td a").evaluate_all(
            "all => all.map(a => a.getBoundingClientRect().top)"
        )
        assert len(tops) > 3 and tops == sorted(set(tops)), "each begins a line"
        titles = row.locator("td").bounding_box()
        assert titles["width"] > 0.6 * row.bounding_box()["width"]
        page.locator("[data-filter]").fill("ENOSPC")
        expect(row).to_be_hidden()


def test_an_option_in_a_table_is_read_whole(browser: Any, server: str) -> None:
    with visitor(browser, server, viewport={"width": 1280, "height": 800}) as (page, _):
        page.goto(f"{server}/en/check-health.html")
        options = page.locator(".kb-table td:first-child code", has_text="--")
        assert options.count() > 3
        assert options.evaluate_all("all => all.filter(e => e.getClientRects().length > 1)") == []


@pytest.mark.parametrize("width", [360, 720, 768, 960, 1280])
def test_no_word_above_the_diagram_is_torn_apart(browser: Any, server: str, width: int) -> None:
    with visitor(browser, server, viewport={"width": width, "height": 800}) as (page, _):
        for language in LANGUAGES:
            page.goto(f"{server}/{language}/index.html")
            wide = page.locator(".kb-flow__lanes > div > *").evaluate_all(
                "all => all.map(e => { const r = document.createRange(); r.selectNodeContents(e);"
                " const t = e.textContent.trim(); const one = /^[!-~]+$/.test(t);"
                " const lines = new Set([...r.getClientRects()].map(x => Math.round(x.top))).size;"
                " return [t, one && lines > 1, e.scrollWidth > e.clientWidth + 6]; })"
                ".filter(([, torn, out]) => torn || out)"
            )
            assert not wide, (language, wide)


@pytest.mark.parametrize("path", ["limits.html", "glossary.html", "check-health.html"])
def test_cells_say_their_column_on_phones(browser: Any, server: str, path: str) -> None:
    with visitor(browser, server, **PHONE) as (page, _):
        page.goto(f"{server}/en/{path}")
        bare = page.locator(".kb-scroll .kb-table td:not(:first-child)").evaluate_all(
            "all => all.filter((cell) => cell.textContent.trim() && "
            "['none', '\"\"'].includes(getComputedStyle(cell, '::before').content)).length"
        )
        assert bare == 0


def test_colours_follow_the_system_until_chosen(browser: Any, root: str) -> None:
    with visitor(browser, root, color_scheme="dark") as (page, _):
        page.goto(f"{root}/en/by-phase.html")
        body = page.locator("body")
        expect(body).to_have_attribute("data-md-color-scheme", "slate")
        page.emulate_media(color_scheme="light")
        expect(body).to_have_attribute("data-md-color-scheme", "default")
        for scheme in ("default", "slate"):
            page.locator("[data-md-component=palette] label:visible").click()
            expect(body).to_have_attribute("data-md-color-scheme", scheme)
        page.goto(f"{root}/zh-TW/by-phase.html")
        expect(body).to_have_attribute("data-md-color-scheme", "slate")
        expect(page.locator("[data-md-component=palette] label:visible")).to_have_count(1)


def test_the_keyboards_place_in_the_header_is_seen(browser: Any, server: str) -> None:
    with visitor(browser, server, viewport={"width": 1280, "height": 800}) as (page, _):
        page.goto(f"{server}/en/{SYMPTOM}")
        seen = set()
        for _step in range(7):
            page.keyboard.press("Tab")
            shown = page.evaluate(
                "() => { const e = document.activeElement;"
                " const box = e.matches('.md-option') ? e.nextElementSibling : e;"
                " return [e.className, getComputedStyle(box).outlineStyle, box.offsetWidth > 0]; }"
            )
            seen.add(shown[0].split()[0])
            assert shown[1:] == ["solid", True], shown
        assert {"md-option", "kb-find"} <= seen


def test_the_contents_follow_and_links_unfold(browser: Any, root: str) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/{SYMPTOM}")
        link = page.locator(".md-sidebar--secondary a[href^='#cause-']").nth(2)
        link.click()
        expect(link).to_have_attribute("aria-current", "location")
        expect(page.locator(".md-sidebar--secondary [aria-current]")).to_have_count(1)
        fix = page.locator("details.kb-fix").first
        page.goto(f"{root}/en/{SYMPTOM}#{fix.get_attribute('id')}")
        page.reload()
        page.evaluate("location.hash = ''")
        step = page.locator(".kb-wordings dt").last.get_attribute("id")
        page.evaluate("id => { location.hash = id; }", step)
        expect(page.locator(f"[id='{step}']")).to_be_visible()


def test_the_drawer_of_a_phone_opens_and_closes(browser: Any, root: str) -> None:
    with visitor(browser, root, **PHONE) as (page, _):
        page.goto(f"{root}/en/{SYMPTOM}")
        drawer = page.locator(".md-sidebar--primary")
        page.locator(".md-header label[for=__drawer]").click()
        expect(drawer.get_by_role("link", name="Home")).to_be_in_viewport()
        page.keyboard.press("Escape")
        expect(drawer.get_by_role("link", name="Home")).not_to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(
    browser: Any, site: Path, server: str, language: str, scheme: str
) -> None:
    script = AXE.read_text(encoding="utf-8")
    options = {"color_scheme": scheme, "bypass_csp": True}
    with visitor(browser, server, **options) as (page, _):
        for path in kinds(site, language):
            page.goto(f"{server}/{language}/{path}")
            if path == SYMPTOM:
                page.evaluate(
                    "document.querySelectorAll('details').forEach(d => { d.open = true; })"
                )
                page.locator(".kb-outcome--yours input").first.check()
            page.evaluate(script)
            found = violations(page, scheme)
            assert not found, (path, found)


def test_every_page_weighs_little(browser: Any, site: Path, server: str) -> None:
    """What a page names, added up for all of them; the browser's own figures for two."""
    sizes: dict[Path, int] = {}

    def size(path: Path) -> int:
        if path not in sizes:
            sizes[path] = path.stat().st_size
        return sizes[path]

    weights: dict[str, int] = {}
    for language in LANGUAGES:
        for page in sorted((site / language).rglob("*.html")):
            html = page.read_text(encoding="utf-8")
            named = set(re.findall(r'<(?:script|link|img)[^>]*?(?:src|href)="([^"]+\.\w+)"', html))
            files = {(page.parent / name).resolve() for name in named if "hreflang" not in name}
            files = {file for file in files if file.suffix != ".html"}
            weights[page.relative_to(site).as_posix()] = size(page) + sum(map(size, files))
    heavy = {name: weight for name, weight in weights.items() if weight > BAR}
    assert not heavy
    assert sum(weight > AIM for weight in weights.values()) <= OVER_AIM * len(weights)
    for path in (f"en/{SYMPTOM}", "zh-TW/index.html"):
        with visitor(browser, server) as (page, _):
            seen: dict[str, int] = {}
            page.on(
                "response", lambda answer, seen=seen: seen.update({answer.url: len(answer.body())})
            )
            page.goto(f"{server}/{path}")
            page.wait_for_load_state("networkidle")
            assert sum(seen.values()) <= AIM, seen
