"""Run a command untouched and remember the end of what it said.

Output goes through byte for byte as it comes, however slowly it is read; a command that would have
had a terminal still has one (a pseudo-terminal where the system has them), so colours and progress
bars stay. Signals reach the command, and its end is reported as the shell would see it. What a
background process of the command still says later is passed on by a copy of us that stays behind.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import IO, Any

KEPT_BYTES = 1 << 20
QUIET_SECONDS = 1.0
"""So long nothing may come after a command's end until its streams are taken to be others'."""
_BLOCK = 65536
_PASSED_ON = ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2")
_FROM_KEYBOARD = ("SIGINT", "SIGQUIT")


class Tail:
    """The last `KEPT_BYTES` of what was said, both streams together."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._lock = threading.Lock()

    def add(self, data: bytes) -> None:
        """Remember `data`, forgetting the oldest."""
        with self._lock:
            self._parts.append(data)
            self._size += len(data)
            while self._size - len(self._parts[0]) >= KEPT_BYTES:
                self._size -= len(self._parts.pop(0))

    def content(self) -> bytes:
        """Return what is remembered."""
        with self._lock:
            return b"".join(self._parts)[-KEPT_BYTES:]


class Copy:
    """Copies one stream to where it belongs until it ends, or until it is asked to pause."""

    def __init__(self, source: int, target: int, tail: Tail) -> None:
        self._source = source
        self._target = target
        self._tail = tail
        self._busy = False
        self._last = time.monotonic()
        self._wake_read, self._wake_write = os.pipe()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin, or go on after a pause."""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def wait(self, seconds: float | None) -> bool:
        """Wait so long at most; return whether the stream has ended."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def is_quiet(self, seconds: float) -> bool:
        """Whether nothing has come for so long, and nothing waits to be read or written."""
        if self._busy or time.monotonic() - self._last < seconds:
            return False
        return not _ready(0, self._source)

    def pause(self) -> None:
        """Stop between two blocks, so that none is lost; `start` goes on."""
        os.write(self._wake_write, b".")
        self._thread.join()

    def _run(self) -> None:
        if self._forward():
            os.close(self._source)

    def _forward(self) -> bool:
        """Copy; return whether that is over: the source ended or nobody reads the target."""
        while self._may_read():
            self._busy = True
            try:
                data = os.read(self._source, _BLOCK)
            except OSError:  # a pseudo-terminal reports its end so
                return True
            if not data:
                return True
            self._tail.add(data)
            view = memoryview(data)
            try:
                while view:
                    view = view[os.write(self._target, view) :]
            except OSError:  # nobody reads our output any more: the command must notice too
                return True
            self._last = time.monotonic()
            self._busy = False
        return False

    def _may_read(self) -> bool:
        """Wait for data; return False when asked to pause."""
        if os.name == "posix" and self._wake_read in _ready(None, self._source, self._wake_read):
            os.read(self._wake_read, 1)
            return False
        return True


def _ready(milliseconds: int | None, *descriptors: int) -> list[int]:
    """Return which descriptors have something to read, or have ended, within that time."""
    if os.name != "posix":
        return []
    import select

    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    return [descriptor for descriptor, _ in poll.poll(milliseconds)]


def run_through(
    command: Sequence[str], explain: Callable[[int, bytes], None] = lambda status, said: None
) -> int:
    """Run `command`; return its status (negative: the signal that ended it).

    `explain` gets the status and the last output once that has been passed on. Raises OSError when
    the command can't be started.
    """
    tail = Tail()
    out = _channel(sys.stdout)
    # What goes to the same place goes through one channel, so that the order stays.
    err = out if _is_same(sys.stdout, sys.stderr) else _channel(sys.stderr)
    channels = {out: sys.stdout} if err is out else {out: sys.stdout, err: sys.stderr}
    try:
        process = subprocess.Popen(command, stdout=out[1], stderr=err[1])
    finally:
        for _, write in channels:
            os.close(write)
    terminals = [(stream, read) for (read, _), stream in channels.items() if _is_tty(stream)]
    previous = _forward_signals(process, terminals)
    copies = [Copy(read, stream.fileno(), tail) for (read, _), stream in channels.items()]
    for copy in copies:
        copy.start()
    try:
        status = process.wait()
        left = _drain(copies, QUIET_SECONDS if status else 0.05)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    explain(status, tail.content())
    if left:
        _leave_behind(left)
    return status


def _drain(copies: Sequence[Copy], quiet: float) -> list[Copy]:
    """Wait until what the command said is through; return the copies whose stream goes on.

    A background process may keep a stream open long after the command has ended.
    """
    while True:
        left = [copy for copy in copies if not copy.wait(0.01)]
        if all(copy.is_quiet(quiet) for copy in left):
            return left


def _leave_behind(copies: Sequence[Copy]) -> None:
    """Let a process of its own pass on what is still to come, so that we can end as the command."""
    if not hasattr(os, "fork"):
        for copy in copies:
            copy.wait(None)
        return
    for copy in copies:
        copy.pause()
    sys.stdout.flush()
    sys.stderr.flush()
    if os.fork():
        return
    try:
        for copy in copies:
            copy.start()
        for copy in copies:
            copy.wait(None)
    finally:
        os._exit(0)


def _is_same(one: IO[str], other: IO[str]) -> bool:
    """Whether two streams write to the same terminal, pipe or file."""
    return os.path.sameopenfile(one.fileno(), other.fileno())


def _is_tty(stream: IO[str]) -> bool:
    return stream.isatty() and hasattr(os, "openpty")


def _channel(stream: IO[str]) -> tuple[int, int]:
    """Return a (read, write) pair that looks to the command like `stream` does to us."""
    if not _is_tty(stream):
        return os.pipe()
    import termios

    main, command = os.openpty()
    attributes = termios.tcgetattr(command)
    attributes[1] &= ~termios.OPOST  # our own terminal turns line feeds into line ends
    termios.tcsetattr(command, termios.TCSANOW, attributes)
    _copy_size(stream, command)
    return main, command


def _copy_size(stream: IO[str], terminal: int) -> None:
    """Give a pseudo-terminal the size of the real one."""
    import fcntl
    import termios

    size = fcntl.ioctl(stream.fileno(), termios.TIOCGWINSZ, b"\0" * 8)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)


def _forward_signals(
    process: subprocess.Popen[bytes], terminals: Sequence[tuple[IO[str], int]]
) -> dict[int, Any]:
    """Pass signals on to the command; one from the keyboard reaches it by itself."""
    previous: dict[int, Any] = {}

    def forward(number: int, frame: object) -> None:
        process.send_signal(number)

    def resize(number: int, frame: object) -> None:
        for stream, terminal in terminals:
            _copy_size(stream, terminal)
        process.send_signal(number)  # once more: at the first it may have asked too early

    keyboard = signal.SIG_IGN if sys.stdin and sys.stdin.isatty() else forward
    handlers: dict[str, Any] = {
        **dict.fromkeys(_PASSED_ON, forward),
        **dict.fromkeys(_FROM_KEYBOARD, keyboard),
    }
    if terminals:
        handlers["SIGWINCH"] = resize
    for name, handler in handlers.items():
        number = getattr(signal, name, None)
        if number is not None:
            previous[number] = signal.signal(number, handler)
    return previous
