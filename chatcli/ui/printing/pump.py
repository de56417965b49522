"""The only place that draws what happens, at most twenty times a second, a little at a time."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from time import thread_time
from typing import TYPE_CHECKING

from chatcli.ui.printing.items import Item, ReplyItem, TextItem, notice_item
from chatcli.ui.printing.spacing import Spacing

if TYPE_CHECKING:
    from chatcli.markdown.fragments import Fragments
    from chatcli.ui.printing.rendering import Rendering
    from chatcli.ui.printing.view import SessionView
    from chatcli.ui.prompt.screen import ChatApplication

logger = logging.getLogger("chatcli")

UNDRAWABLE = "Something here could not be drawn (the log says why); /history prints it again."
TICK_SECONDS = 1 / 20
BUDGET_SECONDS = 0.012
"""Rendering in one tick, in processor time; the rest waits for the next, so that keys are
answered between. (By the clock, a busy machine would draw little at a time, and flicker.)"""
FRAME_CHARACTERS = 20_000
"""No more than this is printed in one frame."""
CLOCK_SECONDS = 1.0
"""Seconds between two drawings of a waiting session's line, which counts them."""


class Pump:
    """Moves what the view in front holds to the screen.

    Args:
        app: where it is printed.
        view: the session in view, or None while there is none.
        rendering: how to draw, at the window's present width.
        live_rows: how many rows the unfinished end of a reply may take.
        shown: told each turn once the terminal has taken the end of it.
    """

    def __init__(
        self,
        app: ChatApplication,
        view: Callable[[], SessionView | None],
        rendering: Callable[[], Rendering],
        live_rows: Callable[[], int],
        shown: Callable[[SessionView, int], None],
    ) -> None:
        self._app = app
        self._view = view
        self._rendering = rendering
        self._live_rows = live_rows
        self._shown = shown
        self._notices: deque[Item] = deque()
        self._spacing = Spacing()
        self._woken = asyncio.Event()
        self.live: list[Fragments] = []
        self.ready = True
        """Whether replies can be rendered; False while the renderer is being imported."""

    # --- what others ask for --------------------------------------------------

    def wake(self) -> None:
        """Note that something has changed that the screen may have to show."""
        self._woken.set()

    @property
    def idle(self) -> bool:
        """Whether everything that could be printed has been."""
        return self.ready and not self._woken.is_set()

    def notice(self, text: str) -> None:
        """Print one dim line as soon as no block is interrupted by it."""
        self._notices.append(notice_item(text))
        self.wake()

    # --- the loop -------------------------------------------------------------

    async def run(self) -> None:
        """Draw until cancelled; a fault in drawing is reported and does not end it."""
        while True:
            await self._until_woken()
            begin = time.monotonic()
            try:
                if self._tick():
                    self._woken.set()
            except Exception:
                logger.exception("drawing failed")
            took = time.monotonic() - begin
            await asyncio.sleep(max(TICK_SECONDS - took, 2 * took))

    async def _until_woken(self) -> None:
        view = self._view()
        clock = CLOCK_SECONDS if view is not None and view.progress is not None else None
        try:
            await asyncio.wait_for(self._woken.wait(), clock)
        except TimeoutError:
            self._app.invalidate()
        self._woken.clear()

    def _tick(self) -> bool:
        """Print what is finished and show the rest; True if there is more to print."""
        view = self._view()
        if view is None or not self._app.can_print:
            return False
        if self._app.lagging:
            return True
        rendering = self._rendering()
        text, seen, more = self._take(view, rendering, thread_time() + BUDGET_SECONDS)
        self.live = self._tail(view, rendering)
        if text or seen:
            self._print(text, view, seen)
        else:
            self._app.invalidate()
        return more

    def _take(
        self, view: SessionView, rendering: Rendering, until: float
    ) -> tuple[str, list[int], bool]:
        """Finished text, the turns that end in it, and whether there is more at once."""
        parts: list[str] = []
        seen: list[int] = []
        size = 0
        while view.queue() or self._notices:
            if thread_time() >= until or size > FRAME_CHARACTERS:
                return "".join(parts), seen, True
            item = self._next(view)
            if isinstance(item, ReplyItem) and not self.ready:
                break
            parts.append(self._taken(item, view, rendering, until))
            size += len(parts[-1])
            if item.done:
                view.queue().popleft()
                seen += [item.seen] if item.seen is not None else []
                view.unread = 0 if item.seen is not None else view.unread
            elif not item.pending:
                break
        return "".join(parts), seen, False

    def _next(self, view: SessionView) -> Item:
        """The item whose turn it is: a notice, unless that would interrupt a block."""
        queue = view.queue()
        if self._notices and (not queue or queue[0].between_blocks):
            view.interjected.appendleft(self._notices.popleft())
        return view.queue()[0]

    def _taken(self, item: Item, view: SessionView, rendering: Rendering, until: float) -> str:
        """What the item gives; one that cannot be drawn is left out, with a word about it."""
        try:
            return self._spacing.spaced(item, item.take(rendering, until))
        except Exception:
            logger.exception("an item cannot be drawn")
            panel = TextItem(lambda paint: paint.panel(UNDRAWABLE, (), "warning"), apart="block")
            view.queue()[0] = panel
            return ""

    def _tail(self, view: SessionView, rendering: Rendering) -> list[Fragments]:
        queue = view.queue()
        item = queue[0] if queue else None
        if isinstance(item, ReplyItem) and self.ready:
            rows = item.tail(rendering, self._live_rows())
            text = bool(rows) and any(fragment[1].strip() for fragment in rows[0])
            return [[], *rows] if text and self._spacing.wants_blank(item) else rows
        return []

    def _print(self, text: str, view: SessionView, seen: Sequence[int]) -> None:
        loop = asyncio.get_running_loop()

        def written() -> None:
            loop.call_soon_threadsafe(self._shown, view, seen[-1])

        self._app.print_above(text, written if seen else None)
