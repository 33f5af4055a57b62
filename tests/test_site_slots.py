"""Slots in commands: what counts as one, what a reader is asked for."""

from __future__ import annotations

import pytest

from kbmatch.knowledge.model import Derivation, SlotKind, Text
from kbmatch.site.slots import Slots


def kind(example: str) -> SlotKind:
    return SlotKind("host", example, Text({"en": "label"}))


SLOTS = Slots(
    {
        "login_server": kind("my.example.com"),
        "registry": kind("my"),
        "repository": kind("samples/web"),
        "tag": kind("v1"),
        "image": kind("my.example.com/samples/web:v1"),
        "name": kind("web-0"),
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
