"""How the site looks in a real browser: on paper, on phones, in both schemes, and what it weighs."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from site_build import our_site

sys.path.insert(0, str(Path(__file__).parent / "browser"))
from kit import AXE, FLAGS, chromium, serve, violations, visitor

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect  # waits for what a reader would wait for

LANGUAGES = ("en", "zh-TW")
SYMPTOM = "symptoms/dns-lookup-failed.html"
PHONE = {"viewport": {"width": 360, "height": 740}}
BAR, AIM = 500_000, 300_000
OVER_AIM = 0.02
"""Share of pages that may weigh more than we aim at."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return our_site(tmp_path_factory.mktemp("look") / "kb" / "errors")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        instance = driver.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield instance
        instance.close()


@pytest.fixture(scope="module")
def server(site: Path) -> Iterator[str]:
    with serve(site.parents[1]) as address:
        yield f"{address}/kb/errors"


@pytest.fixture(params=["file", "http"])
def root(request: pytest.FixtureRequest, site: Path) -> str:
    if request.param == "file":
        return site.as_uri()
    return str(request.getfixturevalue("server"))


def kinds(site: Path, language: str) -> list[str]:
    """Name one page of every kind, and every hub."""
    folder = site / language
    found = [page.name for page in sorted(folder.glob("*.html"))]
    for name in ("areas", "messages", "solutions"):
        found.append(f"{name}/{next(iter(sorted((folder / name).glob('*.html')))).name}")
    return [*found, SYMPTOM]


# ---- Paper -------------------------------------------------------------------------------------

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


# ---- Phones ------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("path", ["limits.html", "glossary.html", "check-health.html"])
def test_cells_say_their_column_on_phones(browser: Any, server: str, path: str) -> None:
    with visitor(browser, server, **PHONE) as (page, _):
        page.goto(f"{server}/en/{path}")
        bare = page.locator(".kb-scroll .kb-table td:not(:first-child)").evaluate_all(
            "all => all.filter((cell) => cell.textContent.trim() && "
            "['none', '\"\"'].includes(getComputedStyle(cell, '::before').content)).length"
        )
        assert bare == 0


# ---- Frame -------------------------------------------------------------------------------------


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


# ---- Lists -------------------------------------------------------------------------------------


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


# ---- Picture -----------------------------------------------------------------------------------


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


# ---- Everybody ---------------------------------------------------------------------------------


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
            found = violations(page)
            short = [
                (
                    item["id"],
                    [
                        (node["html"][:90], node["failureSummary"][:200])
                        for node in item["nodes"][:2]
                    ],
                )
                for item in found["violations"]
            ]
            assert not short, (path, short)


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


# ---- Wrong addresses ---------------------------------------------------------------------------


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
