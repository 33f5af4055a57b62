"""A tiny knowledge base built by hand, for tests that need a pack but no YAML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kbmatch.knowledge.model import (
    Cause,
    Check,
    Command,
    Evidence,
    Knowledge,
    Outcome,
    RankedCause,
    Signature,
    Solution,
    Step,
    Symptom,
    Text,
    Verify,
)
from kbmatch.knowledge.settings import Area, Context, Derivation, Named, Settings, SlotKind
from kbmatch.matching.compile import compile_pack
from kbmatch.matching.matcher import Matcher
from kbmatch.matching.pack import Pack


def text(words: str) -> Text:
    return Text({"en": words, "zh-TW": f"{words}（中文）"})


SLOT_TYPES = {
    "host": "host",
    "ip": "ip",
    "port": "port",
    "number": "number",
    "url": "url",
    "image": "token",
    "path": "path",
    "word": "word",
    "status": "status",
    "digest": "digest",
    "text": "text",
    "registry": "label",
    "login_server": "host",
    "repository": "path",
    "tag": "token",
}
SLOTS = {name: SlotKind(kind, f"example-{name}", text(name)) for name, kind in SLOT_TYPES.items()}
SLOTS["storage_host"] = SlotKind("host", "a.blob.example", text("storage"), (".blob.example",))


def signature(message: str, needs: str | None = None, line: str = "anywhere") -> Signature:
    return Signature("s", message, ("tool",), (message,), ("something else",), needs, line)  # type: ignore[arg-type]


def symptom(
    id: str,
    *signatures: Signature | str,
    wraps: Sequence[str] = (),
    yields_to: Sequence[str] = (),
) -> Symptom:
    """A symptom with one signature per message."""
    made = [s if isinstance(s, Signature) else signature(s) for s in signatures]
    numbered = tuple(
        Signature(f"s{n}", s.message, s.tools, s.samples, s.near_misses, s.needs, s.line)
        for n, s in enumerate(made)
    )
    return Symptom(
        id,
        "area",
        text(f"Title of {id}"),
        text(f"Summary of {id}."),
        "phase",
        numbered,
        (RankedCause("cause"),),
        (Evidence("reported", "a test", "2026-11-24"),),
        tuple(wraps),
        tuple(yields_to),
    )


def knowledge(*symptoms: Symptom, foreign: Sequence[str] = ("npm error",)) -> Knowledge:
    """A knowledge base of these symptoms, one cause and one solution."""
    outcome = Outcome(text("meaning"), "output")
    check = Check(text("Look."), (Command("look at {login_server}"),), outcome, outcome)
    cause = Cause("cause", "area", text("A cause"), text("Why."), check, "you", ("solution",))
    verify = Verify(text("Look again."), (Command("look"),), "fine")
    solution = Solution("solution", "area", text("A solution"), (Step(text("Do it.")),), verify)
    contexts: Mapping[str, Context] = {
        "registry": Context(("docker pull", "registry"), ("/v2/",)),
        "near": Context(("docker pull",), (), alone=False),
    }
    settings = Settings(
        text("Test knowledge"),
        text("For tests."),
        ("en", "zh-TW"),
        (Area("area", text("Area"), text("An area.")),),
        (Named("phase", text("Phase")),),
        (),
        (Named("tool", text("Tool")),),
        (Named("you", text("you")),),
        SLOTS,
        (
            Derivation("image", "{login_server}/{repository}:{tag}"),
            Derivation("login_server", "{registry}.example.io"),
        ),
        ("https://{login_server}/v2/",),
        contexts,
        tuple(foreign),
    )
    return Knowledge(
        settings,
        {s.id: s for s in symptoms},
        {"cause": cause},
        {"solution": solution},
        {},
        (),
        (),
        "0" * 64,
    )


def matcher(*symptoms: Symptom, foreign: Sequence[str] = ("npm error",)) -> Matcher:
    """A matcher over a knowledge base of these symptoms."""
    return Matcher(Pack(compile_pack(knowledge(*symptoms, foreign=foreign)), "test pack"))
