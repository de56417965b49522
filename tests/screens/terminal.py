"""Drives a program in a pseudo-terminal whose output an emulator reads (POSIX only).

with Terminal([sys.executable, "-m", "chatcli"]) as terminal:
    terminal.wait_for("> ")
    terminal.send("hello\r")
    terminal.wait_for("reply")
    terminal.resize(60, 24)
    print(terminal.lines())
"""

from __future__ import annotations

import re
import select
import threading
import time
from collections.abc import Callable, Mapping, Sequence

import pyte

from tests.screens.emulator import EmulatedScreen
from tests.screens.pseudo_terminal import WAIT_SECONDS, PseudoTerminal

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
FRAME_SECONDS = 0.2
"""A program that is drawing draws a frame at least so often."""
BEGIN_FRAME, END_FRAME = b"\x1b[?2026h", b"\x1b[?2026l"
"""Synchronized output: a terminal shows nothing of what stands between before it is complete."""
LONGEST_FRAME = 1 << 16

Expected = str | re.Pattern[str] | Callable[[], object]


class Terminal(PseudoTerminal):
    """A program, its pseudo-terminal and the emulated screen, of which whole frames are seen.

    `emulate=False` leaves the emulator out, for measurements.
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
        super().__init__(argv, columns, rows, environment, keep=emulate)
        self.screen = EmulatedScreen(columns, rows)
        self.screen.reply = self.send
        self._stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        self._in_frame = False
        if emulate:
            threading.Thread(target=self._emulate, daemon=True).start()

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
                recent = self.raw[-LONGEST_FRAME:]
                self._in_frame = recent.rfind(BEGIN_FRAME) > recent.rfind(END_FRAME)
                self._changed.notify_all()

    def _wait_for_frame(self) -> None:
        """Wait for the rest of a frame, unless the program was stopped in it."""
        self._changed.wait_for(lambda: not self._in_frame or self._ended, FRAME_SECONDS)

    # --- input ----------------------------------------------------------------

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

    def _all_shown(self) -> bool:
        return not self._chunks and not select.select([self.master], [], [], 0)[0]

    # --- what can be seen -----------------------------------------------------

    def visible(self) -> list[str]:
        """The rows on the screen."""
        with self._changed:
            self._wait_for_frame()
            return self.screen.rows()

    def lines(self) -> list[str]:
        """Scrollback and screen, without the empty rows at the end."""
        with self._changed:
            self._wait_for_frame()
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

    # --- the end --------------------------------------------------------------

    def wait_exit(self, seconds: float = WAIT_SECONDS) -> int:
        """The exit code, once everything it wrote is shown."""
        code = self.process.wait(seconds)
        with self._changed:
            self._changed.wait_for(lambda: self._ended and not self._chunks, seconds)
        return code
