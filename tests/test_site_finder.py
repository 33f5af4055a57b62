"""The search of every page, in a real browser: keys, rows, and the right page for every case."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from kit import AXE, LANGUAGES, expect, violations, visitor
from real_knowledge import CASES

ROWS = ".kb-finder a[role=option]"
ANSWERED = ".kb-finder__list[data-answered]"
HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
# Asks through the field itself, as a reader who pastes; all rows, those behind "show all" too.
ASK = """async ([texts, all]) => {
  if (!document.querySelector('.kb-finder[open]')) document.querySelector('.kb-find').click();
  const input = document.querySelector('.kb-finder__input');
  const list = document.querySelector('.kb-finder__list');
  const found = [];
  for (const text of texts) {
    const data = new DataTransfer();
    data.setData('text', text);
    const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
    if (input.dispatchEvent(event)) {
      input.value = text;
      input.dispatchEvent(new InputEvent('input', {inputType: 'insertFromPaste', bubbles: true}));
    }
    while (!list.dataset.answered) await new Promise((resolve) => setTimeout(resolve, 4));
    if (all) for (const more of list.querySelectorAll('[data-more]')) more.click();
    found.push([...list.querySelectorAll('a[role=option]')].map((row) => row.dataset.path));
  }
  return found;
}"""


def cases(kind: str) -> list[dict[str, Any]]:
    lines = [
        line
        for path in sorted(CASES.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    found = [json.loads(line) for line in lines if line.strip()]
    return [case for case in found if case["kind"] == kind and case["expect"]]


def ask(page: Any, texts: list[str], everything: bool = False) -> list[list[str]]:
    page.set_default_timeout(600_000)
    found = page.evaluate(ASK, [texts, everything])
    return [[re.sub(r"^symptoms/|\.html$", "", path) for path in row] for row in found]


def test_pasted_errors_find_their_page_first(browser: Any, site: Path) -> None:
    with visitor(browser, site.as_uri()) as (page, _):
        page.goto(f"{site.as_uri()}/en/by-phase.html")
        for kind, bar in (("line", 0.92), ("log", 0.88)):
            given = cases(kind)
            rows = ask(page, [case["text"] for case in given])
            right = [
                row[:1] and row[0] in case["expect"] for case, row in zip(given, rows, strict=True)
            ]
            assert sum(map(bool, right)) >= bar * len(given), kind


def test_words_that_only_ask_hide_no_page(browser: Any, site: Path) -> None:
    asked = {
        "Docker Hub 說我們下載次數太多了，到底怎麼回事": "rate-limited",
        "從台灣拉映像慢到爆": "slow-pull-push",
        "為什麼我們 check-health 一直叫我裝 helm": "helm-client-problem",
        "how do I get rid of the docker credential helper": "credential-helper-missing",
    }
    with visitor(browser, site.as_uri()) as (page, _):
        page.goto(f"{site.as_uri()}/zh-TW/by-phase.html")
        for (text, wanted), row in zip(asked.items(), ask(page, list(asked)), strict=True):
            assert wanted in row[:2], text


def test_guides_are_found_by_what_people_ask(browser: Any, site: Path) -> None:
    asked = {
        "en": {
            "audit log": "registry-logs",
            "pull hangs": "start-here",
            "add an error": "authoring",
        },
        "zh-TW": {
            "誰拉了我的映像": "registry-logs",
            "防火牆要開的主機": "firewall",
            "離線": "publishing",
        },
    }
    with visitor(browser, site.as_uri()) as (page, _):
        for language, words in asked.items():
            page.goto(f"{site.as_uri()}/{language}/by-phase.html")
            for (text, wanted), row in zip(words.items(), ask(page, list(words)), strict=True):
                assert wanted in row[:4], (text, row)


@pytest.mark.parametrize("language", LANGUAGES)
def test_descriptions_find_their_page_among_the_first_three(
    browser: Any, site: Path, language: str
) -> None:
    given = [
        case for case in cases("query") if bool(HAN.search(case["text"])) == (language != "en")
    ]
    with visitor(browser, site.as_uri()) as (page, _):
        page.goto(f"{site.as_uri()}/{language}/by-phase.html")
        rows = ask(page, [case["text"] for case in given])
        missed = [
            case["text"]
            for case, row in zip(given, rows, strict=True)
            if not set(row[:3]) & set(case["expect"])
        ]
        assert len(missed) <= 0.1 * len(given), missed


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en", "denied", "access-denied"),
        ("en", "500", "server-error"),
        ("en", "timout", "connection-timeout"),
        ("en", "certificate has expird", "tls-certificate-expired"),
        ("en", "firewall ports", "firewall"),
        ("en", "limits", "limits"),
        ("en", "glossary", "glossary"),
        ("en", "registry logs", "registry-logs"),
        ("en", "manifest unknown", "manifest-unknown"),
        ("en", "CONNECTIVITY_DNS", "dns-lookup-failed"),
        ("en", "imagepull", "image-pull-backoff"),
        ("zh-TW", "權限不足", "access-denied"),
        ("zh-TW", "代理伺服器", "proxy-login-403"),
        ("zh-TW", "憑證過期", "tls-certificate-expired"),
    ],
)
def test_words_codes_parts_and_misspelt_words_find_their_page(
    browser: Any, site: Path, language: str, text: str, wanted: str
) -> None:
    with visitor(browser, site.as_uri()) as (page, _):
        page.goto(f"{site.as_uri()}/{language}/by-phase.html")
        assert wanted in ask(page, [text])[0][:3]


def test_only_pages_with_all_words_are_headed_so(browser: Any, site: Path) -> None:
    with visitor(browser, site.as_uri()) as (page, _):
        page.goto(f"{site.as_uri()}/en/by-phase.html")
        ask(page, ["exit code 137"])
        expect(page.locator(".kb-finder__group").first).to_have_text("Closest pages")
        ask(page, ["certificate expired"])
        expect(page.locator(".kb-finder__group").first).to_have_text("Pages with these words")
        expect(page.locator(".kb-finder mark").first).to_be_visible()
        assert ask(page, ["zzxqv qqwkj", "n", "\x00", "[(*+?", "'\"^~-"]) == [[]] * 5


def articles(site: Path) -> dict[str, str]:
    """Return what stands in the pages of errors and fixes, without forms and navigation."""
    texts: dict[str, str] = {}
    for folder in ("symptoms", "solutions"):
        for file in sorted((site / "zh-TW" / folder).glob("*.html")):
            html = file.read_text(encoding="utf-8")
            article = html.partition("<article")[2].partition("</article")[0]
            # What stands on every page alike is no page's own text.
            common = r'<(form|nav)\b.*?</\1>|<section class="kb-stuck".*?</section>'
            article = re.sub(common, "", article, flags=re.DOTALL)
            texts[f"{folder}/{file.name}"] = re.sub(r"<[^>]+>", "\n", article)
    return texts


def test_every_page_with_a_chinese_word_is_found(browser: Any, site: Path) -> None:
    from kbmatch.texts import load

    labels = "".join(load("site", "zh-TW").values())
    texts = articles(site)
    words: set[str] = set()
    for name in sorted(texts)[:: max(1, len(texts) // 60)]:
        size = 2 + len(words) % 3
        cut = [run[:size] for run in HAN.findall(texts[name]) if run[:size] not in labels]
        words.update(cut[len(cut) // 2 : len(cut) // 2 + 1])
    asked = sorted(words)[:60]
    assert len(asked) >= 20
    with visitor(browser, site.as_uri()) as (page, _):
        page.goto(f"{site.as_uri()}/zh-TW/by-phase.html")
        for word, row in zip(asked, ask(page, asked, everything=True), strict=True):
            found = {path if "/" in path else f"symptoms/{path}" for path in row}
            wanted = {name.removesuffix(".html") for name, text in texts.items() if word in text}
            assert wanted <= found, (word, sorted(wanted - found)[:5])


@pytest.mark.parametrize("language", LANGUAGES)
def test_keys_open_choose_and_close(browser: Any, root: str, language: str) -> None:
    with visitor(browser, root) as (page, _):
        for key in ("Control+k", "Meta+k", "/"):
            page.goto(f"{root}/{language}/symptoms/dns-lookup-failed.html")
            page.keyboard.press(key)
            field = page.get_by_role("combobox")
            expect(field).to_be_focused()
            assert field.input_value() == ""
        page.keyboard.type("x509")
        page.locator(ANSWERED).wait_for()
        expect(field).to_have_attribute("aria-expanded", "true")
        first = page.locator(ROWS).nth(0)
        expect(first).to_have_attribute("aria-selected", "true")
        page.keyboard.press("ArrowDown")
        second = page.locator(ROWS).nth(1)
        expect(second).to_have_attribute("aria-selected", "true")
        expect(field).to_have_attribute("aria-activedescendant", str(second.get_attribute("id")))
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")  # round to the end
        expect(page.locator(".kb-finder [role=option]").last).to_have_attribute(
            "aria-selected", "true"
        )
        page.keyboard.press("Escape")
        expect(page.locator(".kb-finder")).to_be_hidden()
        page.keyboard.press("Control+k")
        page.keyboard.type("lookup quokkahub.azurecr.io: no such host")
        page.locator(f"{ANSWERED} a[data-role=primary]").wait_for()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/{language}/symptoms/dns-lookup-failed.html*")


def test_the_field_is_used_by_touch_and_a_log_can_be_pasted(browser: Any, server: str) -> None:
    options = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    with visitor(browser, server, **options) as (page, _):
        page.goto(f"{server}/en/by-tool.html")
        bounds = page.locator(".kb-find").bounding_box()
        assert bounds["width"] >= 40 and bounds["height"] >= 40
        page.locator(".kb-find").tap()
        log = "ok\nGet https://quokkahub.azurecr.io/v2/: dial tcp: lookup quokkahub.azurecr.io: no such host\n"
        assert ask(page, [log])[0][0] == "dns-lookup-failed"
        page.locator(ROWS).first.tap()
        page.wait_for_url("**/symptoms/dns-lookup-failed.html*")


def test_a_slash_in_a_field_is_a_slash(browser: Any, server: str) -> None:
    with visitor(browser, server) as (page, _):
        page.goto(f"{server}/en/index.html")
        page.locator("#kb-box-text").press_sequentially("/v2/")
        assert page.locator("#kb-box-text").input_value() == "/v2/"
        expect(page.locator(".kb-finder")).to_have_count(0)


def test_without_javascript_the_field_leads_to_all_messages(browser: Any, root: str) -> None:
    with visitor(browser, root, java_script_enabled=False) as (page, _):
        page.goto(f"{root}/zh-TW/symptoms/dns-lookup-failed.html")
        page.locator(".kb-find").click()
        page.wait_for_url("**/zh-TW/messages.html")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(browser: Any, server: str, language: str, scheme: str) -> None:
    options = {"color_scheme": scheme, "bypass_csp": True}
    with visitor(browser, server, **options) as (page, _):
        page.goto(f"{server}/{language}/by-phase.html")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        for text in ("", "certificate", "no such host", "憑證", "zzxqv qqwkj"):
            ask(page, [text])
            found = violations(page, scheme)
            assert not found, (text, found)
