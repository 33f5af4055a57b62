"""Run a command untouched and remember the end of what it said.

Output goes through byte for byte as it comes; a command that would have had a terminal still has
one (a pseudo-terminal where the system has them), so colours and progress bars stay. Signals reach
the command, and its end is reported as the shell would see it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import IO, Any

KEPT_BYTES = 1 << 20
_BLOCK = 65536


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


def run_through(command: Sequence[str]) -> tuple[int, bytes]:
    """Run `command`; return its status (negative: the signal that ended it) and its last output.

    Raises OSError when the command can't be started.
    """
    tail = Tail()
    out_read, out_write = _channel(sys.stdout)
    err_read, err_write = _channel(sys.stderr)
    try:
        process = subprocess.Popen(command, stdout=out_write, stderr=err_write)
    finally:
        os.close(out_write)
        os.close(err_write)
    previous = _forward_signals(process)
    copies = [
        threading.Thread(target=_copy, args=(source, target, tail), daemon=True)
        for source, target in ((out_read, sys.stdout), (err_read, sys.stderr))
    ]
    for copy in copies:
        copy.start()
    try:
        status = process.wait()
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    for copy in copies:
        # A background child may keep the stream open; what the command itself said is here by now.
        copy.join(timeout=1.0)
    return status, tail.content()


def _channel(stream: IO[str]) -> tuple[int, int]:
    """Return a (read, write) pair that looks to the command like `stream` does to us."""
    if stream.isatty() and hasattr(os, "openpty"):
        import fcntl
        import termios

        main, command = os.openpty()
        attributes = termios.tcgetattr(command)
        attributes[1] &= ~termios.OPOST  # our own terminal turns line feeds into line ends
        termios.tcsetattr(command, termios.TCSANOW, attributes)
        size = fcntl.ioctl(stream.fileno(), termios.TIOCGWINSZ, b"\0" * 8)
        fcntl.ioctl(command, termios.TIOCSWINSZ, size)
        return main, command
    return os.pipe()


def _forward_signals(process: subprocess.Popen[bytes]) -> dict[int, Any]:
    """Pass termination on to the command; an interrupt from the keyboard reaches it by itself."""
    previous: dict[int, Any] = {}

    def forward(number: int, frame: object) -> None:
        process.send_signal(number)

    for name in ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"):
        number = getattr(signal, name, None)
        if number is not None:
            previous[number] = signal.signal(number, forward)
    previous[signal.SIGINT] = signal.signal(
        signal.SIGINT, signal.SIG_IGN if sys.stdin and sys.stdin.isatty() else forward
    )
    return previous


def _copy(source: int, target: IO[str], tail: Tail) -> None:
    out = target.fileno()
    while True:
        try:
            data = os.read(source, _BLOCK)
        except OSError:  # a pseudo-terminal reports its end so
            break
        if not data:
            break
        tail.add(data)
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(out, view) :]
        except OSError:  # nobody reads our output any more: the command must notice too
            break
    os.close(source)
