"""The paste box in a real browser: the answers of `kbmatch`, for hostile texts and long ones too."""

from __future__ import annotations

import gzip
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kit import AXE, LANGUAGES, expect, violations, visitor
from test_browser_matcher import case_texts, in_python

ERROR = (
    "Error response from daemon: Get https://quokkahub.azurecr.io/v2/: dial tcp: "
    "lookup quokkahub.azurecr.io on 10.0.0.2:53: no such host"
)
LOG = f"pulling\n{ERROR}\n{ERROR}\nunauthorized: authentication required\n"
ANSWERED = "#kb-box-results[data-answered]:not([aria-busy])"
ASK_ALL = """async (texts) => {
  await window.kbKit.prepare();
  const found = [];
  for (const text of texts) found.push(await window.kbKit.engine.ask(text));
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


def paste(page: Any, text: str) -> Any:
    """Paste `text`, wait for the answer, return the results."""
    page.evaluate(
        "() => { delete document.getElementById('kb-box-results').dataset.answered; }",
    )
    page.evaluate(PASTE, [text])
    page.locator(ANSWERED).wait_for()
    return page.locator("#kb-box-results")


@cache
def terminals_answers() -> list[tuple[str, list[dict[str, Any]]]]:
    """Return every case with the answer of `kbmatch`."""
    return [(text, in_python(text)) for text in case_texts()]


def test_every_case_gets_the_terminals_answer(browser: Any, root: str) -> None:
    cases = terminals_answers()
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/index.html")
        answers = page.evaluate(ASK_ALL, [text for text, _ in cases])
        for (text, wanted), found in zip(cases, answers, strict=True):
            assert found == wanted, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_log_is_answered_and_the_page_opens_with_its_names(
    browser: Any, root: str, language: str
) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/{language}/index.html")
        results = paste(page, LOG)
        first = results.locator(".kb-found")
        assert first.get_attribute("data-id") == "dns-lookup-failed"
        assert "lookup quokkahub.azurecr.io" in first.locator(".kb-found__message").inner_text()
        assert first.locator(".kb-found__causes a").count() >= 2
        assert "2" in first.locator(".kb-found__where").inner_text()
        check = first.locator(".kb-found__check").first
        assert "quokkahub" in check.locator("pre code").inner_text()
        assert check.locator("dt").count() == 2
        assert first.locator(".kb-who").count() == first.locator(".kb-found__cause").count()
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


def logs(folder: Path) -> dict[str, bytes]:
    """Write the same error as consoles and tools leave it."""
    chinese = "錯誤：無法識別這台主機。 docker login quokkahub.azurecr.io\r\n"
    return {
        "utf16.log": ("\ufeff" + ERROR + "\r\n").encode("utf-16-le"),
        "powershell.log": (ERROR + "\r\n").encode("utf-16-le"),
        "big5.log": chinese.encode("cp950") + ERROR.encode() + b"\r\n",
        "packed.log.gz": gzip.compress(ERROR.encode()),
        "cut.log.gz": gzip.compress(("ok\n" * 3 + ERROR + "\n").encode() + os.urandom(90_000))[
            :-40
        ],
        "long.log": b"ok\n" * 2_000_000 + LOG.encode(),
    }


def test_files_are_read_as_kbmatch_reads_them(browser: Any, root: str, tmp_path: Path) -> None:
    with visitor(browser, root) as (page, _):
        for name, content in logs(tmp_path).items():
            (tmp_path / name).write_bytes(content)
            page.goto(f"{root}/en/index.html")
            page.set_input_files("#kb-box-file", str(tmp_path / name))
            page.locator(ANSWERED).wait_for(timeout=60000)
            assert page.locator(".kb-found").get_attribute("data-id") == "dns-lookup-failed", name
            assert name in page.locator(".kb-box__chip").inner_text()


def test_a_held_text_stays_whole_until_it_is_removed(browser: Any, root: str) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/index.html")
        paste(page, "ok\n" * 100_000 + LOG)
        assert "100,005 lines" in page.locator(".kb-box__chip").inner_text()
        page.locator("#kb-box-text").press("End")
        page.keyboard.type("x")
        page.wait_for_timeout(400)
        assert page.locator(".kb-found").get_attribute("data-id") == "dns-lookup-failed"
        assert "2 times" in page.locator(".kb-found__where").first.inner_text()
        page.locator(".kb-box__away").click()
        assert page.locator(".kb-found").count() == 0
        assert page.locator("#kb-box-text").input_value() == ""


def test_a_file_beyond_all_measure_is_refused(browser: Any, root: str) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/index.html")
        page.evaluate(
            """async () => {
              await window.kbKit.prepare();
              const file = new File([new Uint8Array(65 * 1024 * 1024)], 'huge.log');
              const data = new DataTransfer();
              data.items.add(file);
              const target = document.getElementById('kb-box');
              target.dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true}));
            }"""
        )
        page.locator(".kb-box__large").wait_for()
        assert "64 MB" in page.locator("#kb-box-results").inner_text()


def test_the_answer_is_above_the_fold_and_the_one_line_not_repeated(
    browser: Any, server: str
) -> None:
    for width, height, lowest in ((1366, 650, "h3"), (360, 740, ".kb-answer")):
        with visitor(browser, server, viewport={"width": width, "height": height}) as (page, _):
            page.goto(f"{server}/en/index.html")
            found = paste(page, ERROR).locator(".kb-found")
            page.wait_for_timeout(100)
            bounds = found.locator(lowest).first.bounding_box()
            assert bounds["y"] + bounds["height"] < height, (width, bounds)
            open_button = found.locator(".kb-found__open").bounding_box()
            if width < 700:  # it stays at the lower edge
                assert open_button["y"] + open_button["height"] <= height
            assert found.locator(".kb-found__message").count() == 0
            assert page.locator("h1").bounding_box()["height"] <= 1


WRAPPED = (
    'E1128 01:00:11.1 2345 log.go:32] "PullImage from image service failed" err="rpc error: code = '
    'Unknown desc = failed to pull and unpack image \\"harbor.corp.example/base/jdk:17\\": failed to '
    'resolve reference: failed to do request: Head \\"https://harbor.corp.example/v2/base/jdk/manifests/'
    '17\\": tls: failed to verify certificate: x509: certificate signed by unknown authority"'
)


@pytest.mark.parametrize("width", [360, 1280])
def test_of_a_wrapped_line_the_part_that_decides_is_seen(
    browser: Any, server: str, width: int
) -> None:
    with visitor(browser, server, viewport={"width": width, "height": 740}) as (page, _):
        page.goto(f"{server}/en/index.html")
        message = paste(page, f"Started\n{WRAPPED}\n").locator(".kb-found__message")
        assert "certificate signed by unknown authority" in message.inner_text()
        assert message.evaluate("node => node.scrollHeight <= node.clientHeight")
        page.locator(".kb-find").click()
        page.locator(".kb-finder__input").fill(WRAPPED)
        said = page.locator(".kb-finder a[data-role=primary] .kb-finder__said").first
        said.wait_for()
        assert "certificate signed by unknown authority" in said.inner_text()


def test_other_errors_of_a_text_are_named_above_the_answer(browser: Any, server: str) -> None:
    with visitor(browser, server, viewport={"width": 360, "height": 740}) as (page, _):
        page.goto(f"{server}/en/index.html")
        results = paste(page, LOG)
        others = results.locator(".kb-found__others")
        assert others.inner_text().startswith("1 more error in this text:")
        assert "line 4" in others.inner_text()
        bounds = others.bounding_box()
        assert bounds["y"] + bounds["height"] < results.locator(".kb-found").bounding_box()["y"]
        others.locator("a").click()
        page.wait_for_url("**/symptoms/authentication-required.html*")
        assert "line 4" in page.locator(".kb-mine__label").inner_text()
        page.goto(f"{server}/en/index.html")
        assert paste(page, f"{ERROR}\n{ERROR}\n").locator(".kb-found__others").count() == 0


def test_many_other_errors_are_counted_and_lead_to_their_list(browser: Any, server: str) -> None:
    errors = [
        ERROR,
        "unauthorized: authentication required",
        "Error response from daemon: toomanyrequests: Rate exceeded",
        "x509: certificate has expired or is not yet valid: https://quokkahub.azurecr.io/v2/",
        "Error response from daemon: manifest unknown: manifest tagged by v1 is not found",
        "failed to register layer: write /usr/lib/x.so: no space left on device",
    ]
    with visitor(browser, server) as (page, _):
        page.goto(f"{server}/en/index.html")
        results = paste(page, "\n".join(errors))
        others = results.locator(".kb-found__others")
        listed = results.locator("#kb-also ~ .kb-list > li").count()
        assert listed > 3 and others.locator("span > a").count() == 3
        all_of_them = others.locator("> a")
        assert str(listed) in all_of_them.inner_text()
        all_of_them.click()
        expect(results.locator("#kb-also")).to_be_in_viewport()


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_that_only_share_words_are_told_so_and_lead_on(
    browser: Any, server: str, language: str
) -> None:
    with visitor(browser, server) as (page, _):
        page.goto(f"{server}/{language}/index.html")
        near = paste(page, "npm ERR! 404 Not Found - GET https://registry.npmjs.org/x")
        assert near.locator("li[data-path]").count()
        assert near.locator("h2 + .kb-quiet").count() == 1  # says that no message is known
        for text in ("npm ERR! 404 Not Found - GET https://registry.npmjs.org/x", "zzxqv qqwkj"):
            links = paste(page, text).locator(".kb-near__onward a")
            targets = [link.get_attribute("href").rsplit("/")[-1] for link in links.all()]
            assert targets == ["start-here.html", "messages.html"]
        assert paste(page, "403").locator("h2 + .kb-quiet").count() == 0


def test_a_composition_asks_nothing_and_escape_loses_nothing(browser: Any, server: str) -> None:
    with visitor(browser, server) as (page, _):
        page.goto(f"{server}/zh-TW/index.html")
        box = page.locator("#kb-box-text")
        box.focus()
        session = page.context.new_cdp_session(page)
        for typed in ("ㄆ", "ㄆㄧ", "ㄆㄧㄥ"):
            session.send(
                "Input.imeSetComposition",
                {"text": typed, "selectionStart": len(typed), "selectionEnd": len(typed)},
            )
            page.wait_for_timeout(300)
            assert page.locator("#kb-box-results").inner_text() == ""
        session.send("Input.insertText", {"text": "憑證"})
        page.locator(".kb-near").wait_for()
        box.press("Escape")
        assert box.input_value() == "憑證"
        page.locator(".kb-box__clear").click()
        assert box.input_value() == ""
        page.keyboard.press("Control+z")
        assert box.input_value() == "憑證"


def test_the_messages_are_fetched_when_a_reader_moves_and_not_before(
    browser: Any, server: str
) -> None:
    with visitor(browser, server) as (page, _):
        page.goto(f"{server}/en/index.html")
        page.wait_for_load_state("networkidle")
        assert not page.evaluate("window.kbKit.ready")
        page.mouse.move(400, 300)
        page.wait_for_function("() => window.kbKit.ready")


def test_next_to_nothing_is_asked_nothing(browser: Any, server: str) -> None:
    with visitor(browser, server) as (page, _):
        page.goto(f"{server}/en/index.html")
        page.locator("#kb-box-text").press_sequentially("n")
        page.wait_for_timeout(500)
        assert page.locator("#kb-box-results").inner_text() == ""


def test_a_text_pasted_anywhere_is_answered(browser: Any, root: str) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/index.html")
        page.evaluate(
            """(text) => {
              document.activeElement.blur();
              const data = new DataTransfer();
              data.setData('text', text);
              const init = {clipboardData: data, bubbles: true, cancelable: true};
              document.body.dispatchEvent(new ClipboardEvent('paste', init));
            }""",
            ERROR,
        )
        page.locator(ANSWERED).wait_for()
        assert page.locator("#kb-box-text").input_value() == ERROR


def test_examples_show_what_the_box_is_for(browser: Any, root: str) -> None:
    with visitor(browser, root) as (page, _):
        for language in LANGUAGES:
            page.goto(f"{root}/{language}/index.html")
            for index in range(page.locator(".kb-example").count()):
                page.goto(f"{root}/{language}/index.html")
                page.locator(".kb-example").nth(index).click()
                page.locator(ANSWERED).wait_for()
                assert page.locator("#kb-box-results a").count() > 0
            assert index == 2


def test_back_from_a_page_finds_text_and_answer_again(browser: Any, root: str) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/index.html")
        paste(page, LOG)
        page.locator(".kb-found h2 a").click()
        page.wait_for_url("**/symptoms/dns-lookup-failed.html*")
        page.go_back()
        page.locator(".kb-found").wait_for()
        assert page.locator("#kb-box-text").input_value() == LOG
        page.goto(f"{root}/en/by-tool.html")
        page.goto(f"{root}/en/index.html")  # coming anew is a new question
        assert page.locator("#kb-box-text").input_value() == ""


def test_many_errors_are_shown_in_part_until_all_are_asked_for(browser: Any, root: str) -> None:
    texts = [text for text in case_texts() if len(text) < 400]
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/index.html")
        results = paste(page, "\n".join(texts))
        shown = results.locator(".kb-list > li[data-id]")
        assert shown.count() <= 16
        more = results.locator(".kb-found__more").first
        assert any(character.isdigit() for character in more.inner_text())
        more.click()
        assert shown.count() > 30


def test_what_is_copied_names_nobody(browser: Any, root: str) -> None:
    secret = {
        "dial tcp: lookup harbor.acme.com.tw: no such host (docker pull "
        "harbor.acme.com.tw/secretproject/payroll-api:7)": ("acme", "secretproject", "payroll"),
        'Error response from daemon: Get "https://harbor.acme.com.tw/v2/secretproject/payroll-api/'
        'manifests/7.1": unauthorized: authentication required': (
            "acme",
            "secretproject",
            "payroll",
        ),
    }
    with visitor(browser, root) as (page, _):
        for text, names in secret.items():
            page.goto(f"{root}/en/index.html")
            results = paste(page, text)
            results.locator(".kb-found__ticket summary").click()
            ticket = results.locator(".kb-found__ticket code").inner_text()
            for name in names:
                assert name not in ticket, ticket
            assert "no such host" in ticket or "unauthorized" in ticket


def test_a_secret_far_before_the_error_is_masked_before_the_line_is_cut(
    browser: Any, root: str
) -> None:
    error = 'Get "https://quokkahub.azurecr.io/v2/": dial tcp: lookup quokkahub.azurecr.io: no such host'
    body = "Zq9Xw7Lm2Kd4" * 60
    secrets = (f"Authorization: Bearer {body}", f"docker login -p {body[:24]}", f"Cookie: a={body}")
    texts = [f"{s} {'x ' * gap} {error}" for s in secrets for gap in (0, 30, 49, 50, 51, 150, 1500)]
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/index.html")
        shown = page.evaluate(
            """async (texts) => {
              const shown = [];
              for (const text of texts) {
                const {matches} = await window.kbKit.ask(text);
                shown.push([matches[0].id, window.kbKit.maskedQuote(matches)[0]]);
              }
              return shown;
            }""",
            texts,
        )
    assert [id for id, _ in shown] == ["dns-lookup-failed"] * len(texts)
    assert [said for _, said in shown if body[:8] in said or "no such host" not in said] == []


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
            found = violations(page, scheme)
            assert not found, (text, found)
