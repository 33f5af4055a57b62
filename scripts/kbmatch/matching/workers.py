"""The lookout on other processors, for logs so long that it is worth starting processes.

A piece is handed over in memory that parent and workers share; each worker has a pipe of its own
for what was seen. Whatever is amiss (no `fork` on this system, no memory, a worker killed) the
parent looks itself, and the answer is the same.
"""

from __future__ import annotations

import mmap
from collections import deque
from collections.abc import Iterable, Sequence

from .forking import Forked, spare_processors
from .lookout import Look, Lookout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from typing import Any

MOST_WORKERS = 2
"""More would wait for the parent, which reads, cuts and decides."""
SLOTS_EACH = 4
"""Pieces that a worker has at hand, so that it need not wait while the parent is busy."""


class Handed:
    """A piece that a worker looks at."""

    def __init__(self, worker: _Worker) -> None:
        self._worker = worker
        self._seen: Look | None = None

    def done(self) -> bool:
        """Whether there is nothing to wait for."""
        self._worker.receive(wait=False)
        return self._seen is not None or self._worker.gone

    def look(self) -> Look | None:
        """Wait for the worker; None when it is no more."""
        while self._seen is None and not self._worker.gone:
            self._worker.receive(wait=True)
        return self._seen

    def take(self, seen: Look) -> None:
        self._seen = seen


class _Worker:
    """A process, its pipe, its part of the shared memory, and what it has been asked."""

    def __init__(self, lookout: Lookout, slot_bytes: int) -> None:
        self._memory = mmap.mmap(-1, SLOTS_EACH * slot_bytes)
        self._slot_bytes = slot_bytes
        self._next = 0
        self._asked: deque[Handed] = deque()
        self.gone = False
        self._process = Forked(_work, lookout, self._memory)
        self._pipe = self._process.pipe

    @property
    def free(self) -> int:
        """How many pieces it can still take."""
        self.receive(wait=False)
        return 0 if self.gone else SLOTS_EACH - len(self._asked)

    def ask(self, parts: Iterable[bytes], bounds: tuple[int, ...]) -> Handed | None:
        """Hand a piece over; None when the worker is no more. Answers come in the same order."""
        self._memory.seek(self._next * self._slot_bytes)
        self._next = (self._next + 1) % SLOTS_EACH
        start = self._memory.tell()
        for part in parts:
            self._memory.write(part)
        try:
            self._pipe.send((start, self._memory.tell(), bounds))
        except OSError:
            self.gone = True
            return None
        self._asked.append(Handed(self))
        return self._asked[-1]

    def receive(self, *, wait: bool) -> None:
        """Give what has come to those who asked for it."""
        try:
            while self._asked and not self.gone and (wait or self._pipe.poll()):
                self._asked[0].take(self._pipe.recv())
                self._asked.popleft()
                wait = False
        except (EOFError, OSError):
            self.gone = True

    def close(self) -> None:
        """End the process."""
        try:
            self._pipe.send(None)
        except OSError:
            pass  # it is no more
        self._process.end()


class Workers:
    """Processes that look at pieces of a log while the parent goes on."""

    def __init__(self, lookout: Lookout, count: int, slot_bytes: int) -> None:
        self._slot_bytes = slot_bytes
        self._workers = [_Worker(lookout, slot_bytes) for _ in range(count)]

    def hand(self, parts: Sequence[bytes], *bounds: int) -> Handed | None:
        """Hand a piece over, with its bounds for `look`; None when all have enough to do."""
        worker = max(self._workers, key=lambda one: one.free)
        if not worker.free or sum(map(len, parts)) > self._slot_bytes:
            return None
        return worker.ask(parts, bounds)

    def close(self) -> None:
        """End the processes."""
        for worker in self._workers:
            worker.close()


def start_workers(lookout: Lookout, slot_bytes: int) -> Workers | None:
    """Return workers for the processors that are there besides our own, if any."""
    count = min(spare_processors(), MOST_WORKERS)
    if count < 1:
        return None
    try:
        return Workers(lookout, count, slot_bytes)
    except OSError:  # no memory, no processes
        return None


def _work(pipe: Connection[Any, Any], lookout: Lookout, memory: mmap.mmap) -> None:
    try:
        while (asked := pipe.recv()) is not None:
            start, end, bounds = asked
            pipe.send(lookout.look(memory[start:end], *bounds))
    except (EOFError, OSError):
        pass  # the parent has gone
