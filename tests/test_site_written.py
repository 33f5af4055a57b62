"""Pages written by hand: the same commands, tables and breadcrumbs as generated ones."""

from __future__ import annotations

import re

import pytest
from markdown import Markdown  # type: ignore[import-untyped]

from kbmatch.knowledge.load import load_or_raise
from kbmatch.site.written import WrittenPages
from site_build import PRINTERS, ROOT


def page(text: str, language: str = "en", prefix: str = "") -> str:
    written = WrittenPages(load_or_raise(PRINTERS))
    fences = {"custom_fences": [{"name": "*", "class": "", "format": written.fence}]}
    markdown = Markdown(
        extensions=["tables", "pymdownx.superfences", written],
        extension_configs={"pymdownx.superfences": fences},
    )
    written.speak(language)
    return written.finish(markdown.convert(text), prefix)


def test_a_command_can_be_copied_and_filled() -> None:
    html = page("Intro.\n\n## One\n\n``` {.sh .changes}\nlpadmin -p {printer} <x>\n```\n")
    assert '<button type="button" class="kb-copy"' in html
    assert 'data-slot="printer">office-2</span>' in html
    assert "kb-cmd--changes" in html and "changes" in html
    assert "&lt;x&gt;" in html and "<x>" not in html
    form, heading = html.index('<form class="kb-values"'), html.index("<h2")
    assert html.index("Intro.") < form < heading, "the fields stand after the introduction"


def test_the_same_command_for_different_shells_becomes_tabs() -> None:
    both = "```sh\nlpstat\n```\n\n```powershell\nGet-Printer\n```\n"
    html = page(f"{both}\nText.\n\n{both}")
    assert html.count('<fieldset class="kb-tabs">') == 2
    ids = re.findall(r'<input type="radio" [^>]*id="([^"]+)"', html)
    assert len(ids) == len(set(ids)) == 4
    assert re.findall(r'data-title="([^"]+)"', html) == ["Shell", "PowerShell"] * 2
    assert html.count("lpstat") == html.count("Get-Printer") == 2


@pytest.mark.parametrize(
    "text",
    [
        "```sh\na\n```\n\n```sh\nb\n```\n",  # one after the other
        "```sh\na\n```\n\nThen:\n\n```powershell\nb\n```\n",
        "```sh\na\n```\n\n```yaml\nb: 1\n```\n",
    ],
)
def test_other_commands_stay_below_each_other(text: str) -> None:
    assert "kb-tabs" not in page(text)


def test_output_is_no_command_and_asks_for_nothing() -> None:
    html = page("```text\nprinter {printer} is idle\n```\n")
    assert 'class="kb-output"' in html and "kb-copy" not in html and "kb-values" not in html


def test_fields_stand_in_the_section_that_first_needs_them() -> None:
    html = page("Intro.\n\n## One\n\nWords.\n\n## Two\n\n```sh\nlpstat -p {printer}\n```\n")
    form = html.index('<form class="kb-values"')
    assert html.index("Two</h2>") < form < html.index("<figure")


def test_braces_that_are_meant_stay() -> None:
    html = page("``` {.yaml .verbatim}\nmessage: 'printer {printer} <b> is offline'\n```\n")
    assert "printer {printer} &lt;b&gt; is offline" in html and "kb-slot" not in html
    assert "kb-cmd--file" in html and "kb-copy" in html and "kb-values" not in html


def test_what_is_neither_is_the_content_of_a_file() -> None:
    assert "kb-cmd--file" in page("```yaml\na: 1\n```\n")


def test_breadcrumbs_lead_home_from_any_depth() -> None:
    assert '<a href="../index.html">' in page("# T", prefix="../")


def test_tables_look_like_ours_and_cells_know_their_column() -> None:
    html = page("| Code | Why |\n|---|---|\n| `a` | b |\n")
    frame = re.search(r'<div [^>]*class="kb-scroll"[^>]*>', html)
    assert frame and 'tabindex="0"' in frame[0] and 'aria-label="Code · Why"' in frame[0]
    assert '<table class="kb-table">' in html
    assert '<td data-label="Why">b</td>' in html


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("先開好；\n不然沒有。", "先開好；不然沒有。"),
        ("中文\n中文", "中文中文"),
        ("看這個，\n`code`。", "看這個，<code>code</code>。"),
        ("用 Docker\n時", "用 Docker\n時"),
        ("one\ntwo", "one\ntwo"),
    ],
)
def test_folded_chinese_lines_join(source: str, shown: str) -> None:
    text = re.sub(r"</?p>|<nav.*?</nav>", "", page(source, "zh-TW"), flags=re.DOTALL)
    assert text.strip() == shown


def test_chinese_is_set_in_full_width_parentheses() -> None:
    """Of texts by hand and of the site's own; code keeps what it prints."""
    files = [*(ROOT / "content/zh-TW").glob("*.md"), ROOT / "scripts/kbmatch/texts/zh-TW/site.json"]
    for file in files:
        text = re.sub(r"(?ms)^ *```.*?^ *```", "", file.read_text(encoding="utf-8"))
        text = re.sub(r"`[^`\n]*`|\]\([^)\n]*\)|<[^>\n]+>", "", text)
        found = re.findall(r"[\u4e00-\u9fff] ?\([^)\n]*\)|\([^)\n]*[\u4e00-\u9fff][^)\n]*\)", text)
        assert not found, (file.name, found[:3])
