"""The site in a real browser: from `file://` and below a path, both languages, as readers use it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from site_build import our_site

sys.path.insert(0, str(Path(__file__).parent / "browser"))
from kit import FLAGS, chromium, serve, visitor

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect  # waits for what a reader would wait for

LANGUAGES = ("en", "zh-TW")
SYMPTOM = "symptoms/dns-lookup-failed.html"
CAUSE = "registry-name-wrong"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("web")
    return our_site(root / "kb" / "errors")


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
    for name in ("areas", "solutions"):
        found.append(f"{name}/{next(iter(sorted((folder / name).glob('*.html')))).name}")
    return [*found, SYMPTOM]


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


def commands(page: Any) -> str:
    return str(
        page.locator(".kb-cmd code").evaluate_all("all => all.map(c => c.textContent).join('\\n')")
    )


def test_names_fill_every_command_and_stay(browser: Any, root: str) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/{SYMPTOM}")
        assert "quokkahub" not in commands(page)
        page.locator(".kb-values input[name=login_server]").fill("https://quokkahub.azurecr.io/v2/")
        text = commands(page)
        assert "az acr show -n quokkahub " in text
        assert "myregistry" not in text.split("## ")[0]
        page.reload()
        assert "az acr show -n quokkahub " in commands(page)
        page.locator(".kb-values__reset").click()
        expect(page.locator(".kb-slot--filled")).to_have_count(0)
        assert "quokkahub" not in commands(page)


def test_a_link_brings_names_along_but_nothing_that_harms(browser: Any, root: str) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/{SYMPTOM}#cause-{CAUSE}&login_server:quokkahub.azurecr.io&nope:x")
        page.wait_for_function("place => location.hash === place", arg=f"#cause-{CAUSE}")
        assert "az acr show -n quokkahub " in commands(page)
    for bad in ("a;rm%20-rf", "$(id)", "%60id%60", "a%27b", "-x", "a%0Ab", "%3Cb%3E", "%E0%A4%A"):
        with visitor(browser, root) as (page, _):
            page.goto(f"{root}/en/{SYMPTOM}#login_server:{bad}")
            page.wait_for_function("location.hash === ''")  # what the link brought was looked at
            expect(page.locator(".kb-slot--filled")).to_have_count(0)


def test_editing_a_name_leaves_nothing_of_the_old_one(browser: Any, root: str) -> None:
    brought = (
        "login_server:betareg.azurecr.io&registry:betareg&host:betareg.azurecr.io"
        "&acr_host:betareg.azurecr.io&url:https%3A//betareg.azurecr.io/v2/&pasted:1"
    )
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/{SYMPTOM}#{brought}")
        assert "az acr show -n betareg " in commands(page)
        page.locator(".kb-values input[name=login_server]").fill("gammareg.azurecr.io")
        text = commands(page)
        assert "az acr show -n gammareg " in text and "betareg" not in text
        page.reload()
        assert "betareg" not in commands(page)


def test_another_error_replaces_the_names_but_not_what_was_typed(browser: Any, root: str) -> None:
    def field(name: str) -> Any:
        return page.locator(f".kb-values input[name={name}]")

    first = "image:alphareg.azurecr.io/team/alpha%3A9.9&pasted:1"
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/{SYMPTOM}#{first}")
        expect(field("repository")).to_have_value("team/alpha")
        assert "alphareg.azurecr.io/team/alpha:9.9" in commands(page)
        field("resource_group").evaluate("e => e.closest('form').classList.add('kb-values--open')")
        field("resource_group").fill("typed-rg")
        page.goto(f"{root}/en/index.html")
        page.goto(f"{root}/en/{SYMPTOM}#login_server:alphareg.azurecr.io&pasted:1")
        expect(field("resource_group")).to_have_value("typed-rg")
        expect(field("repository")).to_have_value("")
        page.goto(f"{root}/en/index.html")
        page.goto(f"{root}/en/{SYMPTOM}#login_server:betareg.azurecr.io&pasted:1")
        expect(field("resource_group")).to_have_value("")
        assert "alpha" not in commands(page) and "betareg" in commands(page)
        page.goto(f"{root}/en/index.html")
        page.goto(f"{root}/en/{SYMPTOM}#pasted:1")  # an error that names nobody
        assert "betareg" not in commands(page)
        page.goto(f"{root}/en/index.html")
        digest = "sha256%3A" + "0a1b2c3d" * 8
        page.goto(f"{root}/en/{SYMPTOM}#image:reg.example/team/web%40{digest}&pasted:1")
        expect(field("repository")).to_have_value("team/web")
        expect(field("tag")).to_have_value("")


def test_examples_are_never_taken_for_names(browser: Any, root: str) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/{SYMPTOM}#login_server:betareg.azurecr.io")
        expect(page.locator(".kb-values input[name=region]")).to_have_value("")
        expect(page.locator(".kb-slot--filled", has_text="eastasia")).to_have_count(0)
        partly = page.locator(".kb-slot--partly").first
        expect(partly.locator(".kb-slot--filled")).to_have_text("betareg.azurecr.io")


def test_names_of_one_page_stay_there_and_come_along_to_its_fix(browser: Any, root: str) -> None:
    symptom = "symptoms/containerapps-appservice-pull-failed.html"
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/{symptom}#app:billing-api&login_server:betareg.azurecr.io")
        assert "billing-api" in commands(page)
        page.reload()
        assert "billing-api" in commands(page)
        for other in ("remove-private-endpoint-connections", "give-app-registry-identity"):
            page.goto(f"{root}/en/solutions/{other}.html")
            assert "billing-api" not in commands(page)
            assert "betareg" in commands(page)
        page.goto(f"{root}/en/{symptom}")
        fix = page.locator("#fix-give-app-registry-identity")
        fix.locator("summary").first.click()
        fix.locator(".kb-fix__own a").click()
        page.wait_for_url("**/solutions/give-app-registry-identity.html")
        assert "-n billing-api " in commands(page)


def test_names_beyond_the_first_show_when_they_are_known(browser: Any, root: str) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/{SYMPTOM}")
        field = page.locator(".kb-values__more input[name=resource_group]")
        toggle = page.locator(".kb-values__toggle")
        expect(field).to_be_hidden()
        toggle.click()
        expect(toggle).to_have_attribute("aria-expanded", "true")
        field.fill("our-rg")
        page.reload()
        expect(field).to_be_visible()
        expect(toggle).to_have_attribute("aria-expanded", "true")
        toggle.click()
        expect(field).to_be_hidden()


def test_copy_takes_the_filled_command(browser: Any, server: str) -> None:
    options = {"permissions": ["clipboard-read", "clipboard-write"]}
    with visitor(browser, server, **options) as (page, _):
        page.goto(f"{server}/en/{SYMPTOM}#login_server:quokkahub.azurecr.io")
        page.locator(f"#cause-{CAUSE} .kb-copy").first.click()
        assert "quokkahub" in page.evaluate("navigator.clipboard.readText()")


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


def test_copying_says_which_names_are_still_examples(browser: Any, root: str) -> None:
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/solutions/remove-private-endpoint-connections.html")
        command = page.locator(".kb-cmd", has_text="private-endpoint-connection delete")
        command.locator(".kb-copy").click()
        lacks = command.locator(".kb-cmd__lacks")
        expect(lacks).to_contain_text("Registry address · Private endpoint connection")
        lacks.get_by_role("button").first.click()
        page.keyboard.type("betareg.azurecr.io")
        command.locator(".kb-copy").click()
        expect(lacks.get_by_role("button")).to_have_text(["Private endpoint connection"])
        lacks.get_by_role("button").click()
        page.keyboard.type("pe-1")
        page.wait_for_timeout(1600)  # the button says that it copied
        command.locator(".kb-copy").click()
        expect(lacks).to_have_count(0)


def test_lines_that_wrap_are_indented_and_copied_as_one(browser: Any, server: str) -> None:
    options = {
        "permissions": ["clipboard-read", "clipboard-write"],
        "viewport": {"width": 360, "height": 740},
    }
    with visitor(browser, server, **options) as (page, _):
        page.goto(f"{server}/en/solutions/give-app-registry-identity.html")
        command = page.locator(".kb-cmd", has_text="az containerapp identity assign").first
        lines = command.locator(".kb-line")
        assert lines.count() == 3
        command.locator(".kb-copy").click()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert len(copied.splitlines()) == 3 and "  " not in copied


def test_platform_choice_is_kept(browser: Any, site: Path, root: str) -> None:
    for path in sorted((site / "en/solutions").glob("*.html")):
        text = path.read_text(encoding="utf-8")
        if (
            re.search(r'value="windows" autocomplete="off">', text)
            and text.count('value="windows"') > 1
        ):
            break
    else:
        pytest.skip("no page offers Windows twice")
    with visitor(browser, root) as (page, _):
        page.goto(f"{root}/en/solutions/{path.name}")
        page.locator(".kb-tabs input[value=windows]:not(:checked) + label").first.click()
        page.reload()
        for box in page.locator(".kb-tabs input[value=windows]").all():
            expect(box).to_be_checked()


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
