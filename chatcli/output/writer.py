"""Standard output written in a thread of its own, so that a slow reader delays nothing else."""

from __future__ import annotations

import errno
import os
import sys
import threading
from collections import deque
from collections.abc import Callable

from chatcli.output.streams import OutputError, silence

_READER_GONE = (errno.EPIPE, errno.EIO, errno.ECONNRESET)
"""A closed pipe, a closed terminal, a closed socket."""


class BackgroundWriter:
    """Takes text at once and writes it as fast as the reader takes it, in order.

    After the reader has gone, text is dropped silently and `reader_gone` is true; then
    `on_reader_gone` is called, in the writer's thread. A pipe or a file gets UTF-8, a terminal
    its own encoding.
    """

    def __init__(self) -> None:
        self.reader_gone = False
        self.on_reader_gone: Callable[[], object] = lambda: None
        self._error: OSError | None = None
        self._encoding = (sys.stdout and sys.stdout.encoding) or "utf-8"
        self._waiting: deque[str | Callable[[], object]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="chatcli-output", daemon=True)
        self._thread.start()

    def write(self, text: str) -> None:
        """Queue text; returns at once."""
        with self._changed:
            self._waiting.append(text)
            self._changed.notify()

    def then(self, action: Callable[[], object]) -> None:
        """Do something, in the writer's thread, once all text so far is written."""
        with self._changed:
            self._waiting.append(action)
            self._changed.notify()

    @property
    def behind(self) -> bool:
        """Whether text waits because the reader has not taken what came before."""
        return bool(self._waiting)

    def close(self) -> None:
        """Wait until all is written; raises OutputError if it could not be."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()
        if self._error is not None:
            reason = self._error.strerror or type(self._error).__name__
            raise OutputError(f"standard output cannot be written: {reason}") from self._error

    def _run(self) -> None:
        while (following := self._next()) is not None:
            if not isinstance(following, str):
                following()
            elif not (self.reader_gone or self._error is not None):
                self._write_now(following)

    def _write_now(self, text: str) -> None:
        try:
            _write_all(text.encode(self._encoding, "replace"))
        except OSError as error:
            self._stop_writing(error)

    def _next(self) -> str | Callable[[], object] | None:
        """All text that waits up to an action, or the action, or None after the end."""
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            if not self._waiting:
                return None
            texts: list[str] = []
            while self._waiting and isinstance(first := self._waiting[0], str):
                texts.append(first)
                self._waiting.popleft()
            return "".join(texts) if texts else self._waiting.popleft()

    def _stop_writing(self, error: OSError) -> None:
        if error.errno in _READER_GONE:
            self.reader_gone = True
            self.on_reader_gone()
        else:
            self._error = error
        if sys.stdout is not None:
            silence(sys.stdout)


def _write_all(data: bytes) -> None:
    if sys.stdout is None:
        raise OSError(errno.EBADF, "it is closed")
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(sys.stdout.fileno(), rest) :]
