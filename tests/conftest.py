"""One site, one server and one browser for all tests that look at the finished thing.

And signals as a terminal would leave them, whatever started the tests.
"""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

BELOW = "kb/errors"
"""The site lies below a path, as on most people's servers."""

# Started in the background, or by nohup, tests would hand ignored signals on to all they start.
for _number in (signal.SIGHUP, signal.SIGQUIT):
    signal.signal(_number, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return our own site, built once however many workers there are."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    from site_build import our_site  # here and below: other tests need none of this

    target = folder / "our-site" / BELOW
    with (folder / "our-site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder / "our-site.done"
        if not done.exists():
            our_site(target)
            done.touch()
    return target


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Yield one Chromium a worker; each visitor has a context of its own."""
    from playwright.sync_api import sync_playwright

    from kit import FLAGS, chromium

    with sync_playwright() as driver:
        instance = driver.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield instance
        instance.close()


@pytest.fixture(scope="session")
def server(site: Path) -> Iterator[str]:
    """Yield the address of the site on a server, below a path."""
    from kit import serve

    with serve(site.parents[1]) as address:
        yield f"{address}/{BELOW}"


@pytest.fixture(params=["file", "http"])
def root(request: pytest.FixtureRequest, site: Path) -> str:
    """Return where the site is opened from: a folder, then a server."""
    if request.param == "file":
        return site.as_uri()
    return str(request.getfixturevalue("server"))
