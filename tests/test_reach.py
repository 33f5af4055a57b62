"""The window a message is looked for in is as wide as the message can be, and no wider."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbmatch.matching.answer import answer
from kbmatch.matching.compile import matchable
from kbmatch.matching.language import parse_message
from kbmatch.matching.reach import Widths, anchor_of
from real_knowledge import knowledge
from small_knowledge import SLOTS, matcher, symptom


def of(message: str, line: str = "anywhere") -> tuple[int, int, int]:
    record = matchable(parse_message(message, SLOTS, line=line), line)
    return Widths(record["regex"]).reach(anchor_of(record["phrases"]))


@pytest.mark.parametrize(
    ("message", "line", "expected"),
    [
        ("paper jam in tray", "anywhere", (1, 1, 1)),
        ("paper jam in tray", "whole", (0, 0, 0)),
        ("{port} paper jam", "anywhere", (2, 6, 1)),
        ("paper jam in '{number}' of", "anywhere", (1, 1, 1 + 18 + 1 + 4)),
        ("jam of {text} in the tray of", "anywhere", (1 + 7, 1 + 7 + 300, 1)),
    ],
)
def test_the_width_around_the_literal_is_counted(
    message: str, line: str, expected: tuple[int, int, int]
) -> None:
    assert of(message, line) == expected


def test_every_real_message_has_a_window() -> None:
    slots = knowledge().settings.slots
    for one in knowledge().symptoms.values():
        for signature in one.signatures:
            message = parse_message(signature.message, slots, line=signature.line)
            record = matchable(message, signature.line)
            least, most, after = Widths(record["regex"]).reach(anchor_of(record["phrases"]))
            assert 0 <= least <= most <= 4000, signature.id
            assert 0 <= after <= 4000, signature.id


MADE = matcher(symptom("x", "lookup {host} on '{ip}': {text} failed in tray"))


@settings(max_examples=100)
@given(
    st.text("a.-_", min_size=1, max_size=253),
    st.sampled_from(["10.0.0.4", "[2001:db8::1]"]),
    st.text("xyz", min_size=1, max_size=300),
    st.text("lookup on tray\n", max_size=400),
)
def test_the_longest_match_is_still_found(host: str, ip: str, text: str, noise: str) -> None:
    message = f"{noise}\nlookup {host} on {ip}: {text} failed in tray\n{noise}"
    assert [found.id for found in answer(message, MADE, "en").found] == ["x"]
