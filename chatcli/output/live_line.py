"""One line on standard error that counts seconds in place, while there is nothing else to see."""

from __future__ import annotations

import asyncio
import math
import shutil
import sys
from collections.abc import Callable

from chatcli.core.text import one_line
from chatcli.output.notes import ERASE_LINE


class LiveLine:
    """`chatcli: TEXT N s (Ctrl-C stops)` on a terminal; needs the running event loop."""

    def __init__(self) -> None:
        self._timers: list[asyncio.TimerHandle] = []
        self._drawn = False
        self.text = ""
        """What it tells now; empty while there is no line."""

    def count_down(self, text: str, seconds: float, then: str) -> None:
        """Show the seconds left from now on; when they are over, count up with `then`."""
        self.stop()
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        self.text = text
        self._draw(lambda: max(0, math.ceil(end - loop.time())))
        self._timers.append(loop.call_later(seconds, self.count_up, then, 0.0))

    def count_up(self, text: str, after: float) -> None:
        """Show the seconds gone, once there are `after`; goes on if it tells the same already."""
        if text == self.text:
            return
        self.stop()
        loop = asyncio.get_running_loop()
        begin = loop.time()
        self.text = text
        timer = loop.call_later(after, self._draw, lambda: round(loop.time() - begin))
        self._timers.append(timer)

    def _draw(self, count: Callable[[], int]) -> None:
        loop = asyncio.get_running_loop()
        told = f" {count()} s (Ctrl-C stops)"
        room = shutil.get_terminal_size().columns - len(told) - 1
        sys.stderr.write(f"{ERASE_LINE}{one_line(f'chatcli: {self.text}', room)}{told}")
        sys.stderr.flush()
        self._drawn = True
        self._timers = [timer for timer in self._timers if timer.when() > loop.time()]
        self._timers.append(loop.call_later(1.0, self._draw, count))

    def stop(self) -> None:
        """Take the line away."""
        for timer in self._timers:
            timer.cancel()
        if self._drawn:
            sys.stderr.write(ERASE_LINE)
            sys.stderr.flush()
        self._timers, self._drawn, self.text = [], False, ""
