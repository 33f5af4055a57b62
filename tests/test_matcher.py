"""A message is found where it stands and where it belongs, and nowhere else."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from kbmatch.matching.matcher import Miss
from kbmatch.matching.normalise import normalise
from small_knowledge import matcher, signature, symptom

REFUSED = symptom("refused", signature("connection refused", needs="registry"))
NEAR = symptom("near", signature("could not resolve host", needs="near"))


def ids(text: str, *symptoms: object) -> list[int]:
    hits = matcher(*symptoms).hits(normalise(text))  # type: ignore[arg-type]
    return [hit.symptom for hit in hits]


def test_every_occurrence_is_found_with_its_slots() -> None:
    found = matcher(symptom("jam", "jam in tray {number}")).hits(
        normalise("jam in tray 1\nfine\njam in tray 22")
    )
    assert [hit.slots["number"] for hit in found] == ["1", "22"]


def test_a_generic_message_counts_with_evidence_on_its_line() -> None:
    assert ids("docker pull: connection refused", REFUSED) == [0]


def test_a_generic_message_counts_with_evidence_near_it() -> None:
    assert ids("docker pull x\nstep one\nconnection refused\nbye bye", REFUSED) == [0]


def test_the_nearest_evidence_decides() -> None:
    text = "docker pull x\nnpm error code E\nconnection refused while fetching left-pad today"
    assert ids(text, REFUSED) == []


def test_proof_on_the_line_outweighs_foreign_words() -> None:
    assert ids("npm error https://r/v2/: connection refused", REFUSED) == [0]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["fine", "docker pull x", "npm error code E", "all connection refused here", ""]
        ),
        max_size=200,
    )
)
def test_the_nearest_line_that_says_anything_decides(lines: list[str]) -> None:
    says = {"docker pull x": True, "npm error code E": False}
    expected = []
    for at, line in enumerate(lines):
        if "refused" in line:
            near = [lines[at]]
            for away in range(1, 61):
                near += [lines[at - away]] if at >= away else []
                near += [lines[at + away]] if away <= 20 and at + away < len(lines) else []
            if next((says[one] for one in near if one in says), False):
                expected.append(at)
    text = normalise("\n".join([*lines, "x" * 200]))
    hits = matcher(REFUSED).hits(text)
    assert [text.line_of(hit.start) for hit in hits] == expected


def test_a_message_is_found_behind_thousands_of_its_first_words() -> None:
    made = matcher(symptom("end", '"https://{host}": ended'))
    text = 'fetched "https://a.example/b"\n' * 1500 + 'get "https://a.example": ended\n'
    (hit,) = made.hits(normalise(text * 2))[:1]
    assert hit.slots["host"] == "a.example"
    assert len(made.hits(normalise(text * 2))) == 2


def test_evidence_far_away_does_not_count() -> None:
    assert ids("docker pull\n" + "fine\n" * 90 + "app: connection refused by peer", REFUSED) == []


def test_a_message_standing_alone_counts_unless_its_context_forbids_it() -> None:
    assert ids("connection refused", REFUSED) == [0]
    assert ids("could not resolve host", NEAR) == []
    assert ids("docker pull: could not resolve host", NEAR) == [0]


def test_a_generic_message_in_unrelated_text_does_not_count() -> None:
    assert ids("psql: could not connect to server: connection refused on port 5432", REFUSED) == []


def test_misses_say_what_was_lacking() -> None:
    misses: list[Miss] = []
    matcher(REFUSED).hits(
        normalise("psql: could not connect to the server: connection refused"), misses=misses
    )
    assert [miss.lacked for miss in misses] == ["context"]


def test_a_long_line_of_near_matches_takes_time_in_proportion() -> None:
    made = matcher(symptom("x", "lookup {host} on {text}: {text} no such host here"))
    piece = "lookup a on b: no such host her "
    times = []
    for copies in (500, 2000):
        text = normalise(piece * copies)
        start = time.perf_counter()
        made.hits(text)
        times.append(time.perf_counter() - start)
    assert times[1] < times[0] * 16 + 0.5


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_asked(text: str) -> None:
    matcher(REFUSED, NEAR).hits(normalise(text))
