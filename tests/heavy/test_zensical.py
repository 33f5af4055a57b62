"""The same pages through Zensical, the announced successor of the theme's makers: a canary.

Our pages are made by code that knows no site generator. Written to a folder as files, Zensical must
publish them as they are: the day Material for MkDocs ends, that is the way out.
"""

import html
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kbmatch.site.page import Page
from kbmatch.site.pages import build_pages
from real_knowledge import knowledge

pytestmark = pytest.mark.heavy

CONFIGURATION = """\
site_name: canary
use_directory_urls: false
theme: {name: material, font: false}
markdown_extensions: [attr_list, md_in_html]
"""
BEGIN = '<div class="kb-page">'


def words(markup: str) -> str:
    """Return what a reader sees, white space folded."""
    shown = re.sub(r"<(script|style).*?</\1>", "", markup, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", shown)).split())


def write(root: Path) -> list[Page]:
    """Write every page of both languages as a source file; return them."""
    pages = [
        page
        for language in knowledge().settings.languages
        for page in build_pages(knowledge(), language)
    ]
    for page in pages:
        target = root / "docs" / page.address.replace(".html", ".md")
        target.parent.mkdir(parents=True, exist_ok=True)
        title = json.dumps(page.title, ensure_ascii=False)
        target.write_text(f"---\ntitle: {title}\n---\n\n{BEGIN}\n{page.html}\n</div>\n", "utf-8")
    (root / "mkdocs.yml").write_text(CONFIGURATION, "utf-8")
    return pages


def test_zensical_publishes_every_page_as_it_is(tmp_path: Path) -> None:
    pages = write(tmp_path)
    start = time.perf_counter()
    done = subprocess.run(
        [str(Path(sys.executable).with_name("zensical")), "build"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    print(f"{len(pages)} pages in {time.perf_counter() - start:.1f} s")
    for page in pages:
        made = (tmp_path / "site" / page.address).read_text("utf-8")
        assert words(made.partition(BEGIN)[2]).startswith(words(page.html)), page.address
        assert f"<title>{html.escape(page.title, quote=False)}" in made, page.address
