"""Chromium for the tests: finds it, serves a site below a path, watches for requests and errors."""

from __future__ import annotations

import functools
import os
import shutil
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request
from playwright.sync_api import expect as expect

LANGUAGES = ("en", "zh-TW")
SYMPTOM = "symptoms/dns-lookup-failed.html"
CAUSE = "registry-name-wrong"
PHONE = {"viewport": {"width": 360, "height": 740}}
expect.set_options(timeout=15_000)  # waits for what a reader would wait for, on a busy machine too

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def chromium() -> str:
    """Return the path of a Chromium; say how to get one when there is none."""
    named = os.environ.get("KBMATCH_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None and Path(_MAC).exists():
        found = _MAC
    if found is None:
        raise RuntimeError(
            "no Chromium found: install it (apt-get install chromium), or name one with "
            "KBMATCH_CHROMIUM=/path/to/it"
        )
    return found


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the tests look at what the browser asked for."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore a browser that hung up."""


@contextmanager
def serve(directory: Path) -> Iterator[str]:
    """Serve `directory` on loopback and yield its address, without a slash at the end."""
    handler = functools.partial(_Quiet, directory=str(directory))
    socketserver.TCPServer.allow_reuse_address = True
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Watch:
    """What a browser did that it should not have done."""

    allowed_host: str = ""
    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("file", "data", "blob", "about", "chrome-extension"):
            return
        if parts.netloc != self.allowed_host:
            self.outside.append(request.url)

    def failed(self, request: Request) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):  # left for the next page
            self.complaints.append(f"failed: {request.url} {request.failure}")

    def console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def check(self) -> None:
        """Fail when anything was seen, and forget it."""
        seen = [*(f"outside: {url}" for url in self.outside), *self.complaints]
        self.outside.clear()
        self.complaints.clear()
        assert not seen, seen


def watched(context: BrowserContext, root: str) -> tuple[Page, Watch]:
    """Open a page whose requests and messages are watched."""
    watch = Watch(urlsplit(root).netloc)
    page = context.new_page()
    page.on("request", watch.request)
    page.on("requestfailed", watch.failed)
    page.on("console", watch.console)
    page.on("pageerror", lambda error: watch.complaints.append(f"exception: {error}"))
    page.set_default_timeout(15000)
    return page, watch


@contextmanager
def visitor(browser: Browser, root: str, **options: object) -> Iterator[tuple[Page, Watch]]:
    """Yield a fresh visitor's page and watch; whatever is wrong fails the test at the end."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    try:
        page, watch = watched(context, root)
        yield page, watch
        watch.check()
    finally:
        context.close()


def violations(page: Page, scheme: str = "light") -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what axe finds once colours have settled; its script must be in the page.

    In the dark only colours are looked at: nothing else differs.
    """
    page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished.catch(() => 0)))")
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if scheme == "dark":
        options["runOnly"] = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
    found = page.evaluate("(options) => axe.run(options)", options)["violations"]
    return [
        (one["id"], [(n["html"][:120], n["failureSummary"][:200]) for n in one["nodes"][:2]])
        for one in found
    ]


def kinds(site: Path, language: str) -> list[str]:
    """Name one page of every kind, and every hub."""
    folder = site / language
    found = [page.name for page in sorted(folder.glob("*.html"))]
    for name in ("areas", "messages", "solutions", "tools"):
        found.append(f"{name}/{next(iter(sorted((folder / name).glob('*.html')))).name}")
    return [*found, SYMPTOM]


def commands(page: Page) -> str:
    """Return all commands of a page as they stand there now."""
    return str(
        page.locator(".kb-cmd code").evaluate_all("all => all.map(c => c.textContent).join('\\n')")
    )
