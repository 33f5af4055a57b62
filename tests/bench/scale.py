"""How cost grows with the number of symptoms: `python -m tests.bench.scale [--sizes N…]`.

Each size is measured in a process of its own, on generated knowledge of realistic shape. The last
column says by what factor a figure grew from the smallest size to the largest.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from . import generate
from .measure import KB, ROOT, a_sample, interleaved, kbmatch, seconds

Figure = tuple[str, float, str]
"""What, how much, and the unit."""

CONTENT = ("index.md", "how-to-use.md")
"""Written pages that name no entry of our own knowledge."""


class Grown:
    """Generated knowledge of one size, with its pack once that is compiled."""

    def __init__(self, count: int, work: Path) -> None:
        self.count = count
        self.work = work
        self.directory = work / "kb"
        self.pack = work / "grown.kbpack"
        generate.write(count, self.directory, KB / "kb.yaml")

    def change(self, text: str) -> None:
        """Change the title of the entry in the middle, as an author saves a file."""
        pages = sorted((self.directory / "symptoms").rglob("*.yaml"))
        page = pages[len(pages) // 2]
        before = page.read_text("utf-8")
        page.write_text(before.replace("Problem", text, 1), "utf-8")


def authoring(grown: Grown) -> Iterator[Figure]:
    """Validate and compile everything, then again after one entry has changed."""
    from kbmatch.authoring.workspace import Workspace

    whole = seconds([sys.executable, "-m", "kbmatch.cli.commands.validate", str(grown.directory)])
    yield "validate, whole process", whole, "s"
    time.sleep(0.2)  # younger files are read again to be sure
    workspace = Workspace(grown.directory)
    figures = []
    for look in ("first", "after a change"):
        if look != "first":
            grown.change("Trouble")
        start = time.perf_counter()
        result = workspace.look()
        checked = time.perf_counter()
        assert result.knowledge is not None, result.problems[:3]
        grown.pack.write_bytes(workspace.pack(result.knowledge))
        figures.append((checked - start, time.perf_counter() - checked))
    (check, compile_), (check_again, compile_again) = figures
    yield "validate", check, "s"
    yield "validate after a change", 100 * check_again / check, "% of it"
    yield "compile", compile_, "s"
    yield "compile after a change", 100 * compile_again / compile_, "% of it"
    yield "pack", grown.pack.stat().st_size / 1e6, "MB"


def answering(grown: Grown) -> Iterator[Figure]:
    """A known message as a whole process, against starting Python."""
    nothing = [sys.executable, "-c", "pass"]
    python, known = interleaved([nothing, kbmatch(grown.pack, a_sample(grown.pack))], 15)
    yield "known message, cold", known * 1e3, "ms"
    yield "the same, against python -c pass", known / python, "×"


def searching(grown: Grown) -> Iterator[Figure]:
    """The full-text index: to build, on disk, to open and ask in a new process."""
    words = [sys.executable, "-m", "kbmatch.cli.kb", "search", "--kb", str(grown.pack)]
    words += ["gateway", "handshake", "expired"]
    yield "search index, build", seconds(words), "s"
    cache = Path(os.environ["XDG_CACHE_HOME"])
    size = sum(path.stat().st_size for path in cache.rglob("*") if path.is_file())
    yield "search index, size", size / 1e6, "MB"
    yield "search, cold", seconds(words, 7) * 1e3, "ms"


def scanning(grown: Grown) -> Iterator[Figure]:
    """A healthy log, whole process."""
    from good_logs.generate import good_log

    log = grown.work / "healthy.log"
    piece = b"".join(good_log(16 << 20, pattern="p*-recorded.log"))
    with log.open("wb") as file:
        for _ in range(16):
            file.write(piece)
    taken = seconds(kbmatch(grown.pack, "-f", str(log)), 3)
    yield "scan, throughput", log.stat().st_size / taken / 1e6, "MB/s"
    log.unlink()


def publishing(grown: Grown) -> Iterator[Figure]:
    """The site in both languages: to build, on disk, to build again after a change."""
    with _site(grown) as build:
        start = time.perf_counter()
        site = build(dirty=False)
        full = time.perf_counter() - start
        yield "site, build", full, "s"
        files = [path for path in site.rglob("*") if path.is_file()]
        yield "site, pages", sum(path.suffix == ".html" for path in files), ""
        yield "site, size", sum(path.stat().st_size for path in files) / 1e6, "MB"
        time.sleep(0.2)
        grown.change("Hardship")
        start = time.perf_counter()
        build(dirty=True)
        yield "site after a change", 100 * (time.perf_counter() - start) / full, "% of it"
        yield from _browsing(grown, site)


@contextmanager
def _site(grown: Grown) -> Iterator[Callable[..., Path]]:
    """Yield a function that builds the site as `kb serve` does, keeping what has not changed."""
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    content = grown.work / "content"
    for language in ("en", "zh-TW"):
        (content / language).mkdir(parents=True)
        for name in CONTENT:
            shutil.copy(ROOT / "content" / language / name, content / language / name)
    target = grown.work / "site"
    plugins: list[Any] = []

    def made(*, dirty: bool) -> Path:
        config = load_config(
            str(ROOT / "mkdocs.yml"), docs_dir=str(content), site_dir=str(target), site_url=""
        )
        config.plugins["kbmatch"].config.knowledge = str(grown.directory)
        if not plugins:
            config.plugins.on_startup(command="serve", dirty=True)
            plugins.append(config.plugins)
        build(config, dirty=dirty)
        return target

    yield made
    plugins[0].on_shutdown()


LOADED = "() => performance.getEntriesByType('navigation')[0].loadEventEnd > 0"
PASTE = """async (text) => {
  const box = document.getElementById('kb-box-text');
  const results = document.getElementById('kb-box-results');
  delete results.dataset.answered;
  const start = performance.now();
  box.value = text;
  box.dispatchEvent(new Event('input', {bubbles: true}));
  box.form.requestSubmit();
  while (!('answered' in results.dataset)) await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""


def _browsing(grown: Grown, site: Path) -> Iterator[Figure]:
    """The home page from disk in Chromium: until it has loaded, until a paste is answered."""
    from playwright.sync_api import sync_playwright

    from kit import FLAGS, chromium

    sample = a_sample(grown.pack)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        page = browser.new_page()
        page.goto(f"{site.as_uri()}/en/index.html")
        page.wait_for_function(LOADED)
        yield (
            "home page, load",
            page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"),
            "ms",
        )
        yield "first paste, answer", page.evaluate(PASTE, sample), "ms"
        times = sorted(page.evaluate(PASTE, f"{sample} {n}") for n in range(5))
        yield "next pastes, answer", times[2], "ms"
        browser.close()


PARTS: dict[str, Callable[[Grown], Iterator[Figure]]] = {
    "authoring": authoring,
    "answering": answering,
    "searching": searching,
    "scanning": scanning,
    "publishing": publishing,
}


def measured(count: int, parts: list[str]) -> list[Figure]:
    """Return the figures of one size."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as work:
        os.environ["XDG_CACHE_HOME"] = f"{work}/cache"
        grown = Grown(count, Path(work))
        for name, part in PARTS.items():
            if name in parts:
                figures += part(grown)
                print(f"{count}: {name} done", file=sys.stderr)
    return figures


def main() -> int:
    """Print the table, one column a size."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scale")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 50_000])
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if "authoring" not in options.only:
        options.only.insert(0, "authoring")  # the pack comes from there
    if options.one:
        print(json.dumps(measured(options.one, options.only)))
        return 0
    columns: list[dict[str, tuple[float, str]]] = []
    for size in options.sizes:
        command = [sys.executable, "-m", "tests.bench.scale", "--one", str(size)]
        done = subprocess.run(
            [*command, "--only", *options.only],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            cwd=ROOT,
        )
        figures = json.loads(done.stdout.splitlines()[-1])
        columns.append({name: (value, unit) for name, value, unit in figures})
    print("| what | " + " | ".join(f"{size:,}" for size in options.sizes) + " | growth |")
    print("|---" * (len(columns) + 2) + "|")
    for name, (first, unit) in columns[0].items():
        values = [column[name][0] for column in columns]
        shown = " | ".join(_shown(value, unit) for value in values)
        print(f"| {name} | {shown} | {values[-1] / first:.1f} × |")
    return 0


def _shown(value: float, unit: str) -> str:
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}".rstrip()


if __name__ == "__main__":
    raise SystemExit(main())
