"""Stylesheets keep every rule a page can use, and lose the others."""

from __future__ import annotations

import pytest

from kbmatch.site.styles import Names, shrink

PAGE = '<body dir="ltr" data-md-color-scheme="slate"><p class="lead wide">x</p></body>'


def names() -> Names:
    found = Names()
    found.add_page(PAGE)
    found.add_script("element.classList.add('open')")
    return found


@pytest.mark.parametrize(
    "rule",
    [
        "p{margin:0}",
        ".lead{margin:0}",
        ".lead.open:after{content:'}'}",
        ".wide:not(.gone){margin:0}",
        ":is(.gone,.lead) a{margin:0}",
        "[data-md-color-scheme=slate] .lead{margin:0}",
        "[dir=ltr] .lead{margin:0}",
        "@font-face{font-family:x}",
        '@charset "UTF-8";',
        ".lead{background:url(data:image/svg+xml;x{y})}",
        "@media print{.lead{margin:0}}",
    ],
)
def test_used_rules_stay(rule: str) -> None:
    assert shrink([rule], names()) == [rule]


@pytest.mark.parametrize(
    "rule",
    [
        ".gone{margin:0}",
        ".lead .gone a{margin:0}",
        "[data-md-color-scheme=default] .lead{margin:0}",
        "[dir=rtl] .lead{margin:0}",
        "@media print{.gone{margin:0}}",
    ],
)
def test_rules_nothing_can_use_go(rule: str) -> None:
    assert shrink([f"p{{margin:0}}{rule}a{{margin:0}}"], names()) == ["p{margin:0}a{margin:0}"]


def test_selectors_of_one_rule_are_told_apart() -> None:
    css = ".gone,.lead,a[title=',']{margin:0}"
    assert shrink([css], names()) == [".lead,a[title=',']{margin:0}"]


def test_properties_nothing_reads_any_more_go() -> None:
    css = ':root{--a:url("data:x;y");--b:1px;--c:var(--d);--d:2px}p{margin:var(--b)}'
    assert shrink([css], names()) == [":root{--b:1px}p{margin:var(--b)}"]


def test_a_property_may_be_read_in_another_sheet() -> None:
    colours = "[data-md-color-scheme=slate]{--key:#333;--link:#8af;--none:1px}"
    rules = "kbd{color:var(--key)}"
    assert shrink([rules, colours], names(), ["a{color:var(--link)}"]) == [
        rules,
        "[data-md-color-scheme=slate]{--key:#333;--link:#8af}",
    ]
