"""kb build and kb serve: pack and site in place, problems named, a saved file shows soon."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from kbmatch.matching.pack import Pack
from small_checkout import kb, make_checkout


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_checkout(tmp_path_factory.mktemp("checkout") / "c")


@pytest.fixture
def checkout(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "c"))


def test_build_makes_the_pack_and_the_site(checkout: Path) -> None:
    done = kb("build", cwd=checkout)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert (checkout / "site/zh-TW/symptoms/paper-jam.html").is_file()
    with Pack.open(str(checkout / ".kbmatch/kb.kbpack")) as pack:
        assert pack.count("relations") == 2


def test_pack_only_builds_no_site_also_from_below(checkout: Path) -> None:
    done = kb("build", "--pack-only", cwd=checkout / "kb" / "symptoms")
    assert done.returncode == 0, done.stderr
    assert (checkout / ".kbmatch/kb.kbpack").is_file()
    assert not (checkout / "site").exists()


def test_broken_knowledge_is_named_and_the_old_site_stays(checkout: Path) -> None:
    assert kb("build", cwd=checkout).returncode == 0
    before = (checkout / "site/index.html").stat().st_mtime_ns
    page = checkout / "kb/symptoms/paper/paper-jam.yaml"
    page.write_text(page.read_text("utf-8").replace("area: paper", "area: papr"), "utf-8")
    done = kb("build", cwd=checkout)
    assert done.returncode == 1
    assert "paper-jam.yaml:" in done.stderr and "Traceback" not in done.stderr
    assert (checkout / "site/index.html").stat().st_mtime_ns == before


def test_a_broken_link_stops_the_build(checkout: Path) -> None:
    page = checkout / "content/en/broken.md"
    page.write_text("---\ntitle: Broken\n---\n\n# Broken\n\n[x](nowhere.md)\n", "utf-8")
    done = kb("build", cwd=checkout)
    assert done.returncode == 1
    assert "nowhere.md" in done.stderr and "Traceback" not in done.stderr


def test_a_place_that_cannot_be_written_is_said(checkout: Path) -> None:
    (checkout / "file").write_text("x")
    done = kb("build", "--site-dir", checkout / "file" / "site", cwd=checkout)
    assert done.returncode in (1, 2)
    assert "file" in done.stderr and "Traceback" not in done.stderr


def test_a_directory_with_other_things_in_it_is_not_emptied(checkout: Path, tmp_path: Path) -> None:
    other = tmp_path / "documents"
    (other / "assets").mkdir(parents=True)
    (other / "thesis.txt").write_text("three years")
    done = kb("build", "--site-dir", other, cwd=checkout)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and str(other) in done.stderr
    assert (other / "thesis.txt").read_text() == "three years"
    assert not (checkout / ".kbmatch").exists()
    kept = tmp_path / "kept"
    (kept / ".git").mkdir(parents=True)  # as where a branch of pages is checked out
    for _ in range(2):  # the second time over an earlier site
        assert kb("build", "--site-dir", kept, cwd=checkout).returncode == 0
    assert (kept / "index.html").is_file() and (kept / ".git").is_dir()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
def test_progress_shows_on_a_terminal_only(checkout: Path) -> None:
    import pty

    parent, child = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "-m", "kbmatch.cli.kb", "build"],
        cwd=checkout, stdout=subprocess.PIPE, stderr=child, env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    os.close(child)
    seen = b""
    while True:
        try:
            block = os.read(parent, 4096)
        except OSError:
            break
        if not block:
            break
        seen += block
    done.communicate()
    assert done.returncode == 0
    assert b"pages: 10 of" in seen


def test_serve_shows_a_saved_yaml_file_soon(checkout: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = checkout / "serve.log"
    with log.open("wb") as stream:
        server = subprocess.Popen(
            [sys.executable, "-m", "kbmatch.cli.kb", "serve", "--address", f"127.0.0.1:{port}"],
            cwd=checkout, stdout=stream, stderr=stream, env={**os.environ, "LC_ALL": "C.UTF-8"},
        )  # fmt: skip

    def wait_for(words: str, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                url = f"http://127.0.0.1:{port}/en/symptoms/paper-jam.html"
                with urllib.request.urlopen(url, timeout=5) as answer:
                    if words in answer.read().decode():
                        return True
            except OSError:
                pass
            time.sleep(0.1)
        return False

    try:
        assert wait_for("Paper is stuck", 60), log.read_text()
        page = checkout / "kb/symptoms/paper/paper-jam.yaml"
        text = page.read_text("utf-8")
        page.write_text(text.replace("Paper is stuck", "Paper is wedged"), "utf-8")
        assert wait_for("Paper is wedged", 20), log.read_text()
        # Spoilt while being written: the problem is named, and the server goes on once it is mended.
        page.write_text(text.replace("area: paper", "area: [", 1), "utf-8")
        end = time.monotonic() + 20
        while "paper-jam.yaml:" not in log.read_text() and time.monotonic() < end:
            time.sleep(0.1)
        assert "paper-jam.yaml:" in log.read_text()
        # Meanwhile the last good page is served, with the problem on it.
        assert wait_for("Paper is wedged", 10), log.read_text()
        assert wait_for("paper-jam.yaml:", 10), log.read_text()
        page.write_text(text.replace("Paper is stuck", "Paper is mended"), "utf-8")
        assert wait_for("Paper is mended", 20), log.read_text()
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
    assert "Traceback" not in log.read_text()


@pytest.mark.parametrize(
    "words",
    [["--address", "foo"], ["--address", "127.0.0.1:99999"], ["--address", ":80"],
     ["--kb", "nodir"]],
)  # fmt: skip
def test_serve_refuses_what_it_cannot_do(checkout: Path, words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kbmatch.cli.kb", "serve", *words],
        cwd=checkout, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2 and "Serving" not in done.stdout
    assert done.stderr.startswith("kb: ") and done.stderr.count("\n") == 1
