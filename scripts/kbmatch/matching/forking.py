"""Processes that help, where one can start at once: forked, with a pipe, gone when we are."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing import get_context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from typing import Any

PATIENCE_SECONDS = 2.0
"""How long a process may take to end before it is killed."""


def spare_processors() -> int:
    """Return how many processors there are besides our own; 0 where processes start slowly."""
    return len(os.sched_getaffinity(0)) - 1 if sys.platform == "linux" else 0


class Forked:
    """A process that does some work with the other end of our pipe. Raises OSError for none."""

    def __init__(self, work: Callable[..., None], *arguments: object) -> None:
        context = get_context("fork")
        self.pipe: Connection[Any, Any]
        self.pipe, theirs = context.Pipe()
        self._process: Any = context.Process(
            target=_run, args=(os.getpid(), work, theirs, *arguments), daemon=True
        )
        try:
            self._process.start()
        except OSError:
            self.pipe.close()
            raise
        finally:
            theirs.close()  # so that the end of the process ends the pipe

    def end(self) -> None:
        """Close the pipe, and kill the process if it does not end then."""
        self.pipe.close()
        self._process.join(PATIENCE_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _run(parent: int, work: Callable[..., None], *arguments: object) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    work(*arguments)


def _end_with(parent: int) -> None:
    """End when the parent was killed: nobody else would tell."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
