"""Slots in commands: what counts as one, what a reader is asked for."""

from __future__ import annotations

import re

import pytest
from markupsafe import Markup

from kbmatch.knowledge.model import Signature, Text
from kbmatch.knowledge.settings import Derivation, SlotKind
from kbmatch.site.slots import Slots


def kind(
    example: str, type: str = "host", *, remember: bool = False, usual: bool = False
) -> SlotKind:
    return SlotKind(type, example, Text({"en": "label"}), remember=remember, usual=usual)


SLOTS = Slots(
    {
        "login_server": kind("my.example.com", remember=True),
        "registry": kind("my", "label"),
        "repository": kind("samples/web", "path"),
        "tag": kind("v1", "token"),
        "image": kind("my.example.com/samples/web:v1", "token"),
        "name": kind("web-0", "name"),
        "port": kind("443", "port", usual=True),
    },
    (
        Derivation("image", "{login_server}/{repository}:{tag}"),
        Derivation("login_server", "{registry}.example.com"),
    ),
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("docker pull {image}", ["image"]),
        ("az acr show -n {registry} -g {unknown}", ["registry"]),
        ("docker inspect --format '{{.Id}}' {image}", ["image"]),
        ("echo ${name} ${login_server}", []),
        ("jq '.auths[] | {\"name\": .x}'", []),
        ("kubectl -o jsonpath='{.items[*].name}'", []),
        ("{from:login_server} {login_server}", ["login_server", "login_server"]),
    ],
)
def test_only_declared_names_in_single_braces_are_slots(text: str, names: list[str]) -> None:
    assert list(SLOTS.names(text)) == names


def test_example_placeholder_and_markup() -> None:
    text = "docker pull {login_server}/a:<b>"
    assert SLOTS.example(text) == "docker pull my.example.com/a:<b>"
    assert SLOTS.placeholder(text) == "docker pull <login_server>/a:<b>"
    assert SLOTS.html(text) == (
        'docker pull <span class="kb-slot" data-slot="login_server">my.example.com</span>/a:'
        "&lt;b&gt;"
    )


def test_options_of_a_command_stay_in_one_piece() -> None:
    assert '<span class="kb-option">--query</span>' in SLOTS.command("az acr show --query a-b")
    assert "kb-option" not in SLOTS.command("a-b c_-d")


def test_a_composed_slot_is_asked_for_by_its_parts_and_follow_ups_once() -> None:
    assert SLOTS.fields(["image"]) == ["login_server", "repository", "tag"]
    assert SLOTS.fields(["registry"]) == ["login_server"]
    assert SLOTS.fields(["name", "registry", "login_server"]) == ["login_server", "name"]
    assert SLOTS.fields([]) == []


def signature(message: str, *samples: str) -> Signature:
    return Signature("one", message, ("tool",), samples, ())


@pytest.mark.parametrize(
    ("message", "sample", "shown"),
    [
        (
            "lookup {login_server} by {name}: no such host",
            "Error: LOOKUP shop.example.org by ns-1: no such host",
            "lookup shop.example.org by ns-1: no such host",
        ),
        ("expect {tag}, actual {tag}", "expect a, actual b", "expect a, actual b"),
        ('{{"code":"{name}" is wrong', 'x {"code":"DENIED" is wrong', '{"code":"DENIED" is wrong'),
        ("came from {login_server} at {name}", "other", "came from my.example.com at …"),
    ],
)
def test_a_message_is_shown_as_its_own_sample_has_it(message: str, sample: str, shown: str) -> None:
    assert SLOTS.message(signature(message, sample)) == shown
    html = SLOTS.message_html(signature(message, sample))
    assert Markup(html).striptags() == shown
    assert html.count('class="kb-slot"') == len(list(SLOTS.names(message)))


def test_the_script_knows_what_to_ask_what_to_keep_and_how_to_read() -> None:
    script = SLOTS.script()
    assert script["identity"] == "login_server"
    assert script["asks"]["image"] == ["login_server", "repository", "tag"]
    assert script["asks"]["registry"] == ["login_server"]
    assert script["remember"] == ["login_server"]
    assert script["usual"] == ["port"]
    assert script["examples"]["tag"] == "v1"
    rule = script["derivations"][1]
    assert rule["groups"] == ["registry"]
    assert re.search(rule["regex"], "\nshop.example.com\n")
