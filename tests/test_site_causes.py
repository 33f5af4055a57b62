"""Causes are ticked off, and what a reader found goes along: to the fix, the ticket, a report."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from kit import SYMPTOM, expect, visitor


def test_causes_are_ticked_off_and_remembered(browser: Any, root: str) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/{SYMPTOM}")
        causes = page.locator(".kb-cause")
        first = causes.first
        first.locator(".kb-outcome--not input").check()
        body, ticket = first.locator(".kb-cause__body"), page.locator(".kb-ticket code")
        expect(body).to_be_hidden()
        expect(ticket).to_contain_text(": ruled out")
        first.locator(".kb-cause__number").click()
        expect(body).to_be_visible()
        page.reload()
        expect(body).to_be_hidden()
        first.locator(".kb-cause__number").click()
        first.locator(".kb-outcome--yours input").check()
        expect(first.locator("details.kb-fix").first).to_have_attribute("open", "")
        expect(ticket).to_contain_text(": this is it")
        page.locator(".kb-restart").click()
        expect(page.locator(".kb-pick input:checked")).to_have_count(0)
        expect(ticket).not_to_contain_text(": this is it")


def test_a_ruled_out_cause_opens_and_is_taken_back_by_keyboard(browser: Any, root: str) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/{SYMPTOM}")
        first = page.locator(".kb-cause").first
        body, status = first.locator(".kb-cause__body"), page.locator(".kb-said")
        first.locator(".kb-outcome--not input").check()
        expect(status).to_contain_text("is ruled out")
        toggle = first.get_by_role("button", expanded=False)
        toggle.focus()
        page.keyboard.press("Enter")
        expect(body).to_be_visible()
        expect(first.get_by_role("button", expanded=True)).to_be_focused()
        # The same outcome once more takes the pick back.
        first.locator(".kb-outcome--not input").focus()
        page.keyboard.press("Space")
        expect(first.locator(".kb-pick input:checked")).to_have_count(0)
        expect(first).to_have_attribute("data-state", "")
        expect(status).to_contain_text("open again")
        first.locator(".kb-outcome--yours input").check()
        first.locator(".kb-undo").click()
        expect(first).to_have_attribute("data-state", "")
        page.reload()
        expect(first).to_have_attribute("data-state", "")


def test_ticks_of_another_incident_are_put_aside(browser: Any, root: str) -> None:
    with visitor(browser, root) as (page, _):
        first, earlier = page.locator(".kb-cause").first, page.locator(".kb-earlier")
        page.goto(f"{root}/en/{SYMPTOM}#login_server:alphareg.azurecr.io")
        first.locator(".kb-outcome--not input").check()
        page.goto(f"{root}/en/by-phase.html")
        page.goto(f"{root}/en/{SYMPTOM}#login_server:betareg.azurecr.io")
        expect(first).to_have_attribute("data-state", "")
        expect(page.locator(".kb-ticket code")).not_to_contain_text("ruled out")
        expect(earlier).to_be_visible()
        earlier.get_by_role("button").click()
        expect(first).to_have_attribute("data-state", "not")
        expect(earlier).to_be_hidden()
        page.reload()
        expect(first).to_have_attribute("data-state", "not")
        page.evaluate(  # a day and an hour go by
            "key => { const kept = __md_get(key); kept.time -= 25 * 36e5; __md_set(key, kept); }",
            "kb.steps.dns-lookup-failed",
        )
        page.reload()
        expect(first).to_have_attribute("data-state", "")
        expect(earlier).to_be_visible()


def test_when_everything_is_ruled_out_the_page_says_what_next(browser: Any, root: str) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/{SYMPTOM}")
        causes = page.locator(".kb-cause")
        for index in range(causes.count()):
            causes.nth(index).locator(".kb-outcome--not input").check()
        stuck = page.locator(".kb-stuck--now")
        expect(stuck.get_by_role("heading")).to_be_focused()
        expect(stuck.locator("a[href='#look-alikes']")).to_be_visible()
        expect(stuck).to_contain_text("az acr check-health")
        expect(stuck).to_contain_text("network team")
        expect(page.locator(".kb-said")).to_contain_text("No cause is left")


def test_who_is_on_a_wrong_page_finds_the_way_out_from_the_list_of_causes(
    browser: Any, root: str
) -> None:
    with visitor(browser, root, viewport={"width": 390, "height": 844}) as (page, _):
        page.goto(f"{root}/en/{SYMPTOM}")
        page.locator(".kb-overview + .kb-none a").click()
        expect(page.locator("#stuck")).to_be_in_viewport()
        page.locator("#stuck a[href='#look-alikes']").click()
        expect(page.locator("#look-alikes")).to_be_in_viewport()


def test_the_readers_own_line_stands_first(browser: Any, root: str) -> None:
    own = 'dial tcp: lookup quokkahub.azurecr.io: no such host <img src=x onerror="alert(1)">'
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/{SYMPTOM}")
        expect(page.locator(".kb-mine")).to_be_hidden()
        last = page.locator(".kb-wordings dt").last.get_attribute("id").removeprefix("message-")
        seen = {
            "id": "dns-lookup-failed",
            "own": own,
            "text": "masked",
            "line": 4,
            "signature": last,
        }
        page.evaluate("seen => __md_set('kb.seen', seen, sessionStorage)", seen)
        page.reload()
        expect(page.locator(".kb-mine__label")).to_have_text("Your message, line 4")
        expect(page.locator(".kb-mine code")).to_have_text(own)
        expect(page.locator(".kb-messages > pre:visible")).to_have_count(0)
        expect(page.locator(".kb-wordings dt").first).to_have_id(f"message-{last}")
        expect(page.locator(".kb-ticket code")).to_contain_text("masked")
        expect(page.locator(".kb-ticket code")).not_to_contain_text("quokkahub")


def test_a_fix_leads_back_to_the_cause(browser: Any, root: str) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/{SYMPTOM}")
        page.locator("details.kb-fix summary").first.click()
        page.locator(".kb-fix__own a").first.click()
        page.wait_for_url("**/solutions/*.html*")
        back = page.locator(".kb-from a")
        expect(back).to_contain_text("Back to cause 1 of")
        back.click()
        page.wait_for_url(f"**/{SYMPTOM}#cause-*")
        page.goto(f"{root}/en/solutions/remove-private-endpoint-connections.html")
        expect(back).to_be_hidden()


def test_a_report_takes_the_masked_summary_along(browser: Any, root: str) -> None:
    seen = {"id": "dns-lookup-failed", "own": "quokkahub", "text": "masked & more", "line": 1}
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/{SYMPTOM}")
        page.evaluate("seen => __md_set('kb.seen', seen, sessionStorage)", seen)
        page.reload()
        address = page.evaluate(
            """() => {
              const link = document.createElement('a');
              link.dataset.contact = 'https://git.example/new?title={title}&body={text}';
              document.querySelector('.md-content').append(link);
              document.addEventListener('click', (event) => event.preventDefault());
              link.click();
              return link.href;
            }"""
        )
        query = parse_qs(urlsplit(address).query)
        assert query["title"] == [page.title()]
        assert "masked & more" in query["body"][0] and "quokkahub" not in query["body"][0]
