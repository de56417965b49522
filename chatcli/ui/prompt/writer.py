"""A thread that writes to the terminal: one that stops reading makes nothing else wait."""

from __future__ import annotations

import contextlib
import math
import os
import select
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

PIECE_BYTES = 4096
"""The most bytes given to the terminal at once."""
LOOK_SECONDS = 0.05
CLOSE_SECONDS = 1.0


class InLowWindow(NamedTuple):
    """A text written instead of a frame if the terminal has become lower than its `rows`.

    Rows of the interface that do not fit would be pushed into the scrollback, for good.
    """

    rows: int
    text: str


class _Frame(NamedTuple):
    data: bytes
    written: Callable[[], None] | None
    low: InLowWindow | None


class TerminalWriter:
    """Takes text at any rate and writes it in order, as fast as the terminal reads.

    Args:
        fd: the terminal's file descriptor.
        encoding: the terminal's; what it lacks is written as `?`.
    """

    def __init__(self, fd: int, encoding: str = "utf-8") -> None:
        self._fd = fd
        self._encoding = encoding
        self._queue: deque[_Frame] = deque()
        self._changed = threading.Condition()
        self._backlog = 0
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="chatcli-terminal", daemon=True)
        self._thread.start()

    @property
    def backlog(self) -> int:
        """Bytes that the terminal has not taken yet."""
        return self._backlog

    def write(
        self,
        text: str,
        written: Callable[[], None] | None = None,
        low: InLowWindow | None = None,
    ) -> None:
        """Queue `text`; `written` is called in the thread once the terminal has taken it."""
        data = self._encoded(text)
        with self._changed:
            self._queue.append(_Frame(data, written, low))
            self._backlog += len(data)
            self._changed.notify_all()

    def _encoded(self, text: str) -> bytes:
        return text.encode(self._encoding, "replace")

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
                frame = self._queue.popleft()
            data, low = frame.data, frame.low
            if low is not None and low.rows > _rows(self._fd):
                data = self._encoded(low.text)
            if self._write_all(data) and frame.written is not None:
                frame.written()
            with self._changed:
                self._backlog -= len(frame.data)
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


def _rows(fd: int) -> float:
    """The terminal's height now; what is no terminal has room for everything."""
    try:
        return os.get_terminal_size(fd).lines or math.inf
    except OSError:
        return math.inf


def _forget_output(fd: int) -> None:
    """Drop what the terminal has not read yet."""
    if sys.platform == "win32":
        return
    import termios

    with contextlib.suppress(termios.error, OSError):
        termios.tcflush(fd, termios.TCOFLUSH)
        # Linux wakes who waits to write only when the modes are set, to the same ones at least
        termios.tcsetattr(fd, termios.TCSANOW, termios.tcgetattr(fd))
