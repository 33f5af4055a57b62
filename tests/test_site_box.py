"""The paste box in a real browser: the answers of `kbmatch`, for hostile texts and long ones too."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from site_build import our_site
from test_browser_matcher import case_texts, in_python

sys.path.insert(0, str(Path(__file__).parent / "browser"))
from kit import AXE, FLAGS, chromium, serve, visitor

playwright = pytest.importorskip("playwright.sync_api")

LANGUAGES = ("en", "zh-TW")
ERROR = (
    "Error response from daemon: Get https://quokkahub.azurecr.io/v2/: dial tcp: "
    "lookup quokkahub.azurecr.io on 10.0.0.2:53: no such host"
)
LOG = f"pulling\n{ERROR}\n{ERROR}\nunauthorized: authentication required\n"
ANSWERED = "#kb-box-results[data-answered]:not([aria-busy])"
ASK_ALL = """async (texts) => {
  document.getElementById('kb-box-text').focus();
  while (!window.kbBox) await new Promise((resolve) => setTimeout(resolve, 20));
  const found = [];
  for (const text of texts) found.push(await window.kbBox.engine.ask(text));
  return found;
}"""
PASTE = """([text]) => {
  const data = new DataTransfer();
  data.setData('text', text);
  const box = document.getElementById('kb-box-text');
  box.focus();
  const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
  if (box.dispatchEvent(event)) {
    box.value = text;
    box.dispatchEvent(new InputEvent('input', {inputType: 'insertFromPaste', bubbles: true}));
  }
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return our_site(tmp_path_factory.mktemp("box") / "kb" / "errors")


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


def paste(page: Any, text: str) -> Any:
    """Paste `text`, wait for the answer, return the results."""
    page.evaluate(
        "() => { delete document.getElementById('kb-box-results').dataset.answered; }",
    )
    page.evaluate(PASTE, [text])
    page.locator(ANSWERED).wait_for()
    return page.locator("#kb-box-results")


def test_every_case_gets_the_terminals_answer(browser: Any, root: str) -> None:
    texts = case_texts()
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/index.html")
        for text, found in zip(texts, page.evaluate(ASK_ALL, texts), strict=True):
            assert found == in_python(text), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_log_is_answered_and_the_page_opens_with_its_names(
    browser: Any, root: str, language: str
) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/{language}/index.html")
        results = paste(page, LOG)
        first = results.locator(".kb-found")
        assert first.get_attribute("data-id") == "dns-lookup-failed"
        assert "lookup quokkahub.azurecr.io" in first.locator(".kb-message").inner_text()
        assert first.locator(".kb-found__causes a").count() >= 2
        assert "2" in first.locator(".kb-found__where").inner_text()
        assert results.locator(".kb-list [data-id], .kb-list li[data-id]").count() >= 1
        assert page.locator("#kb-box-status").inner_text()
        first.locator(".kb-found__open").click()
        page.wait_for_url("**/symptoms/dns-lookup-failed.html*")
        assert "az acr show -n quokkahub " in page.locator(".md-content").inner_text()
        ticket = page.locator(".kb-ticket code").inner_text()
        assert "no such host" in ticket and "quokkahub" not in ticket


def test_words_find_pages_and_nonsense_is_told_so(browser: Any, root: str) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/zh-TW/index.html")
        assert (
            "憑證" in paste(page, "憑證過期").locator(".kb-near .kb-list__title").first.inner_text()
        )
        page.goto(f"{root}/en/index.html")
        titles = paste(page, "certificate expired").locator(".kb-near .kb-list__title")
        assert "expired" in titles.first.inner_text().lower()
        assert paste(page, "zzxqv qqwkj").locator(".kb-near .kb-list__title").count() == 0


HOSTILE = (
    f"<img src=x onerror=alert(1)>{ERROR}<script>alert(2)</script>",
    f"\x1b]8;;http://evil.example/\x1b\\{ERROR}\x1b[31m\x00\u202e",
    "</code></pre><iframe src=http://evil.example></iframe> unauthorized: authentication required",
)


@pytest.mark.parametrize("text", [*HOSTILE, "x" * 5_000_000 + " " + ERROR])
def test_hostile_texts_stay_text(browser: Any, root: str, text: str) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/index.html")
        results = paste(page, text)
        assert results.locator("img, script, iframe, svg").count() == 0
        assert results.locator("h2").count() == 1


def test_a_file_is_read_and_a_huge_one_refused(browser: Any, root: str, tmp_path: Path) -> None:
    log, huge = tmp_path / "build.log", tmp_path / "huge.log"
    log.write_text("ok\n" * 200_000 + LOG, encoding="utf-8")
    huge.write_bytes(b"x" * (5 * 1024 * 1024 + 1))
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/index.html")
        page.set_input_files("#kb-box-file", str(log))
        page.locator(".kb-found").wait_for()
        assert "build.log" in page.locator("#kb-box-held").inner_text()
        page.set_input_files("#kb-box-file", str(huge))
        page.get_by_text("5 MB").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_answers(
    browser: Any, server: str, language: str, scheme: str
) -> None:
    options = {
        "color_scheme": scheme,
        "bypass_csp": True,
        "viewport": {"width": 360, "height": 740},
    }
    with visitor(browser, server, **options) as (page, _):
        page.goto(f"{server}/{language}/index.html")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        for text in (LOG, "certificate", "zzxqv qqwkj"):
            paste(page, text)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
            found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
            short = [
                (v["id"], [(n["html"][:120], n["failureSummary"][:200]) for n in v["nodes"][:2]])
                for v in found
            ]
            assert not short, (text, short)
