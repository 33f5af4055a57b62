"""Work that is done once for every symptom, shared with another process where one is to be had.

Half of the items go to a forked process. Whatever is amiss there (no `fork` on this system, no
processor free, a process killed) is done here instead, and the result is the same.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pickle import PickleError
from typing import TYPE_CHECKING, Any, TypeVar

from .forking import Forked, spare_processors

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_LEAST = 16
"""A process is started for no fewer items."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def shared(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Return `work(item)` for each item, in order. Results must be plain data or dataclasses."""
    if len(items) < _LEAST or not _may_fork():
        return [work(item) for item in items]
    try:
        helper = Forked(_send, work, items[1::2])
    except OSError:  # no memory, no processes
        return [work(item) for item in items]
    results: list[Any] = [None] * len(items)
    try:
        results[0::2] = [work(item) for item in items[0::2]]
        results[1::2] = _received(helper.pipe) or [work(item) for item in items[1::2]]
    finally:
        helper.end()
    return results


def _may_fork() -> bool:
    """Whether there is a processor for it, and no thread that would be missing in a process."""
    return threading.active_count() == 1 and spare_processors() > 0


def _received(pipe: Connection[Any, Any]) -> list[Any] | None:
    try:
        found: list[Any] = pipe.recv()
    except (EOFError, OSError, PickleError):
        return None
    return found


def _send(
    pipe: Connection[Any, Any], work: Callable[[Item], Result], items: Sequence[Item]
) -> None:
    try:
        pipe.send([work(item) for item in items])
    except Exception:  # whatever it is, the parent meets it too, and reports it
        pass
