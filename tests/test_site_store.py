"""While serving, only the pages whose parts have changed are made again."""

from dataclasses import replace
from pathlib import Path

from kbmatch.knowledge.load import load_or_raise
from kbmatch.knowledge.model import Text
from kbmatch.site.pages import PageStore, build_pages

PRINTERS = Path(__file__).parent / "printers"


def test_unchanged_pages_are_the_same_ones() -> None:
    store = PageStore()
    first = {p.address: p for p in build_pages(load_or_raise(PRINTERS), "en", store=store)}
    again = {p.address: p for p in build_pages(load_or_raise(PRINTERS), "en", store=store)}
    kept = {address for address in first if first[address] is again[address]}
    lists = {"en/by-tool.html", "en/messages.html", "en/by-code.html", "en/glossary.html"}
    assert lists | {a for a in first if "/symptoms/" in a or "/solutions/" in a} <= kept
    assert first == again


def test_a_changed_cause_makes_the_pages_that_show_it_anew() -> None:
    store, knowledge = PageStore(), load_or_raise(PRINTERS)
    first = {p.address: p for p in build_pages(knowledge, "en", store=store)}
    cause = replace(
        knowledge.causes["wrong-paper-size"],
        explanation=Text({"en": "A new reason.", "zh-TW": "新的理由。"}),
    )
    changed = replace(knowledge, causes={**knowledge.causes, cause.id: cause})
    again = {p.address: p for p in build_pages(changed, "en", store=store)}
    assert "A new reason." in again["en/symptoms/paper-jam.html"].html
    other = "en/symptoms/printer-unreachable.html"
    assert again[other] is first[other]


def test_lists_follow_the_symptoms_and_who_can_fix_their_causes() -> None:
    store, knowledge = PageStore(), load_or_raise(PRINTERS)
    page = f"tools/{knowledge.symptoms['paper-jam'].signatures[0].tools[0]}.html"
    before = {p.path: p.html for p in build_pages(knowledge, "en", store=store)}[page]
    cause = replace(knowledge.causes["wrong-paper-size"], who="network-team")
    changed = replace(knowledge, causes={**knowledge.causes, cause.id: cause})
    after = {p.path: p.html for p in build_pages(changed, "en", store=store)}[page]
    assert after.count("network team") == before.count("network team") + 1
    symptom = replace(
        knowledge.symptoms["paper-jam"], title=Text({"en": "A new title", "zh-TW": "新的標題"})
    )
    changed = replace(knowledge, symptoms={**knowledge.symptoms, symptom.id: symptom})
    made = {p.path: p.html for p in build_pages(changed, "en", store=store)}
    assert all("A new title" in made[path] for path in ("messages.html", "by-phase.html"))


def test_a_cleared_store_keeps_nothing() -> None:
    store = PageStore()
    first = list(build_pages(load_or_raise(PRINTERS), "en", store=store))
    store.clear()
    again = list(build_pages(load_or_raise(PRINTERS), "en", store=store))
    assert all(one is not other for one, other in zip(first, again, strict=True))
