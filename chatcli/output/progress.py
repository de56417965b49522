"""One line on standard error that shows the progress of a long step."""

from __future__ import annotations

import sys

from chatcli.core.text import one_line
from chatcli.output.notes import print_note, redraw_line
from chatcli.output.streams import draws

BAR_WIDTH = 30


class ProgressLine:
    """On a terminal a bar in place; elsewhere one line for each step."""

    def __init__(self) -> None:
        self._terminal = draws(sys.stderr)
        self._step = ""
        self._drawn = -1

    def show(self, step: str, done: int, total: int) -> None:
        """The step that runs, and how far it is (in bytes, or 0 of 0 where nobody knows)."""
        percent = done * 100 // total if total else 0
        if (step, percent) == (self._step, self._drawn):
            return
        if not self._terminal:
            if step != self._step:
                print_note(step)
        else:
            self._draw(step, percent, total)
        self._step, self._drawn = step, percent

    def _draw(self, step: str, percent: int, total: int) -> None:
        filled = BAR_WIDTH * percent // 100
        bar = "#" * filled + " " * (BAR_WIDTH - filled)
        known = f" [{bar}] {percent:3} % of {total // 1_000_000} MB" if total else ""
        redraw_line(f"chatcli: {one_line(step)}{known}")

    def close(self) -> None:
        """Take the line away."""
        if self._terminal and self._step:
            redraw_line()
        self._step = ""
