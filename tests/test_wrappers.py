"""A line whose wrapper is known and whose reason is not is a gap; a wrapper alone is none."""

from __future__ import annotations

import pytest

from kbmatch.authoring.wrappers import Wrappers
from kbmatch.matching.matcher import Matcher
from kbmatch.matching.normalise import normalise
from real_knowledge import matcher as real_matcher

IMAGE = "hub.example.com/p/a:1"


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return real_matcher()


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        (f'Failed to pull image "{IMAGE}": rpc error: code = Unknown desc = tenant fence: project is frozen', "frozen"),
        (f'E1127 10:00:00.1 12 k.go:1] "Failed to pull image" err="rpc error: code = Unknown desc = the fence of the tenant is shut" image="{IMAGE}"', "shut"),
        (f'Back-off pulling image "{IMAGE}"', ""),
        (f'  Normal  BackOff  3m (x35 over 8m)  kubelet  Back-off pulling image "{IMAGE}"', ""),
        ("Error: ImagePullBackOff", ""),
        ('{"reason":"ImagePullBackOff","type":"Warning","count":3,"namespace":"default"}', ""),
        (f'Failed to pull image "{IMAGE}": dial tcp: lookup hub.example.com: no such host', ""),
    ],
)  # fmt: skip
def test_what_stands_behind_a_wrapper(matcher: Matcher, line: str, rest: str) -> None:
    text = normalise(line)
    hits = matcher.hits(text)
    assert hits
    found = Wrappers(matcher).rest(text, hits)
    assert found.endswith(rest) if rest else found == ""
