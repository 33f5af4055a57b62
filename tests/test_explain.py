"""`kb explain` as people run it: any form of an id, only names that exist, nothing twice."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from real_knowledge import knowledge, pack_bytes
from small_checkout import ROOT

SYMPTOM = next(s for s in knowledge().symptoms.values() if len(s.causes) > 3)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pack") / "kb.kbpack"
    path.write_bytes(pack_bytes())
    return path


def explain(pack: Path, *words: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [sys.executable, "-m", "kbmatch.cli.kb", "explain", "--kb", str(pack), *words],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "scripts"), "LC_ALL": "C.UTF-8"},
        **options,
    )


def test_an_id_may_come_as_an_address_or_a_reference(pack: Path) -> None:
    pages = {
        explain(pack, form.format(SYMPTOM.id)).stdout
        for form in ("{}", "symptom/{}", "{}.html", "en/symptoms/{}.html", "symptoms/{}")
    }
    assert len(pages) == 1 and SYMPTOM.title["en"] in pages.pop()


def test_a_cause_shows_itself_and_the_pages_it_belongs_to(pack: Path) -> None:
    done = explain(pack, SYMPTOM.causes[0].cause)
    assert done.returncode == 0
    assert f"  - {SYMPTOM.id}:" in done.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--set", "nosuch=1"), "there is no slot nosuch"),
        (("--set", "registri=1"), "did you mean registry"),
        (("--set", "bad"), "write it as SLOT=VALUE"),
        (("--set", "registry=$(reboot)"), "can't stand in a command"),
        (("--causes", "99"), "give numbers from 1 to"),
        (("--causes", "x"), "give numbers from 1 to"),
    ],
)
def test_nonsense_is_refused(words: tuple[str, ...], says: str, pack: Path) -> None:
    done = explain(pack, SYMPTOM.id, *words)
    assert done.returncode == 2 and says in done.stderr and done.stdout == ""


def test_a_slot_that_was_set_tells_others(pack: Path) -> None:
    page = explain(pack, "dns-lookup-failed", "--set", "login_server=foo77.azurecr.io").stdout
    assert "-n foo77" in page and "nslookup foo77.azurecr.io" in page
    assert "-n myregistry " not in page


def test_a_fix_is_printed_once(pack: Path) -> None:
    page = explain(pack, "dns-lookup-failed").stdout
    fixes = [line for line in page.splitlines() if line.strip().startswith("Fix:")]
    whole = [line for line in fixes if "(as under" not in line]
    assert len(whole) == len(set(whole)) < len(fixes)


def test_only_the_causes_asked_for(pack: Path) -> None:
    page = explain(pack, SYMPTOM.id, "--causes", "1,3").stdout
    numbers = [line[:2] for line in page.splitlines() if line[:1].isdigit() and line[1:2] == "."]
    assert numbers == ["1.", "3."]


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_prose_of_every_page_fits_80_columns(language: str, pack: Path) -> None:
    from kbmatch.cli.render import columns

    page = explain(pack, SYMPTOM.id, "--lang", language).stdout
    for line in page.splitlines():
        assert columns(line) <= 80 or "$ " in line or line.startswith("     "), line


def test_a_long_page_goes_through_the_pager_on_a_terminal(pack: Path) -> None:
    main, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "kbmatch.cli.kb", "explain", "--kb", str(pack), SYMPTOM.id],
        stdin=child,
        stdout=child,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "scripts"),
            "PAGER": "sh -c 'head -1; echo paged'",
        },
    )
    os.close(child)
    said = b""
    while b"paged" not in said:
        said += os.read(main, 1000)
    assert process.wait(timeout=20) == 0
    os.close(main)
