"""Markdown of the knowledge becomes HTML that can't do harm."""

from __future__ import annotations

import pytest

from kbmatch.knowledge.model import Text
from kbmatch.knowledge.settings import SlotKind
from kbmatch.site.markup import MarkupError, Prose, plain
from kbmatch.site.slots import Slots


def resolve(scheme: str, name: str) -> str:
    if (scheme, name) == ("symptom", "known"):
        return "../symptoms/known.html"
    raise LookupError(name)


PROSE = Prose(Slots({"host": SlotKind("host", "a.example", Text({"en": "Host"}))}), resolve)


def test_plain_sentences_and_markdown() -> None:
    assert PROSE.block("A & B.") == "<p>A &amp; B.</p>"
    assert PROSE.inline("A **b**") == "A <strong>b</strong>"
    assert PROSE.block("- a\n- b").startswith("<ul>")
    assert PROSE.inline("`ping {host}`") == (
        '<code>ping <span class="kb-slot" data-slot="host">a.example</span></code>'
    )


def test_raw_html_stays_text() -> None:
    html = PROSE.block("a <script>alert(1)</script> <img src=x onerror=alert(1)>")
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html


def test_links_to_known_pages_and_outside() -> None:
    assert PROSE.inline("[x](symptom:known)") == '<a href="../symptoms/known.html">x</a>'
    outside = PROSE.inline("[x](https://example.com/a?b=1&c=2)")
    assert 'href="https://example.com/a?b=1&amp;c=2"' in outside
    assert 'rel="noopener noreferrer"' in outside


@pytest.mark.parametrize(
    "target",
    ["javascript:alert(1)", "data:text/html,x", "symptom:gone", "https:nohost", "file:///etc"],
)
def test_other_links_are_refused(target: str) -> None:
    with pytest.raises(MarkupError, match="no such page"):
        PROSE.block(f"[x]({target})")


def test_pictures_are_refused() -> None:
    with pytest.raises(MarkupError, match="pictures"):
        PROSE.block("![x](https://example.com/a.png)")


def test_plain_words() -> None:
    assert plain(PROSE.block("- a `<b>`\n- **c**")) == "a <b> c"
