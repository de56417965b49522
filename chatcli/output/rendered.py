"""A reply on a terminal: finished Markdown blocks stay, the unfinished end is drawn over."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import Callable
from functools import partial
from itertools import accumulate

from chatcli.core.events import Event, TextWasReasoning, TurnFinished, TurnStarted
from chatcli.markdown import MarkdownStream, Theme, warm_up
from chatcli.output.keyboard import QuietKeyboard
from chatcli.output.reply import WAS_REASONING
from chatcli.output.tentative import TentativeText
from chatcli.output.writer import BackgroundWriter

FRAME_SECONDS = 0.06
LIVE_ROWS = 8
"""The most rows for the unfinished end, which also takes at most a third of the window."""
_AS_EMOJI = "\ufe0f"
"""Makes the character before it a wide one."""


class RenderedReply:
    """Draws a reply's Markdown as it comes; needs the running event loop.

    Finished blocks are written once and never touched again. Below them the unfinished end is
    drawn, and erased before more is written. Nothing is drawn while the terminal is behind.
    After a change of the window's width some rows of an unfinished end may stay; finished text
    is never erased.

    Args:
        writer: the terminal.
        theme: `repl.theme` of the configuration.
        links: `repl.links` of the configuration.
        stream: draw what has come, as it comes; else the whole at the end.
        tell: given what has to be said about the text written so far.
    """

    def __init__(
        self,
        writer: BackgroundWriter,
        theme: str,
        *,
        links: bool,
        stream: bool = True,
        tell: Callable[[str], object] = lambda _: None,
    ) -> None:
        self._writer = writer
        self._stream = stream
        self._tell = tell
        self._new_stream = partial(MarkdownStream, Theme.detect(os.environ, theme), links=links)
        self._markdown = self._new_stream()
        self._tentative = TentativeText()
        self._any_finished = False
        self._live_rows = 0
        self._timer: asyncio.TimerHandle | None = None
        self._keyboard = QuietKeyboard()

    def show(self, event: Event) -> None:
        """Draw the event's text, soon; at the end, all that is left."""
        text = self._tentative.settled(event)
        if text:
            self._markdown.feed(text)
            if self._stream and self._timer is None:
                self._draw_later()
        match event:
            case TurnStarted():
                threading.Thread(target=warm_up, daemon=True).start()
                if self._stream:
                    self._keyboard.hush()
            case TextWasReasoning():
                self._end_reasoning()
            case TurnFinished():
                self._finish()

    def _end_reasoning(self) -> None:
        """Finished blocks cannot be taken back, the unfinished end can."""
        self._markdown = self._new_stream()
        self._write("", [])
        if self._any_finished:
            self._tell(WAS_REASONING)
        self._any_finished = False

    def _draw_later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(FRAME_SECONDS, self._draw)

    def _draw(self) -> None:
        self._timer = None
        if self._writer.behind:
            self._draw_later()
            return
        columns, rows = shutil.get_terminal_size()
        finished = self._markdown.take(columns, FRAME_SECONDS / 2)
        self._write(finished, self._unfinished(columns, rows))
        if self._markdown.pending:
            self._draw_later()

    def _unfinished(self, columns: int, rows: int) -> list[str]:
        """The lines of the end, cut to what is sure to be one row each."""
        if not self._keyboard.in_hand:
            return []
        tail = self._markdown.tail(columns - 1, max(1, min(LIVE_ROWS, rows // 3)))
        return [_one_row("".join(text for _, text in line), columns - 1) for line in tail]

    def _write(self, finished: str, live: list[str]) -> None:
        erase = f"\x1b[{self._live_rows}A\r\x1b[J" if self._live_rows else ""
        self._live_rows = len(live)
        self._any_finished = self._any_finished or bool(finished)
        self._writer.write(erase + finished + "".join(f"{line}\n" for line in live))

    def _finish(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        width = shutil.get_terminal_size().columns
        self._write(self._markdown.take(width) + self._markdown.finish(width), [])
        self.close()

    def close(self) -> None:
        """Echo what is typed again."""
        self._keyboard.restore()


def _one_row(text: str, columns: int) -> str:
    """Cut what a terminal may show in two rows; some give joined characters room one by one."""
    from rich.cells import cell_len

    ends = accumulate(cell_len(character) + (character == _AS_EMOJI) for character in text)
    return text[: sum(end <= columns for end in ends)]
