"""Commands carry the reader's own names, and nothing a log could smuggle in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbmatch.cli.slots import fill

EXAMPLES = {"registry": "myregistry", "ip": "203.0.113.7"}


@pytest.mark.parametrize(
    ("command", "filled"),
    [
        ("az acr show -n {registry}", "az acr show -n r1"),
        ("ping {ip}", "ping 203.0.113.7"),
        ("docker info --format '{{.HTTPProxy}}'", "docker info --format '{{.HTTPProxy}}'"),
        ("curl -w '%{http_code}'", "curl -w '%{http_code}'"),
        ("echo ${registry}", "echo ${registry}"),
        ("kubectl get -o jsonpath='{.items}'", "kubectl get -o jsonpath='{.items}'"),
    ],
)
def test_only_declared_slots_are_filled(command: str, filled: str) -> None:
    assert fill(command, {"registry": "r1"}, EXAMPLES) == filled


@given(st.text(max_size=30))
def test_no_value_can_add_a_command(value: str) -> None:
    filled = fill("show -n {registry};", {"registry": value}, EXAMPLES)
    assert not set(filled[:-1]) & set("`$();|&<>\n'\"\\")
