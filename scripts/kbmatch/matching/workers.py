"""The gate on other processors, for logs so long that it is worth starting processes.

A stretch is handed over in memory that parent and workers share; its places come back. Whatever is
amiss (no `fork` on this system, no semaphores, a worker killed) the parent does the work itself,
and the answer is the same.
"""

from __future__ import annotations

import mmap
import os
import signal
import sys
import threading
import time
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any

from .gate import Gate, Look, look

MOST_WORKERS = 2
"""More would wait for the parent, which reads, counts lines and decides."""
SLOTS_EACH = 4
"""Stretches that a worker has at hand: one in work and the next."""


class Handed:
    """A stretch that a worker looks at."""

    def __init__(self, future: Future[Look], gate: Gate, piece: bytes, own: int) -> None:
        self._future = future
        self._asked = gate, piece, own

    def done(self) -> bool:
        return self._future.done()

    def look(self) -> Look:
        """Wait for the worker; look ourselves when it is no more."""
        try:
            return self._future.result()
        except BrokenProcessPool:
            return look(*self._asked)


class GateWorkers:
    """Processes that look at stretches of a log while the parent goes on."""

    def __init__(self, gate: Gate, count: int, slot_bytes: int) -> None:
        self._gate = gate
        self._slot_bytes = slot_bytes
        self._memory = mmap.mmap(-1, count * SLOTS_EACH * slot_bytes)
        self._free = list(range(count * SLOTS_EACH))
        self._pool = ProcessPoolExecutor(
            count, get_context("fork"), _begin, (gate, self._memory, os.getpid())
        )

    def hand(self, piece: bytes, own: int) -> Handed | None:
        """Hand a stretch over; None when all workers have enough to do."""
        if not self._free or len(piece) > self._slot_bytes:
            return None
        slot = self._free.pop()
        start = slot * self._slot_bytes
        self._memory[start : start + len(piece)] = piece
        try:
            future = self._pool.submit(_look, start, len(piece), own)
        except BrokenProcessPool:
            return None
        future.add_done_callback(lambda _: self._free.append(slot))
        return Handed(future, self._gate, piece, own)

    def close(self) -> None:
        """End the processes."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def start_workers(gate: Gate, slot_bytes: int) -> GateWorkers | None:
    """Return workers for the processors that are there besides our own, if any."""
    if sys.platform != "linux":  # elsewhere a process that starts anew costs more than it brings
        return None
    count = min(len(os.sched_getaffinity(0)) - 1, MOST_WORKERS)
    if count < 1:
        return None
    try:
        return GateWorkers(gate, count, slot_bytes)
    except (ImportError, NotImplementedError, OSError):  # no semaphores, no memory, no processes
        return None


_own: dict[str, Any] = {}
"""In a worker: what it was started with."""


def _begin(gate: Gate, memory: mmap.mmap, parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    _own.update(gate=gate, memory=memory)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """End when the parent was killed: nobody else would tell."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _look(start: int, length: int, own: int) -> Look:
    return look(_own["gate"], _own["memory"][start : start + length], own)
