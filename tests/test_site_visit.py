"""Readers come and go, in a real browser: languages, first visits, wrong addresses, no JavaScript."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kit import CAUSE, LANGUAGES, SYMPTOM, expect, kinds, visitor


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_load_without_a_word_from_the_console_or_another_host(
    browser: Any, site: Path, root: str, language: str
) -> None:
    with visitor(browser, root) as (page, watch):
        for path in kinds(site, language):
            page.goto(f"{root}/{language}/{path}")
            page.wait_for_timeout(60)
            assert page.evaluate("document.documentElement.lang") == language
            assert page.locator("h1").count() == 1, path
            watch.check()


def test_a_jump_marks_its_own_entry_in_the_table_of_contents(browser: Any, root: str) -> None:
    with visitor(browser, root, viewport={"width": 1280, "height": 800}) as (page, _):
        page.goto(f"{root}/en/{SYMPTOM}")
        second = page.locator(".kb-cause").nth(1).get_attribute("id")
        page.locator(".kb-cause").first.locator(".kb-outcome--not input").check()
        active = page.locator(".md-nav--secondary .md-nav__link--active").last
        expect(active).to_have_attribute("href", f"#{second}")
        # Nothing lies over the heading that the reader was led to.
        assert page.evaluate(
            "id => { const head = document.querySelector(`#${id} h3`);"
            " const box = head.getBoundingClientRect();"
            " return head.contains(document.elementFromPoint(box.x + 9, box.y + 9)); }",
            second,
        )


def test_language_switch_keeps_page_and_place(browser: Any, root: str) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/{SYMPTOM}#cause-{CAUSE}")
        page.locator(".md-header .md-select").hover()
        page.locator("a.md-select__link[hreflang=zh-TW]").click()
        page.wait_for_url(f"**/zh-TW/{SYMPTOM}#cause-{CAUSE}")


@pytest.mark.parametrize(
    ("locale", "language"),
    [("zh-TW", "zh-TW"), ("zh-HK", "zh-TW"), ("en-GB", "en")],
)
def test_first_visit_follows_the_browser_and_the_choice_is_remembered(
    browser: Any, root: str, locale: str, language: str
) -> None:
    with visitor(browser, root, locale=locale) as (page, _):
        page.goto(f"{root}/index.html")
        page.wait_for_url(f"**/{language}/index.html")
        other = next(item for item in LANGUAGES if item != language)
        page.goto(f"{root}/{other}/by-phase.html")  # a link from somebody else is no choice
        page.wait_for_timeout(500)  # the browser stores things in its own time
        page.goto(f"{root}/index.html")
        page.wait_for_url(f"**/{language}/index.html")
        page.locator(".md-header .md-select").hover()
        page.locator(f"a.md-select__link[hreflang={other}]").click()
        page.wait_for_url(f"**/{other}/index.html")
        page.wait_for_timeout(500)
        page.goto(f"{root}/index.html")
        page.wait_for_url(f"**/{other}/index.html")


def test_a_reader_of_neither_language_is_asked(browser: Any, root: str) -> None:
    with visitor(browser, root, locale="fr-FR") as (page, _):
        page.goto(f"{root}/index.html")
        expect(page.get_by_role("link")).to_have_count(2)
        assert page.url.endswith("/index.html") and "/en/" not in page.url


def test_without_javascript_everything_can_be_read(browser: Any, root: str) -> None:
    with visitor(browser, root, java_script_enabled=False) as (page, _):
        page.goto(f"{root}/index.html")
        page.get_by_role("link", name="English").click()
        expect(page.locator("#kb-box")).to_be_hidden()
        expect(page.locator(".kb-box__off")).to_be_visible()
        page.goto(f"{root}/zh-TW/{SYMPTOM}")
        expect(page.locator(".kb-cause__body").first).to_be_visible()
        page.locator("details.kb-fix summary").first.click()
        expect(page.locator(".kb-steps").first).to_be_visible()
        expect(page.locator(".kb-values")).to_be_hidden()


@pytest.mark.parametrize(
    ("address", "sections", "leads_to"),
    [
        ("zh-TW/gone/x.html", 1, "zh-TW/index.html"),
        ("typo.html", 2, "en/index.html"),
    ],
)
def test_a_missing_address_gets_help(
    browser: Any, site: Path, server: str, address: str, sections: int, leads_to: str
) -> None:
    with visitor(browser, server) as (page, watch):
        page.route(
            f"**/{address}", lambda route: route.fulfill(path=str(site / "404.html"), status=200)
        )
        page.goto(f"{server}/{address}")
        expect(page.locator("section:visible")).to_have_count(sections)
        page.locator("section:visible > a").first.click()
        page.wait_for_url(f"**/kb/errors/{leads_to}")
        watch.check()


def test_a_missing_page_names_those_that_are_called_alike(
    browser: Any, site: Path, server: str
) -> None:
    with visitor(browser, server) as (page, _):
        page.route(
            "**/symptoms/dns-lookup-fails.html",
            lambda route: route.fulfill(path=str(site / "404.html"), status=200),
        )
        page.goto(f"{server}/en/symptoms/dns-lookup-fails.html")
        page.locator(".near a:visible").first.click()
        page.wait_for_url(f"**/kb/errors/en/{SYMPTOM}")


def test_the_page_for_missing_addresses_leads_home_from_a_file(browser: Any, site: Path) -> None:
    with visitor(browser, site.as_uri()) as (page, _):
        page.goto(f"{site.as_uri()}/404.html")
        page.locator("section > a").first.click()
        page.wait_for_url("**/en/index.html")
