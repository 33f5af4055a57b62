"""The message language compiles to regexes that mean the same everywhere, or says why not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbmatch.knowledge.settings import SlotKind
from kbmatch.matching.language import SLOT_CLASSES, MessageError, parse_message
from kbmatch.matching.normalise import normalise
from kbmatch.texts import load
from small_knowledge import SLOTS, text


def matches(message: str, text: str, line: str = "anywhere") -> dict[str, str] | None:
    compiled = parse_message(message, SLOTS, line=line)
    normal = normalise(text)
    found = re.search(compiled.regex, normal.text)
    if found is None:
        return None
    return {n: normal.cased[slice(*found.span(i))] for i, n in enumerate(compiled.groups, 1)}


@pytest.mark.parametrize(
    ("message", "text", "slots"),
    [
        ("lookup {host}: no such host", "dial tcp: LOOKUP A.b.Io: No such host", {"host": "A.b.Io"}),
        ("client with IP '{ip}' is not allowed", 'client with IP \\u0027203.0.113.7\\u0027 is not allowed', {"ip": "203.0.113.7"}),
        ("client with IP '{ip}' is not allowed", "client with IP 203.0.113.7 is not allowed", {"ip": "203.0.113.7"}),
        ("dial tcp {ip}:{port}: i/o timeout", "dial tcp [::1]:443: i/o timeout", {"ip": "[::1]", "port": "443"}),
        ("dial tcp {ip}:{port}: i/o timeout", "dial tcp 10.0.0.4:443: i/o\ntimeout", {"ip": "10.0.0.4", "port": "443"}),
        ("failed with status: {status}", "failed with status: 403 Forbidden", {"status": "403 Forbidden"}),
        ("got {digest}, expected {digest}", "got sha256:aabbccdd, expected sha256:11223344", {"digest": "sha256:11223344"}),
        ("fetch {storage_host} timed out", "fetch x1.blob.example timed out", {"storage_host": "x1.blob.example"}),
        ("無法連線，因為目標電腦拒絕連線。", "connectex: 無法連線,因為目標電腦拒絕連線.", {}),
    ],
)  # fmt: skip
def test_message_matches_and_captures(message: str, text: str, slots: dict[str, str]) -> None:
    assert matches(message, text) == slots


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("lookup {host}: no such host", "lookup a.io: no such hostname"),
        ("denied by policy", "undenied by policy"),
        ("fetch {storage_host} timed out", "fetch registry.example timed out"),
        ("dial tcp {ip}:{port}: i/o timeout", "dial tcp x:443: i/o timeout"),
    ],
)
def test_near_misses_do_not_match(message: str, text: str) -> None:
    assert matches(message, text) is None


def test_an_upload_url_with_its_state_and_digest_fits_a_slot() -> None:
    # Registries put up to 600 characters of state into an upload's URL, the client the digest.
    state = "QnJ9" * 190
    url = f"https://registry.example/v2/web/blobs/uploads/7c1f?_state={state}&digest=sha256"
    for slot in ("url", "token"):
        compiled = parse_message(
            f'Put "{{{slot}}}": unexpected EOF', {slot: SlotKind(slot, "x", text(slot))}
        )
        assert re.search(
            compiled.regex, normalise(f'Put "{url}%3A{"ab" * 32}": unexpected EOF').text
        )


def test_a_whole_line_message_is_not_found_inside_a_line() -> None:
    assert matches("EOF here", "x\nEOF here\ny", line="whole") == {}
    assert matches("EOF here", "saw EOF here", line="whole") is None
    assert matches("EOF here", "EOF here and more", line="start") == {}


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("", "empty"),
        ("{host}", "no-literal"),
        ("a {host", "open-brace"),
        ("a } b", "close-brace"),
        ("lookup failed {nope}", "undeclared"),
        ("failed {host}{ip} here", "adjacent"),
        ("failed {text} a {text} b {text} c", "free-slots"),
        ("{text} failed to connect", "free-start"),
    ],
)
def test_a_wrong_message_says_what_is_wrong(message: str, reason: str) -> None:
    with pytest.raises(MessageError) as raised:
        parse_message(message, SLOTS)
    assert raised.value.reason == reason
    assert reason in MessageError.REASONS


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_every_reason_is_worded_for_messages_and_templates(language: str) -> None:
    text = load("signature_rules", language)
    for reason in MessageError.REASONS:
        if reason not in ("undeclared", "unknown-type"):  # said by rules of their own
            assert text[f"KB501.message.{reason}"].format()
            assert reason == "no-literal" or text[f"KB502.message.{reason}"].format()


def test_doubled_braces_are_braces() -> None:
    assert matches("template {{x}} failed", "template {x} failed") == {}


def test_regexes_keep_to_the_portable_subset() -> None:
    message = " ".join(f"field-{name} {{{name}}}," for name in SLOT_CLASSES if name in SLOTS)
    regex = parse_message(message.replace("{text}", "x"), SLOTS).regex
    assert not re.search(r"\\[dwsbAZz]|\(\?[^:]|\$|[*+?}]\+|\.\*", regex)
    assert re.compile(regex).groups <= 16


@given(st.text(max_size=60))
def test_any_text_is_a_message_or_a_clear_error(source: str) -> None:
    try:
        compiled = parse_message(source, SLOTS)
    except MessageError as error:
        assert error.reason in MessageError.REASONS
        return
    re.compile(compiled.regex)


# On one line: what a line begins with may be a log's prefix, which is taken off.
LITERAL = st.characters(codec="utf-8", exclude_characters="{}\n\r")


@given(st.text(alphabet=LITERAL, min_size=8, max_size=60))
def test_a_literal_message_matches_itself(source: str) -> None:
    try:
        compiled = parse_message(source, SLOTS)
    except MessageError:
        return
    assert re.search(compiled.regex, normalise(f"before: {source} : after").text)
