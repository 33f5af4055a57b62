"""The engine serves any knowledge: printers, from YAML to answer to page."""

import json
import subprocess
import sys
from pathlib import Path

from kbmatch.knowledge.load import load_or_raise
from kbmatch.matching.answer import answer
from kbmatch.matching.compile import compile_pack
from kbmatch.matching.matcher import Matcher
from kbmatch.matching.pack import Pack
from kbmatch.search.related import related

PRINTERS = Path(__file__).parent / "printers"
ERROR = 'The printer is not responding: Unable to locate printer "hall-3.example.com".'


def matcher() -> Matcher:
    return Matcher(Pack(compile_pack(load_or_raise(PRINTERS)), "printers"))


def test_a_message_is_answered_with_slots() -> None:
    found = answer(ERROR, matcher(), "zh-TW").found
    assert [(f.id, f.slots["printer"]) for f in found] == [("printer-unreachable", "hall-3")]


def test_words_find_a_page() -> None:
    pages = related(matcher().pack, "paper is stuck in the printer", "en")
    assert pages[0].id == "paper-jam"


def test_the_command_serves_another_directory(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "kbmatch.cli.match",
            "--kb",
            str(PRINTERS),
            "--format",
            "json",
            ERROR,
        ],
        capture_output=True,
        text=True,
        check=True,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    assert json.loads(done.stdout)["matches"][0]["id"] == "printer-unreachable"


def test_pages_are_made_from_it() -> None:
    from kbmatch.site.pages import build_pages

    made = {page.address: page for page in build_pages(load_or_raise(PRINTERS), "en")}
    assert "media jam in tray" in made["en/symptoms/paper-jam.html"].html
