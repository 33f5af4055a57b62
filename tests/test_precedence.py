"""One answer first: causes before wrappers, the one that says more before the one that yields."""

from kbmatch.matching.answer import answer
from kbmatch.matching.precedence import Relations, rank
from small_knowledge import matcher, symptom

BACKOFF = symptom("backoff", "back-off pulling image", wraps=["*"])
RESOLVE = symptom("resolve", "failed to resolve reference", wraps=["*"])
X509 = symptom("x509", "x509: certificate signed by unknown authority")
DENIED = symptom("denied", "denied: requested access", yields_to=["client-ip"])
CLIENT_IP = symptom("client-ip", "client with IP '{ip}' is not allowed")
TIMEOUT = symptom("timeout", "i/o timeout reached")
DNS = symptom("dns", "lookup {host}: i/o timeout reached")


def roles(text: str, *symptoms: object) -> list[tuple[str, str]]:
    found = answer(text, matcher(*symptoms), "en").found  # type: ignore[arg-type]
    return [(f.id, f.role) for f in found]


def test_wrappers_are_folded_wherever_they_stand() -> None:
    text = (
        "failed to resolve reference: x509: certificate signed by unknown authority\n"
        "back-off pulling image"
    )
    assert roles(text, BACKOFF, RESOLVE, X509) == [
        ("x509", "primary"),
        ("resolve", "wrapper"),
        ("backoff", "wrapper"),
    ]


def test_a_wrapper_alone_is_the_answer() -> None:
    assert roles("back-off pulling image", BACKOFF, X509) == [("backoff", "primary")]


def test_of_two_wrappers_the_earlier_leads() -> None:
    text = "failed to resolve reference\nback-off pulling image"
    assert roles(text, BACKOFF, RESOLVE) == [("resolve", "primary"), ("backoff", "wrapper")]


def test_a_symptom_yields_to_the_one_that_says_more() -> None:
    text = "denied: requested access\nclient with IP '1.2.3.4' is not allowed"
    assert roles(text, DENIED, CLIENT_IP) == [("client-ip", "primary"), ("denied", "also")]


def test_a_message_inside_a_longer_one_is_not_reported() -> None:
    assert roles("lookup a.b: i/o timeout reached", TIMEOUT, DNS) == [("dns", "primary")]


def test_unrelated_errors_are_all_reported_the_first_one_first() -> None:
    text = "x509: certificate signed by unknown authority\nlookup a.b: i/o timeout reached"
    assert roles(text, DNS, X509) == [("x509", "primary"), ("dns", "also")]


def test_mutual_claims_are_settled_by_the_named_one() -> None:
    relations = {
        0: Relations("a", ["*"], []),
        1: Relations("b", ["*", "a"], []),
    }
    assert rank([1, 0], relations) == [(0, "primary"), (1, "wrapper")]
