"""A thread that writes to the terminal: one that stops reading makes nothing else wait."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import threading
import time
from collections import deque
from collections.abc import Callable

PIECE_BYTES = 4096
"""So much at most is given to the terminal at once."""
LOOK_SECONDS = 0.05
CLOSE_SECONDS = 1.0


class TerminalWriter:
    """Takes text at any rate and writes it in order, as fast as the terminal reads.

    Args:
        fd: the terminal's file descriptor.
        encoding: the terminal's; what it lacks is written as `?`.
    """

    def __init__(self, fd: int, encoding: str = "utf-8") -> None:
        self._fd = fd
        self._encoding = encoding
        self._queue: deque[tuple[bytes, Callable[[], None] | None]] = deque()
        self._changed = threading.Condition()
        self._backlog = 0
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="chatcli-terminal", daemon=True)
        self._thread.start()

    @property
    def backlog(self) -> int:
        """Bytes that the terminal has not taken yet."""
        return self._backlog

    def write(self, text: str, written: Callable[[], None] | None = None) -> None:
        """Queue `text`; `written` is called in the thread once the terminal has taken it."""
        data = text.encode(self._encoding, "replace")
        with self._changed:
            self._queue.append((data, written))
            self._backlog += len(data)
            self._changed.notify_all()

    def drain(self, seconds: float) -> bool:
        """Wait until all is written; False if the terminal did not take it in time."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._backlog, seconds)

    def close(self) -> bool:
        """End the thread; what the terminal has not taken is dropped. False if that was any."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            taken = not self._backlog
        until = time.monotonic() + CLOSE_SECONDS
        while self._thread.is_alive() and time.monotonic() < until:
            if not taken:  # a write that waits for the terminal would wait for ever
                _forget_output(self._fd)
            self._thread.join(LOOK_SECONDS)
        return taken

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._closed)
                if self._closed:
                    return
                data, written = self._queue.popleft()
            if self._write_all(data) and written is not None:
                written()
            with self._changed:
                self._backlog -= len(data)
                self._changed.notify_all()

    def _write_all(self, data: bytes) -> bool:
        """False once the terminal is gone, or the end: nobody reads what was meant for it."""
        rest = memoryview(data)
        while rest and not self._closed:
            try:
                rest = rest[os.write(self._fd, rest[:PIECE_BYTES]) :]
            except BlockingIOError:  # another program made the terminal non-blocking
                select.select([], [self._fd], [], LOOK_SECONDS)
            except OSError:
                return False
        return not rest


def _forget_output(fd: int) -> None:
    """Drop what the terminal has not read yet."""
    if sys.platform == "win32":
        return
    import termios

    with contextlib.suppress(termios.error, OSError):
        termios.tcflush(fd, termios.TCOFLUSH)
        # Linux wakes who waits to write only when the modes are set, to the same ones at least
        termios.tcsetattr(fd, termios.TCSANOW, termios.tcgetattr(fd))
