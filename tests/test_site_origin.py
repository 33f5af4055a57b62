"""Where a page comes from an organisation's overlay, box, search and page say so, as the terminal does."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from kit import LANGUAGES, expect, visitor
from overlaid_printers import with_overlay
from site_build import build_printers

FROM = {"en": "from Contoso", "zh-TW": "來自 Contoso"}


@pytest.fixture(scope="module")
def overlaid(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Return where the site of the overlaid printers lies, and a message of the overlay's."""
    folder = tmp_path_factory.mktemp("overlaid")
    base = with_overlay(folder)
    own = (folder / "contoso/symptoms/paper/contoso-toner.yaml").read_text("utf-8")
    message = yaml.safe_load(own)["signatures"][0]["samples"][0]
    return build_printers(folder / "site", base).as_uri(), message


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_rows_and_the_page_name_the_overlay(
    browser: Any, overlaid: tuple[str, str], language: str
) -> None:
    root, message = overlaid
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/{language}/index.html")
        page.locator("#kb-box-text").fill(message)
        found = page.locator(".kb-found[data-id=contoso-toner]")
        expect(found.locator("h2 + .kb-origin")).to_have_text(FROM[language])
        page.locator("#kb-box-text").fill("contoso-toner")
        row = page.locator(".kb-near li", has=page.locator("a[href*='contoso-toner']"))
        expect(row.locator(".kb-origin")).to_have_text(FROM[language])
        page.keyboard.press("Control+k")
        page.keyboard.type(message.replace("\n", " "))
        option = page.locator(".kb-finder a[data-path='symptoms/contoso-toner.html']")
        expect(option.locator(".kb-origin")).to_have_text(FROM[language])
        option.click()
        expect(page.locator(".kb-facts")).to_contain_text("Contoso")


def test_pages_of_the_main_knowledge_say_nothing(browser: Any, overlaid: tuple[str, str]) -> None:
    root, _ = overlaid
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/index.html")
        page.locator("#kb-box-text").fill('Unable to locate printer "cellar".')
        expect(page.locator("#kb-box-results a").first).to_be_visible()
        expect(page.locator(".kb-origin")).to_have_count(0)
