"""Long lists in a real browser: tables that sort, filters, codes, the picture of a request."""

from __future__ import annotations

import re
from typing import Any

import pytest

from kit import LANGUAGES, expect, visitor


def test_tables_sort_by_any_column(browser: Any, root: str) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/messages.html")
        phase = page.get_by_role("button", name="Where it fails").first
        rows = page.locator(".kb-errors tbody tr")
        phase.click()
        expect(page.locator(".kb-errors th[aria-sort=ascending]")).to_have_count(1)
        expect(rows.first.locator("td").first).to_have_text("On this machine")
        phase.click()
        expect(rows.first.locator("td").first).to_have_text("Management")


def test_a_filter_says_what_is_left_and_stays_in_the_address(browser: Any, root: str) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/by-code.html")
        box = page.locator(".kb-filter input")
        box.fill("http 403")
        expect(page.locator(".kb-filter__count")).to_have_text("1 row")
        expect(page.locator(".kb-codes tbody tr:visible")).to_have_count(1)
        page.reload()
        expect(box).to_have_value("http 403")
        expect(page.locator(".kb-codes tbody tr:visible")).to_have_count(1)
        box.fill("nothing of this kind")
        expect(page.locator(".kb-filter__none")).to_be_visible()


def test_codes_people_look_for_are_on_the_home_page(browser: Any, root: str) -> None:
    with visitor(browser, root) as (page, _):
        for label in ("401", "429", "5xx", "x509", "ImagePullBackOff"):
            page.goto(f"{root}/en/index.html")
            page.locator(".kb-chips--codes").get_by_role("link", name=label, exact=True).click()
            page.wait_for_url(re.compile(r"/(by-code\.html#|symptoms/)"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_has_every_phase_and_leads_to_its_errors(
    browser: Any, root: str, language: str
) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/{language}/index.html")
        steps = page.locator(".kb-flow__hop")
        expect(steps).to_have_count(12)
        expect(page.locator(".kb-flow__number")).to_have_count(9)  # three are on no pull's way
        expect(steps.nth(1).locator("svg[role=img]")).to_have_attribute(
            "aria-label", re.compile("DNS")
        )
        steps.nth(1).locator("a[href$='dns-lookup-failed.html']").click()
        page.wait_for_url("**/symptoms/dns-lookup-failed.html*")


def test_a_page_says_how_far_the_request_got(browser: Any, root: str) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/symptoms/tls-unknown-authority.html")
        expect(page.locator(".kb-here [aria-current=step]")).to_have_text("TLS")
        expect(page.locator(".kb-here__done")).to_have_count(4)
        page.goto(f"{root}/en/symptoms/storage-quota-exceeded.html")
        expect(page.locator(".kb-here__done")).to_have_count(0)
        expect(page.locator(".kb-here [aria-current=step]")).to_have_text("Limits and quota")
