"""Drives a program in a pseudo-terminal whose output an emulator reads (POSIX only).

with Terminal([sys.executable, "-m", "chatcli"]) as terminal:
    terminal.wait_for("> ")
    terminal.send("hello\r")
    terminal.wait_for("reply")
    terminal.resize(60, 24)
    print(terminal.lines())
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

import pyte

from tests.screens.emulator import EmulatedScreen

KEYS = {
    "enter": "\r",
    "tab": "\t",
    "esc": "\x1b",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "alt-enter": "\x1b\r",
    **{f"alt-{key}": f"\x1b{key}" for key in "123456789n"},
    **{f"ctrl-{chr(c)}": chr(c - 96) for c in range(ord("a"), ord("z") + 1)},
}
WAIT_SECONDS = 60.0
"""How long content is waited for: generous, since a loaded machine must not fail a test."""
FRAME_SECONDS = 0.2
"""A program that is drawing draws a frame at least so often."""
NOT_PASSED_ON = {"COLUMNS", "LINES", "TMUX", "NO_COLOR", "TERM_PROGRAM", "VTE_VERSION"}

Expected = str | re.Pattern[str] | Callable[[], object]


def terminal_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of a program in a plain UTF-8 terminal, with `extra` on top."""
    kept = {k: v for k, v in os.environ.items() if k not in NOT_PASSED_ON}
    return {**kept, "TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", **extra}


class Terminal:
    """A program, its pseudo-terminal and the emulated screen.

    Two threads: one only reads and notes times, so that a slow emulator never makes the
    program wait; the other one emulates. `emulate=False` leaves the emulator out, for
    measurements. `paused` (an Event) makes the terminal stop reading while it is set.
    """

    def __init__(
        self,
        argv: Sequence[str],
        columns: int = 80,
        rows: int = 24,
        environment: Mapping[str, str] | None = None,
        *,
        emulate: bool = True,
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
        self.screen = EmulatedScreen(columns, rows)
        self.screen.reply = self.send
        self._stream = pyte.ByteStream(self.screen)
        self.bytes_read = 0
        self.raw = bytearray()
        self.reading = threading.Event()
        self.reading.set()
        self._changed = threading.Condition()
        self._chunks: deque[bytes] = deque()
        self._ended = False
        self._hung_up = False
        self._watched: tuple[bytes, threading.Event] | None = None
        self._watched_at = 0.0
        self._threads = [threading.Thread(target=self._read, daemon=True)]
        if emulate:
            self._threads.append(threading.Thread(target=self._emulate, daemon=True))
        self._emulating = emulate
        for thread in self._threads:
            thread.start()

    # --- threads --------------------------------------------------------------

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
                if data and self._emulating:
                    self._chunks.append(data)
                self._changed.notify_all()
            if not data:
                return

    def _look_for_watched(self, data: bytes, now: float) -> None:
        if self._watched is not None and self._watched[0] in data:
            _, found = self._watched
            self._watched, self._watched_at = None, now
            found.set()

    def _emulate(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._chunks or self._ended)
                if not self._chunks:
                    return
                data = self._chunks[0]
                self.raw += data
                self._stream.feed(data)
                self._chunks.popleft()
                self._changed.notify_all()

    # --- input ----------------------------------------------------------------

    def send(self, data: str | bytes) -> None:
        """Type `data`; a program that has gone is not told."""
        rest = data.encode() if isinstance(data, str) else data
        with contextlib.suppress(OSError):
            while rest:
                rest = rest[os.write(self.master, rest) :]

    def key(self, *names: str) -> None:
        """Press keys by their names in KEYS."""
        for name in names:
            self.send(KEYS[name])

    def enter(self, text: str) -> None:
        """Type a line and press Enter."""
        self.send(f"{text}\r")

    def paste(self, text: str) -> None:
        """Paste it as a terminal with bracketed paste does."""
        self.send("\x1b[200~" + text.replace("\n", "\r") + "\x1b[201~")

    # --- the window -----------------------------------------------------------

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, columns: int, rows: int) -> None:
        """Take another size between two frames: the screen first, then the signal.

        A frame on its way would be drawn for one size and shown at the other. No terminal can
        help that and no program can mend it, so the program is stopped after a frame, all
        that it has written is shown, and it goes on in the new size.
        """
        with self._changed:
            before = self.bytes_read
            self._changed.wait_for(lambda: self.bytes_read != before, FRAME_SECONDS)
        with self._stopped(), self._changed:
            self._changed.wait_for(self._all_shown, WAIT_SECONDS)
            self.screen.resize(rows, columns)
            self._set_size(columns, rows)

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

    def _all_shown(self) -> bool:
        return not self._chunks and not select.select([self.master], [], [], 0)[0]

    # --- what can be seen -----------------------------------------------------

    def visible(self) -> list[str]:
        """The rows on the screen."""
        with self._changed:
            return self.screen.rows()

    def lines(self) -> list[str]:
        """Scrollback and screen, without the empty rows at the end."""
        with self._changed:
            lines = [*self.screen.scrollback, *self.screen.rows()]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def text(self) -> str:
        """Scrollback and screen as one text."""
        return "\n".join(self.lines())

    def shows(self, expected: str | re.Pattern[str]) -> bool:
        """Whether the screen shows it now."""
        seen = "\n".join(self.visible())
        return bool(expected.search(seen)) if isinstance(expected, re.Pattern) else expected in seen

    def wait_for(self, expected: Expected, seconds: float = WAIT_SECONDS) -> None:
        """Wait until the screen shows a text or pattern, or a predicate is true.

        Raises TimeoutError with the screen's content.
        """
        until = time.monotonic() + seconds
        while not (expected() if callable(expected) else self.shows(expected)):
            left = until - time.monotonic()
            with self._changed:
                gone = self._ended and not self._chunks
                if left > 0 and not gone:
                    self._changed.wait(min(left, 0.05))
                    continue
            if expected() if callable(expected) else self.shows(expected):
                return
            screen = "\n".join(self.visible())
            raise TimeoutError(
                f"{expected!r} not seen{' before the end' * gone}; screen:\n{screen}"
            )

    def wait_for_line(self, expected: str, seconds: float = WAIT_SECONDS) -> None:
        """Wait until scrollback and screen together hold a text."""
        self.wait_for(lambda: expected in self.text(), seconds)

    def settle(self, quiet: float = 0.3, seconds: float = WAIT_SECONDS) -> None:
        """Wait until nothing has been written for `quiet` seconds and all of it is shown."""
        until = time.monotonic() + seconds
        with self._changed:
            while time.monotonic() < until:
                before = self.bytes_read
                self._changed.wait(quiet)
                if self.bytes_read == before and not self._chunks:
                    return
        raise TimeoutError("the program does not stop writing")

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

    def wait_exit(self, seconds: float = WAIT_SECONDS) -> int:
        """The exit code, once everything it wrote is shown."""
        code = self.process.wait(seconds)
        with self._changed:
            self._changed.wait_for(lambda: self._ended and not self._chunks, seconds)
        return code

    def hang_up(self) -> None:
        """Close the terminal under the program, as a closed window does."""
        self._hung_up = True  # while a thread waits for data, closing would not hang up
        self._threads[0].join(WAIT_SECONDS)
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
        self._threads[0].join(2)
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
