"""One line on standard error that counts seconds in place, while there is nothing else to see."""

from __future__ import annotations

import asyncio
import math
import shutil
from collections.abc import Callable

from chatcli.core.text import one_line
from chatcli.output.notes import redraw_line


class LiveLine:
    """`chatcli: TEXT N s (Ctrl-C stops)` on a terminal; needs the running event loop."""

    def __init__(self) -> None:
        self._next: asyncio.TimerHandle | None = None
        """The timer of the next redraw."""
        self._then: asyncio.TimerHandle | None = None
        """The timer of the change of its text."""
        self._drawn = False
        self.text = ""
        """Its present text; empty while there is no line."""

    def count_down(self, text: str, seconds: float, then: str) -> None:
        """Show the seconds left from now on; when they are over, count up with `then`."""
        self.stop()
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        self.text = text
        self._draw(lambda: max(0, math.ceil(end - loop.time())))
        self._then = loop.call_later(seconds, self.count_up, then, 0.0)

    def count_up(self, text: str, after: float) -> None:
        """Show the seconds gone, once there are `after`; goes on if it tells the same already."""
        if text == self.text:
            return
        self.stop()
        loop = asyncio.get_running_loop()
        begin = loop.time()
        self.text = text
        self._next = loop.call_later(after, self._draw, lambda: round(loop.time() - begin))

    def _draw(self, count: Callable[[], int]) -> None:
        told = f" {count()} s (Ctrl-C stops)"
        room = shutil.get_terminal_size().columns - len(told) - 1
        redraw_line(f"{one_line(f'chatcli: {self.text}', room)}{told}")
        self._drawn = True
        self._next = asyncio.get_running_loop().call_later(1.0, self._draw, count)

    def stop(self) -> None:
        """Take the line away."""
        for timer in filter(None, (self._next, self._then)):
            timer.cancel()
        if self._drawn:
            redraw_line()
        self._drawn, self.text = False, ""
