"""Dirty text becomes the one form that messages are matched against, line for line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbmatch.matching.normalise import normalise, unwrap


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("\x1b[31;1mError\x1b[0m: \x1b]8;;http://x\x07denied\x1b]8;;\x07", "Error: denied"),
        ("[0m[31mError: denied", "Error: denied"),
        ("&quot;a&#39; &amp;quot;b&apos; &lt;c&gt; &amp;", '"a" "b" <c> &'),
        ("> > denied", "denied"),
        ("2026-11-24T01:02:03.123456789Z stderr F denied", "denied"),
        ("2026-11-24T01:02:03.1234567Z ##[error]denied", "denied"),
        ("[2026-11-24 01:02:03,123] denied", "denied"),
        ("Feb 16 13:20:01 node-1 kubelet[28475]: E0216 13:20:01.652945   28475 x.go:326] denied", "denied"),
        ("W0312 03:17:01.220118    1893 kubelet_pods.go:922] denied", "denied"),
        ("web-1  | denied", "denied"),
        ("::error file=a.yml,line=1::denied", "denied"),
        ("[pod/web-0/app] denied", "denied"),
        (r'msg="Get \"https://r.io/v2/\": denied"', 'msg="Get "https://r.io/v2/": denied"'),
        (r"client with IP \\u0027x\\u0027", 'client with IP "x"'),
        (r'{"message":"denied: \\\"x\\\"\\r\\nTrace"}', '{"message":"denied: "x" Trace"}'),
        ('Failed ""a.io/b:1"" here', 'Failed "a.io/b:1" here'),
        ("“denied” ‘x’ 「y」 `z`", '"denied" "x" "y" "z"'),
        ("ＤＥＮＩＥＤ：ｘ　ｙ", "DENIED:x y"),
        ("a\u00a0b\u200bc\t d", "a bc d"),
        ("│ denied │", "denied"),
        ("x\x00y\x08", "xy"),
        ("\ufeffdenied", "denied"),
        ("see \u202edekcatta\u202c", "see dekcatta"),
    ],
)  # fmt: skip
def test_dirt_goes(dirty: str, clean: str) -> None:
    assert normalise(dirty).cased.strip("\n") == clean


def test_line_ends_of_every_system_are_kept_as_lines() -> None:
    normal = normalise("a\r\nb\nc")
    assert normal.text == "\na\nb\nc\n"
    assert [normal.line_of(normal.text.index(x)) for x in "abc"] == [0, 1, 2]


def test_words_in_brackets_are_not_escape_codes() -> None:
    assert normalise("[master] [main]").cased == "\n[master] [main]\n"


@given(st.text(max_size=300))
def test_nothing_crashes_and_lines_stay(text: str) -> None:
    normal = normalise(text)
    assert len(normal.text) == len(normal.cased)
    feeds = text.replace("\r\n", "\n").count("\n")
    assert normal.text.count("\n") == feeds + 2
    assert "\x1b" not in normal.cased


@given(st.text(max_size=200))
def test_normal_text_is_normal(text: str) -> None:
    once = normalise(text).cased[1:-1]
    assert not set(once) & set("\x00\x07\x1b\u00a0\u3000“”「」")


def test_text_cut_at_a_fixed_width_is_joined() -> None:
    message = "toomanyrequests: You have reached your unauthenticated pull rate limit. See docs"
    cut = [message[i : i + 44] for i in range(0, len(message), 44)]
    joined, lines = unwrap("\n".join(["short", *cut]))  # type: ignore[misc]
    assert message in joined
    assert lines == [0, 1]


def test_a_frame_around_cut_text_goes() -> None:
    message = (
        'Failed to pull image "a.example.io/team/app:v1": rpc error: code = Unknown desc = denied'
    )
    rows = [message[i : i + 50] for i in range(0, len(message), 50)]
    framed = "\n".join(f"│ {row:<50} │" for row in rows)
    joined, _ = unwrap(framed)  # type: ignore[misc]
    assert message in joined


def test_ordinary_text_is_left_alone() -> None:
    assert unwrap("one line") is None
    assert unwrap("first short line\nsecond") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lookup <my-registry>.azurecr.io: no such host", "lookup *.azurecr.io: no such host"),
        (
            "HEAD http://m/v2/<svc>/manifests/<tag>?ns=h: 500",
            "HEAD http://m/v2/*/manifests/*?ns=h: 500",
        ),
        ("https://<host name>:5000/v2/<repo>/manifests", "https://*:5000/v2/*/manifests"),
        ("<html><head><title>403", "<html><head><title>403"),
    ],
)
def test_a_placeholder_stands_for_a_name(text: str, expected: str) -> None:
    assert normalise(text).cased.strip() == expected


def test_a_capital_k_stays_and_a_kelvin_sign_is_a_k() -> None:
    normal = normalise("-----BEGIN PRIVATE KEY----- 300 \u212a")
    assert "PRIVATE KEY" in normal.cased
    assert "300 k" in normal.text and len(normal.text) == len(normal.cased)
