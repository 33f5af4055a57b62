"""The reader's own names fill commands, in a real browser: typed, brought by links, copied."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from kit import CAUSE, LANGUAGES, SYMPTOM, commands, expect, visitor


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
    bad = ("a;rm%20-rf", "$(id)", "%60id%60", "a%27b", "-x", "a%0Ab", "%3Cb%3E", "%E0%A4%A")
    with visitor(browser, root) as (page, _):
        for value in bad:
            page.goto("about:blank")
            page.goto(f"{root}/en/{SYMPTOM}#login_server:{value}")
            page.wait_for_function(
                "() => location.hash === ''"
            )  # what the link brought was looked at
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


def test_a_usual_value_is_not_called_an_example(browser: Any, server: str) -> None:
    with visitor(browser, server) as (page, _):
        page.goto(
            f"{server}/en/symptoms/tls-unknown-authority.html#login_server:harbor.example.com"
        )
        command = page.locator(".kb-cmd", has_text="openssl s_client").first
        assert command.locator(".kb-slot", has_text="443").count()
        command.locator(".kb-copy").click()
        expect(command.locator(".kb-copy")).to_have_text("Copied")
        assert command.locator(".kb-cmd__lacks").count() == 0


def test_a_port_typed_with_the_address_is_not_said_twice(browser: Any, server: str) -> None:
    with visitor(browser, server) as (page, _):
        page.goto(f"{server}/en/symptoms/tls-unknown-authority.html")
        page.locator(".kb-values input[name=login_server]").fill("harbor.example.com:8443")
        command = page.locator(".kb-cmd", has_text="openssl s_client").first
        assert "-connect harbor.example.com:8443 " in command.inner_text().replace("\n", " ")
        page.locator(".kb-values input[name=login_server]").fill("harbor.example.com")
        assert "-connect harbor.example.com:443 " in command.inner_text().replace("\n", " ")


def test_copying_is_said_aloud_and_leaves_the_focus(browser: Any, server: str) -> None:
    options = {"permissions": ["clipboard-read", "clipboard-write"]}
    with visitor(browser, server, **options) as (page, _):
        page.goto(f"{server}/en/{SYMPTOM}")
        button = page.locator(".kb-copy").first
        button.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".kb-unseen", has_text="Copied")).to_have_attribute("role", "status")
        page.keyboard.press("Enter")  # impatient
        expect(button).to_be_focused()
        expect(button).to_have_text("Copy")  # some time later


@pytest.mark.parametrize(("language", "said"), [("en", "A name has"), ("zh-TW", "名稱只能")])
def test_a_name_that_no_command_can_take_is_told_so(
    browser: Any, server: str, language: str, said: str
) -> None:
    with visitor(browser, server) as (page, _):
        page.goto(f"{server}/{language}/{SYMPTOM}")
        field = page.locator(".kb-values input[name=login_server]")
        wrong = page.locator(".kb-values__wrong")
        expect(wrong).to_be_hidden()
        for bad in ("harbor corp", "$(id)"):
            field.fill(bad)
            expect(wrong).to_contain_text(said)
            expect(page.locator(".kb-slot--filled")).to_have_count(0)
        field.fill("harbor.example.com")
        expect(wrong).to_be_hidden()
        field.fill("harbor corp")
        page.locator(".kb-values").evaluate("form => form.reset()")
        expect(wrong).to_be_hidden()


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_firewall_list_is_copied_with_the_readers_own_hosts(
    browser: Any, server: str, language: str
) -> None:
    options = {"permissions": ["clipboard-read", "clipboard-write"]}
    with visitor(browser, server, **options) as (page, _):
        page.goto(f"{server}/{language}/firewall.html")
        page.locator(".kb-values input[name=login_server]").fill("quokkahub.azurecr.io")
        page.locator(".kb-values input[name=region]").fill("westus2")
        table = page.locator(".kb-table").first
        expect(table).to_contain_text("quokkahub.westus2.data.azurecr.io")
        listing = page.locator(".kb-listing").first
        listing.locator("summary").click()
        listing.locator(".kb-copy").click()
        lines = page.evaluate("navigator.clipboard.readText()").splitlines()
        fields = [line.split("\t") for line in lines]
        assert fields[0][:2] == ["quokkahub.azurecr.io", "TCP 443"]
        assert "quokkahub.westus2.data.azurecr.io" in [field[0] for field in fields]
        assert all(len(field) == 3 for field in fields)
        assert not any("`" in line or "{" in line or "myregistry" in line for line in lines)
