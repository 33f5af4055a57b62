"""Work that is done once for every symptom, shared with another process where one is to be had.

Half of the items go to a forked process. Whatever is amiss there (no `fork` on this system, no
processor free, a process killed) is done here instead, and the result is the same.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from pickle import PickleError
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_LEAST = 16
"""A process is started for no fewer items."""
_PATIENCE_SECONDS = 2.0
"""How long a process may take to end before it is killed."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def shared(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Return `work(item)` for each item, in order. Results must be plain data or dataclasses."""
    if len(items) < _LEAST or not _may_fork():
        return [work(item) for item in items]
    context = get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process: Any = context.Process(target=_send, args=(theirs, work, items[1::2]), daemon=True)
    try:
        process.start()
    except OSError:  # no memory, no processes
        return [work(item) for item in items]
    theirs.close()  # so that the end of the process ends the pipe
    results: list[Any] = [None] * len(items)
    try:
        results[0::2] = [work(item) for item in items[0::2]]
        results[1::2] = _received(ours) or [work(item) for item in items[1::2]]
    finally:
        ours.close()
        process.join(_PATIENCE_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
    return results


def _may_fork() -> bool:
    """Whether a process can start at once, and no thread would be missing in it."""
    return (
        sys.platform == "linux"
        and threading.active_count() == 1
        and len(os.sched_getaffinity(0)) > 1
    )


def _received(pipe: Connection[Any, Any]) -> list[Any] | None:
    try:
        found: list[Any] = pipe.recv()
    except (EOFError, OSError, PickleError):
        return None
    return found


def _send(
    pipe: Connection[Any, Any], work: Callable[[Item], Result], items: Sequence[Item]
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    try:
        pipe.send([work(item) for item in items])
    except Exception:  # whatever it is, the parent meets it too, and reports it
        pass
