"""The server of `kb serve`: whatever is wrong with a saved file, the last good site goes on.

MkDocs' own server lets every request wait until a failed build is mended. Here a failed build is
told on each page instead, until the next one succeeds.
"""

from __future__ import annotations

import html
import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from mkdocs.commands import serve as mkdocs_serve
from mkdocs.exceptions import MkDocsException
from mkdocs.livereload import LiveReloadServer

_SERVER = "LiveReloadServer"
"""The name by which MkDocs' command finds its server."""
_POLLING_SECONDS = 0.2
"""How often files are looked at: MkDocs' half second is a quarter of what a reader waits."""
_BODY = re.compile(rb"<body\b[^>]*>", re.IGNORECASE)


class KeepServing(LiveReloadServer):
    """A live-reload server that survives failed builds."""

    heading = ""
    """Stands above the problems on a page."""
    running = ""
    """Printed once pages can be asked for."""

    def __init__(self, builder: Callable[..., None], **options: Any) -> None:
        self._problems = ""

        def tried(*given: Any) -> None:
            errors = _Errors()
            logger = logging.getLogger("mkdocs")
            logger.addHandler(errors)
            try:
                builder(*given)
            except (Exception, SystemExit) as error:
                # What MkDocs has logged it has said already, and better than its exception.
                self._problems = "\n".join(errors.messages) or _told(error)
                if not errors.messages:
                    print(self._problems, file=sys.stderr, flush=True)
            else:
                self._problems = ""
            finally:
                logger.removeHandler(errors)

        super().__init__(builder=tried, polling_interval=_POLLING_SECONDS, **options)

    def server_activate(self) -> None:
        super().server_activate()
        print(self.running, flush=True)

    def _inject_js_into_html(self, content: bytes, epoch: int) -> bytes:
        page: bytes = super()._inject_js_into_html(content, epoch)  # type: ignore[no-untyped-call]
        body = _BODY.search(page)
        if not self._problems or body is None:
            return page
        told = f"{self.heading}\n\n{self._problems}"
        banner = f'<pre role="alert">{html.escape(told)}</pre>'.encode()
        return page[: body.end()] + banner + page[body.end() :]


class _Errors(logging.Handler):
    """Collects what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def _told(error: BaseException) -> str:
    """Return what went wrong with a build in words: problems as listed, anything else by name."""
    text = str(error).strip()
    if isinstance(error, MkDocsException | SystemExit) and text:
        return text
    return f"{type(error).__name__}: {text}"


@contextmanager
def keep_serving(heading: str, running: str) -> Iterator[None]:
    """Let MkDocs serve with this server."""
    KeepServing.heading, KeepServing.running = heading, running
    setattr(mkdocs_serve, _SERVER, KeepServing)
    try:
        yield
    finally:
        setattr(mkdocs_serve, _SERVER, LiveReloadServer)
