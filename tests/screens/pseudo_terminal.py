"""A program in a pseudo-terminal: what it writes is read at once, whatever is done with it.

POSIX only.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

WAIT_SECONDS = 60.0
"""How long content is waited for: generous, since a loaded machine must not fail a test."""
NOT_PASSED_ON = {"COLUMNS", "LINES", "TMUX", "NO_COLOR", "TERM_PROGRAM", "VTE_VERSION"}


def terminal_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of a program in a plain UTF-8 terminal, with `extra` on top."""
    kept = {k: v for k, v in os.environ.items() if k not in NOT_PASSED_ON}
    return {**kept, "TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", **extra}


class PseudoTerminal:
    """A program and its terminal, with a thread that does nothing but read and note times.

    So a slow reader of the output never makes the program wait. With `keep`, what has been
    read stands in `_chunks`, for a subclass. `reading` (an Event) is cleared to make the
    terminal stop reading.
    """

    def __init__(
        self,
        argv: Sequence[str],
        columns: int,
        rows: int,
        environment: Mapping[str, str] | None,
        *,
        keep: bool,
    ) -> None:
        self.master, slave = os.openpty()
        self._set_size(columns, rows)
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            list(argv),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=terminal_environment(environment or {}),
            preexec_fn=_own_terminal,  # noqa: PLW1509
        )
        os.close(slave)
        self.bytes_read = 0
        self.reading = threading.Event()
        self.reading.set()
        self._changed = threading.Condition()
        self._keeping = keep
        self._chunks: deque[bytes] = deque()
        self._ended = False
        self._hung_up = False
        self._watched: tuple[bytes, threading.Event] | None = None
        self._watched_at = 0.0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        tail = b""
        while True:
            self.reading.wait()
            if not select.select([self.master], [], [], 0.05)[0] and not self._hung_up:
                continue
            with self._changed:
                try:
                    data = b"" if self._hung_up else os.read(self.master, 65536)
                except OSError:  # Linux: EIO once the program is gone
                    data = b""
                self._look_for_watched(tail + data, time.perf_counter())
                tail = data[-16:]
                self.bytes_read += len(data)
                self._ended = not data
                if data and self._keeping:
                    self._chunks.append(data)
                self._changed.notify_all()
            if not data:
                return

    def _look_for_watched(self, data: bytes, now: float) -> None:
        if self._watched is not None and self._watched[0] in data:
            _, found = self._watched
            self._watched, self._watched_at = None, now
            found.set()

    def send(self, data: str | bytes) -> None:
        """Type `data`; a program that has gone is not told."""
        rest = data.encode() if isinstance(data, str) else data
        with contextlib.suppress(OSError):
            while rest:
                rest = rest[os.write(self.master, rest) :]

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    @contextlib.contextmanager
    def _stopped(self) -> Iterator[None]:
        if self.process.poll() is not None:
            yield
            return
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    # --- measuring ------------------------------------------------------------

    def seconds_until(self, needle: bytes, typed: str = "", seconds: float = WAIT_SECONDS) -> float:
        """Seconds from typing `typed` until the program writes `needle` (at most 16 bytes)."""
        found = threading.Event()
        begin = time.perf_counter()
        self._watched = (needle, found)
        if typed:
            self.send(typed)
        if not found.wait(seconds):
            self._watched = None
            raise TimeoutError(f"{needle!r} was not written")
        return self._watched_at - begin

    def cpu_seconds(self) -> float:
        """The time that the program's threads had a processor so far (Linux)."""
        threads = Path(f"/proc/{self.process.pid}/task").iterdir()
        spent = (int((thread / "schedstat").read_text().split()[0]) for thread in threads)
        return sum(spent) / 1e9

    # --- the end --------------------------------------------------------------

    def hang_up(self) -> None:
        """Close the terminal under the program, as a closed window does."""
        self._hung_up = True  # while a thread waits for data, closing would not hang up
        self._reader.join(WAIT_SECONDS)
        os.close(self.master)
        self.master = -1

    def close(self) -> None:
        """End the program, politely first."""
        for signal_number in (signal.SIGHUP, signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is not None:
                break
            self.process.send_signal(signal_number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(2)
        self.reading.set()
        self._reader.join(2)
        if self.master >= 0:
            os.close(self.master)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _own_terminal() -> None:
    """In the child: a session of its own, with the pseudo-terminal in control."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
