"""Knowledge to pages: what stands on them, links that resolve, ids that are unique."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest
from markupsafe import escape

from kbmatch.knowledge.folding import close_up
from kbmatch.knowledge.load import load_or_raise
from kbmatch.knowledge.model import Command, Knowledge, Listing, RankedCause, Step, Table, Text
from kbmatch.knowledge.settings import Named
from kbmatch.site.edition import Edition, anchor, tool_path
from kbmatch.site.page import Page
from kbmatch.site.pages import build_pages
from kbmatch.texts import load
from site_build import PRINTERS


@pytest.fixture(scope="module")
def printers() -> Knowledge:
    return load_or_raise(PRINTERS)


def pages_of(knowledge: Knowledge, language: str = "en") -> dict[str, Page]:
    return {page.path: page for page in build_pages(knowledge, language)}


class Anchors(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if name == "href" and value and tag == "a":
                self.links.append(value)


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_every_link_and_heading_resolves_and_ids_are_unique(
    printers: Knowledge, language: str
) -> None:
    pages = pages_of(printers, language)
    parsed = {path: Anchors(page.html) for path, page in pages.items()}
    for path, page in pages.items():
        found = parsed[path]
        doubled = [id for id, count in Counter(found.ids).items() if count > 1]
        assert not doubled, (path, doubled)
        for heading in page.headings:
            for entry in (heading, *heading.children):
                assert entry.id in found.ids, (path, entry.id)
        for entry in page.search:
            assert not entry.anchor or entry.anchor in found.ids, (path, entry.anchor)
        for link in found.links:
            if link.startswith(("http://", "https://", "mailto:")):
                continue
            target, _, fragment = link.partition("#")
            place = (
                posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
                if target
                else path
            )
            assert place in pages, (path, link)
            assert not fragment or fragment in parsed[place].ids, (path, link)


def test_symptom_page_has_its_parts_in_order(printers: Knowledge) -> None:
    html = pages_of(printers)["symptoms/paper-jam.html"].html
    parts = [
        "<h1",
        'class="kb-message"',
        'id="answer"',
        'id="causes"',
        'class="kb-who',
        'class="kb-values"',
        'id="cause-wrong-paper-size"',
        'class="kb-check"',
        "kb-outcome--yours",
        "kb-outcome--not",
        'id="fix-load-right-paper"',
        'class="kb-verify"',
        'id="look-alikes"',
        'id="ticket"',
        'id="links"',
        'id="evidence"',
    ]
    places = [html.find(part) for part in parts]
    assert -1 not in places, dict(zip(parts, places, strict=True))
    assert places == sorted(places)


def test_messages_are_shown_as_their_samples_have_them_each_once(printers: Knowledge) -> None:
    symptom = printers.symptoms["printer-unreachable"]
    first = replace(
        symptom.signatures[0], samples=('Unable to locate printer "cellar.example.com".',)
    )
    twice = replace(
        symptom, signatures=(first, replace(first, id="again"), *symptom.signatures[1:])
    )
    pages = pages_of(
        replace(printers, symptoms={**printers.symptoms, "printer-unreachable": twice})
    )
    shown = Edition(printers, "en").slots.message(first)
    assert "cellar.example.com" in shown
    for path in ("messages.html", *map(tool_path, first.tools)):
        assert pages[path].html.count(f"<code>{escape(shown)}<") == 1, path


def test_a_message_that_few_tools_print_does_not_stand_for_its_page(printers: Knowledge) -> None:
    tools = tuple(Named(name, Text({"en": name})) for name in ("cups", "spooler", "fax"))
    known = replace(printers, settings=replace(printers.settings, tools=tools))
    symptom = known.symptoms["paper-jam"]
    rare = replace(
        symptom.signatures[0],
        id="rare",
        message="failure E-77 seen",
        samples=("failure E-77 seen",),
        tools=("fax",),
    )
    common = replace(symptom.signatures[0], tools=("cups", "spooler", "fax"))
    changed = replace(symptom, signatures=(rare, common))
    pages = pages_of(replace(known, symptoms={**known.symptoms, "paper-jam": changed}))
    html = pages["symptoms/paper-jam.html"].html
    shown = Edition(known, "en").slots.message(common)
    first = re.search(r'<pre class="kb-message" tabindex="0"><code>(?!</code>)(.*?)</code>', html)
    assert first and unescape(re.sub("<[^>]*>", "", first[1])) == shown
    assert "E-77" not in pages[f"areas/{symptom.area}.html"].html
    half = replace(symptom, signatures=(rare, replace(common, tools=("cups", "spooler"))))
    assert Edition(known, "en").common_first(half)[0] is rare, "half as many is enough"


def test_each_tool_has_a_page_of_its_errors_and_a_card_on_the_hub(printers: Knowledge) -> None:
    pages = pages_of(printers)
    groups = Edition(printers, "en").by_tool()
    hub = Anchors(pages["by-tool.html"].html)
    assert len(groups) > 1
    for group in groups:
        assert group.id in hub.ids and tool_path(group.id) in hub.links
        links = Anchors(pages[tool_path(group.id)].html).links
        listed = [link for link in links if link.startswith("../symptoms/")]
        assert listed == [f"../symptoms/{symptom.id}.html" for symptom in group.symptoms]


def test_a_list_to_hand_on_has_a_line_for_each_name_and_slots_to_fill(printers: Knowledge) -> None:
    def words(value: str) -> Text:
        return Text({"en": value, "zh-TW": value})

    rows = [
        ("Door", "`{printer}.example`, `*.example`", "TCP 443"),
        ("None", "—", "TCP 1"),
        ("Words", "the old server", "UDP `53`"),
        ("Door", "`*.example`", "TCP 443"),
    ]
    table = Table(
        "ports-all",
        words("Ports"),
        words("Intro."),
        tuple(map(words, ("What for", "Host", "Port"))),
        tuple(tuple(map(words, row)) for row in rows),
        listing=Listing(words("For the network team"), ("Host",), ("Port", "What for")),
    )
    page = pages_of(replace(printers, tables=(table,)))["ports.html"]
    code = page.html.partition("kb-listing")[2].partition("<code>")[2].partition("</code>")[0]
    example = printers.settings.slots["printer"].example
    slot = f'<span class="kb-slot" data-slot="printer">{example}</span>'
    assert re.sub(r'<span class="kb-listing__name">(.*?)</span>\t', r"\1\t", code).split("\n") == [
        f"{slot}.example\tTCP 443\tDoor",
        "*.example\tTCP 443\tDoor",
        "the old server\tUDP 53\tWords",
    ]
    assert '<input name="printer"' in page.html


def test_a_fix_shared_by_two_causes_is_told_once(printers: Knowledge) -> None:
    first = printers.causes["wrong-paper-size"]
    twin = replace(first, id="twin")
    symptom = printers.symptoms["paper-jam"]
    both = replace(symptom, causes=(*symptom.causes, RankedCause("twin")))
    knowledge = replace(
        printers,
        causes={**printers.causes, "twin": twin},
        symptoms={**printers.symptoms, "paper-jam": both},
    )
    html = pages_of(knowledge)["symptoms/paper-jam.html"].html
    assert html.count('id="fix-load-right-paper"') == 1
    assert html.count('href="#fix-load-right-paper"') == 1


def test_alternatives_become_tabs_and_general_commands_do_not(printers: Knowledge) -> None:
    edition = Edition(printers, "en")
    commands = [
        Command("a"),
        Command("b", on="linux"),
        Command("c", on="windows", shell="powershell"),
        Command("d", on="linux"),
        Command("e"),
    ]
    groups = [
        [(tab.platform, [c.run for c in tab.commands]) for tab in group]
        for group in edition.tabs(commands)
    ]
    assert groups == [
        [("", ["a"])],
        [("linux", ["b", "d"]), ("windows", ["c"])],
        [("", ["e"])],
    ]


def test_changing_commands_are_marked_and_text_is_escaped(printers: Knowledge) -> None:
    solution = printers.solutions["load-right-paper"]
    step = Step(
        Text({"en": "Do <b>it</b>", "zh-TW": "做"}),
        (Command("rm -r '<x>' & {tray}", changes=True),),
        risk=Text({"en": "All is lost.", "zh-TW": "全部不見。"}),
    )
    knowledge = replace(
        printers,
        solutions={**printers.solutions, solution.id: replace(solution, steps=(step,))},
    )
    html = pages_of(knowledge)["solutions/load-right-paper.html"].html
    assert "kb-cmd--changes" in html
    assert "&lt;x&gt;" in html and "<x>" not in html
    assert "&lt;b&gt;it&lt;/b&gt;" in html
    assert "All is lost." in html


def test_ticket_names_nobody(printers: Knowledge) -> None:
    html = pages_of(printers)["symptoms/printer-unreachable.html"].html
    ticket = re.search(r'<figure class="kb-cmd kb-ticket">.*?</figure>', html, re.DOTALL)
    assert ticket is not None
    assert "&lt;host&gt;" in ticket[0]
    assert "office-2" not in ticket[0]


def test_tables_share_a_page_by_the_first_word_of_their_id(printers: Knowledge) -> None:
    def words(value: str) -> Text:
        return Text({"en": value, "zh-TW": value})

    tables = tuple(
        Table(id, words(id), words("Intro."), (words("A"),), ((words("`x`"),),))
        for id in ("ports", "ports-more", "sizes")
    )
    pages = pages_of(replace(printers, tables=tables))
    assert "ports.html" in pages and "sizes.html" in pages
    assert 'id="ports-more"' in pages["ports.html"].html
    assert [entry.anchor for entry in pages["ports.html"].search] == ["", "ports-more"]


def test_chinese_has_no_blanks_from_folded_lines() -> None:
    assert close_up("打錯， 或是這台 機器") == "打錯，或是這台機器"
    assert close_up("節點的 DNS， 不是") == "節點的 DNS，不是"
    assert close_up("尾碼 (`.io`、 `.cn`)") == "尾碼 (`.io`、`.cn`)"
    assert close_up("a, b") == "a, b"


@pytest.mark.parametrize(
    ("code", "id"), [("HTTP 403", "http-403"), ("A_B", "a-b"), ("13.01", "13-01"), ("！", "other")]
)
def test_anchor(code: str, id: str) -> None:
    assert anchor(code) == id


def test_site_texts_have_the_same_keys_in_every_language() -> None:
    english, chinese = load("site", "en"), load("site", "zh-TW")
    assert english.keys() == chinese.keys()
    for key, value in english.items():
        holes = set(re.findall(r"\{(\w+)\}", value))
        assert holes == set(re.findall(r"\{(\w+)\}", chinese[key])), key


def test_a_page_leads_to_its_source_and_to_whoever_runs_it(printers: Knowledge) -> None:
    pages = pages_of(printers)
    edit = "https://git.example.com/printers/edit/main/"
    symptom, solution = "symptoms/paper-jam.html", "solutions/load-right-paper.html"
    assert f'href="{edit}symptoms/paper/paper-jam.yaml"' in pages[symptom].html
    assert f'href="{edit}solutions/paper/load-right-paper.yaml"' in pages[solution].html
    for path in (symptom, solution):
        assert 'href="mailto:printers@example.com"' in pages[path].html
    settings = replace(printers.settings, contact=None, repository=None)
    bare = pages_of(replace(printers, settings=settings))
    for path in (symptom, solution):
        assert "mailto:" not in bare[path].html and "kb-improve" not in bare[path].html
    # Without an address, the words of kb.yaml have to do.
    assert "Tell the office manager." in bare[symptom].html


def test_a_web_form_takes_title_and_text(printers: Knowledge) -> None:
    form = "https://git.example.com/new?title={title}&body={text}"
    edition = Edition(replace(printers, settings=replace(printers.settings, contact=form)), "en")
    assert edition.contact == form
    assert edition.contact_now == "https://git.example.com/new?title=&body="


def test_entries_of_an_overlay_have_no_source_here(printers: Knowledge) -> None:
    own = replace(printers.symptoms["paper-jam"], origin="Company")
    assert Edition(printers, "en").source_of("symptoms", own) == ""


def test_a_fix_says_who_can_carry_it_out_and_whether_it_changes_anything(
    printers: Knowledge,
) -> None:
    path = "solutions/load-right-paper.html"
    html = pages_of(printers)[path].html
    head = html[: html.index('id="steps"')]
    assert "kb-who--you" in head and "changes something in 1 step" in head
    solution = printers.solutions["load-right-paper"]
    harmless = replace(solution, steps=solution.steps[:1])
    calm = pages_of(replace(printers, solutions={**printers.solutions, solution.id: harmless}))[
        path
    ].html
    assert "kb-cmd__flag--safe" in calm[: calm.index('id="steps"')]
