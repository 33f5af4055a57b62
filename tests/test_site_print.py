"""On paper, as a real browser lays it out: the answer first, no table cut, nothing pale."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kit import LANGUAGES, SYMPTOM, expect, visitor

CONTRAST = """() => {
  const light = (text) => {
    const [r, g, b] = text.match(/[\\d.]+/g).map(Number).map((v) => v / 255)
      .map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const faint = [];
  for (const element of document.querySelectorAll('.md-content *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.getClientRects().length) continue;
    if (1.05 / (light(getComputedStyle(element).color) + .05) < 4.5) faint.push(element.outerHTML.slice(0, 90));
  }
  return faint;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [SYMPTOM, "firewall.html", "check-health.html"])
def test_print_is_dark_on_white_from_any_scheme(
    browser: Any, server: str, path: str, scheme: str
) -> None:
    with visitor(browser, server, color_scheme=scheme) as (page, _):
        page.goto(f"{server}/en/{path}")
        page.emulate_media(media="print", color_scheme=scheme)
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_print_has_the_answer_on_its_first_page(browser: Any, server: str, language: str) -> None:
    sheet = {"width": 680, "height": 960}  # A4 without margins, in CSS pixels
    with visitor(browser, server, viewport=sheet) as (page, _):
        page.goto(f"{server}/{language}/{SYMPTOM}")
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        answer = page.locator("#answer").bounding_box()
        assert answer["y"] + answer["height"] < sheet["height"] * 0.7
        expect(page.locator(".kb-steps").first).to_be_visible()
        expect(page.locator(".kb-wordings dl")).to_be_hidden()
        expect(page.locator(".md-header")).to_be_hidden()
        expect(page.locator(".kb-values")).to_be_hidden()
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        expect(page.locator("details.kb-fix[open]")).to_have_count(0)


def test_print_leaves_out_what_is_ruled_out(browser: Any, server: str) -> None:
    with visitor(browser, server) as (page, _):
        page.goto(f"{server}/en/{SYMPTOM}")
        page.locator(".kb-cause").nth(0).locator(".kb-outcome--not input").check()
        page.locator(".kb-cause").nth(1).locator(".kb-outcome--yours input").check()
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        expect(page.locator(".kb-cause").nth(0).locator(".kb-cause__body")).to_be_hidden()
        expect(page.locator(".kb-cause").nth(1).locator(".kb-steps").first).to_be_visible()
        expect(page.locator(".kb-cause").nth(2).locator(".kb-fix").first).to_be_hidden()


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_fit_on_paper_and_commands_say_their_platform(
    browser: Any, site: Path, server: str, language: str
) -> None:
    with visitor(browser, server, viewport={"width": 680, "height": 960}) as (page, _):
        for path in ("firewall.html", "limits.html", "glossary.html", "check-health.html"):
            page.goto(f"{server}/{language}/{path}")
            page.emulate_media(media="print")
            wide = page.evaluate(
                "[...document.querySelectorAll('.kb-table :is(td, th)')]"
                ".filter((cell) => cell.getBoundingClientRect().right > innerWidth + 1)"
                ".map((cell) => cell.textContent.slice(0, 40))"
            )
            assert not wide, (path, wide[:3])
            assert page.evaluate(
                "[...document.querySelectorAll('.kb-table thead')]"
                ".every((head) => head.getClientRects().length)"
            ), path
        page.goto(f"{server}/{language}/{SYMPTOM}")
        page.emulate_media(media="print")
        titles = page.locator(".kb-cause .kb-panel").evaluate_all(
            "all => all.map((panel) => getComputedStyle(panel, '::before').content)"
        )
        assert titles and all(title not in ("none", '""') for title in titles)
