"""Text printed once above a live prompt, in the ordinary scrollback.

The prompt and everything that changes (the *interface*) occupies the last rows. To print,
the interface is erased, the text is written and the interface is drawn again below it, all
in one write. Nothing above the interface is ever touched again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from prompt_toolkit.application import Application
from prompt_toolkit.data_structures import Point
from prompt_toolkit.output import Output
from prompt_toolkit.output.vt100 import Vt100_Output

from chatcli.ui.early import PASTES_UNMARKED, write_now
from chatcli.ui.prompt.writer import InLowWindow, TerminalWriter

BEGIN_FRAME, END_FRAME = "\x1b[?2026h", "\x1b[?2026l"
"""Synchronized output: the terminal shows all in between at once, or ignores the signs."""
AS_BEFORE = f"{END_FRAME}\x1b[0m\x1b[?7h\x1b[?25h{PASTES_UNMARKED}\r\n"
"""Plain text, wrapped lines, a visible cursor."""
BUSY_BYTES = 2048
"""With more than this unread by the terminal, frames are left out."""


class HeldOutput(Vt100_Output):
    """prompt_toolkit's output, collected until a frame is whole, written by a thread."""

    writer: TerminalWriter
    held = False
    _text_end = 0
    """How much of what was collected is text above the interface."""

    def flush(self) -> None:
        """Hand over what was collected, unless a frame is being made."""
        if self._buffer and not self.held:
            self.writer.write("".join(self._take()))

    def _take(self) -> list[str]:
        parts, self._buffer = self._buffer, []
        return parts

    def end_text(self) -> None:
        """Mark the start of the interface in the frame: it lasts to the frame's end."""
        self._text_end = len(self._buffer)

    @property
    def has_text(self) -> bool:
        """Whether the frame prints above the interface, which is erased before."""
        return self._text_end > 0

    def end_frame(self, written: Callable[[], None] | None = None, rows: int = 0) -> None:
        """Write the frame that was held; `written` is called in the writer's thread.

        `rows`: the interface may be left out if the window has become lower than these.
        """
        self.held = False
        parts, text_end = self._take(), self._text_end
        self._text_end = 0
        if parts or written is not None:
            low = InLowWindow(rows, _frame(parts[:text_end])) if rows else None
            self.writer.write(_frame(parts), written, low)

    def erase_down(self) -> None:
        """Erase to the screen's end, in two steps.

        tmux scrolls the whole screen into its history when told to erase from the first cell.
        """
        self.write_raw("\x1b7\x1b[K\x1b[B\x1b[J\x1b8")

    def disable_bracketed_paste(self) -> None:
        """Leave it on between two frames: a paste may arrive at any moment."""
        if not self.held:
            super().disable_bracketed_paste()

    def close(self) -> None:
        """The last one: what the terminal has not taken is dropped, its modes are put back."""
        if not self.writer.close():
            write_now(AS_BEFORE)

    @property
    def responds_to_cpr(self) -> bool:
        """Never asked for: the answer would have to be waited for after every print."""
        return False


def _frame(parts: Sequence[str]) -> str:
    return "".join([BEGIN_FRAME, *parts, END_FRAME])


def terminal_output() -> Output:
    """The output for this terminal; the plain one of prompt_toolkit on Windows."""
    if sys.platform == "win32":
        from prompt_toolkit.output import create_output

        return create_output()
    output = HeldOutput.from_pty(sys.stdout, term=os.environ.get("TERM", ""))
    assert isinstance(output, HeldOutput)  # noqa: S101 - from_pty makes its own class
    output.writer = TerminalWriter(sys.stdout.fileno(), sys.stdout.encoding or "utf-8")
    return output


class ChatApplication(Application[int]):
    """A prompt_toolkit application above which text can be printed while it runs.

    `parked` says whether the cursor rests at the interface's first cell instead of in the
    input. There the terminal keeps it on that cell however the window's size changes, whether
    it re-wraps lines or clips them, and drops rows of the interface rather than scroll them
    away: the interface is found and erased exactly. (The input then draws a cursor itself.)
    """

    def __init__(self, *, parked: Callable[[], bool], **options: Any) -> None:
        super().__init__(erase_when_done=True, full_screen=False, **options)
        self._parked = parked
        self._is_parked = False
        """Whether the cursor was left on the interface's first cell."""
        self._written: list[Callable[[], None]] = []
        if isinstance(self.output, HeldOutput):
            self.before_render += lambda _: self._hold()
            self.after_render += lambda _: self._end_frame()

    # --- printing -------------------------------------------------------------

    def print_above(self, text: str, written: Callable[[], None] | None = None) -> None:
        """Print whole lines above the interface.

        Args:
            text: with escape sequences; ends in a newline.
            written: called in another thread once the terminal has taken the text.
        """
        if written is not None:
            self._written.append(written)
        with self._frame():
            self.output.hide_cursor()
            self.renderer.erase(leave_alternate_screen=False)
            self.output.write_raw(text.replace("\n", "\r\n"))
            if isinstance(self.output, HeldOutput):
                self.output.end_text()
            self._redraw()
        if not isinstance(self.output, HeldOutput):
            tell = self._told_when_written()
            if tell is not None:
                tell()

    def send_control(self, sequence: str) -> None:
        """Send a sequence that moves nothing (a bell, the clipboard); from any thread."""
        if isinstance(self.output, HeldOutput):
            self.output.writer.write(sequence)
        else:
            self.output.write_raw(sequence)
            self.output.flush()

    @property
    def can_print(self) -> bool:
        """Whether the interface is there to print above (no editor or the like runs)."""
        return self._is_running and not self._running_in_terminal

    @property
    def lagging(self) -> bool:
        """Whether the terminal has not read enough to be given more."""
        output = self.output
        return isinstance(output, HeldOutput) and output.writer.backlog > BUSY_BYTES

    # --- frames ---------------------------------------------------------------

    def _on_resize(self) -> None:
        with self._frame():
            super()._on_resize()

    @contextmanager
    def _frame(self) -> Iterator[None]:
        """Everything inside, up to the end of a redraw, is one write."""
        self._hold()
        try:
            yield
        finally:
            if isinstance(self.output, HeldOutput) and self.output.held:
                self._end_frame()

    def _hold(self) -> None:
        if isinstance(self.output, HeldOutput):
            self.output.held = True

    def _end_frame(self) -> None:
        if not isinstance(self.output, HeldOutput):
            return
        found = self.output.has_text or self._is_parked
        self._is_parked = self._parked()
        if self._is_parked:
            self._park()
        # without the interface, too, the cursor then stands where it begins
        rows = self._interface_rows() if found and self._is_parked else 0
        self.output.end_frame(self._told_when_written(), rows)

    def _interface_rows(self) -> int:
        screen = self.renderer._last_screen  # noqa: SLF001
        return screen.height if screen else 0

    def _park(self) -> None:
        """Put the cursor, which is hidden now, on the interface's first cell."""
        self.output.write_raw("\r")
        self.output.cursor_up(self.renderer._cursor_pos.y)  # noqa: SLF001
        self.renderer._cursor_pos = Point(0, 0)  # noqa: SLF001

    def _told_when_written(self) -> Callable[[], None] | None:
        waiting, self._written = self._written, []

        def tell() -> None:
            for call in waiting:
                call()

        return tell if waiting else None
