"""Leaving the chat: at once, or after asking about replies that are being written."""

from __future__ import annotations

import asyncio
import math
import time

from chatcli.core.text import one_line
from chatcli.ui.printing.items import ReplyItem
from chatcli.ui.printing.view import SessionView
from chatcli.ui.state.chat import Chat

LOOK_SECONDS = 0.05
LOOKS = 2
STOP_SECONDS = 3.0
"""Seconds within which the chat leaves once replies are over, or have been stopped."""


class Leaving:
    """Knows whether the user is being asked, and ends the application."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._asked = False
        self._waiting = False
        self._stopping = False

    @property
    def asking(self) -> bool:
        """Whether a question is being asked; keys answer it."""
        return self._asked or self._waiting

    def question(self) -> str:
        """The question, or what is being waited for."""
        names = ", ".join(one_line(view.name, 20) for view in self._busy())
        if self._stopping or not names:
            return "leaving"
        if self._waiting:
            return f"leaving when {names} is done · q stops it and leaves · Esc stays"
        return f"still writing: {names} · w waits, q stops (text kept) and leaves, Esc stays"

    def leave(self) -> None:
        """Leave; ask first as long as that would stop a reply."""
        if self._busy():
            self._asked = True
            self._chat.spawn(self._wait())
            self._chat.app.invalidate()
        elif self._is_printing():
            self._waiting = self._stopping = True
            self._chat.spawn(self._wait(STOP_SECONDS))
        else:
            self._chat.interface.end(0)

    def _is_printing(self) -> bool:
        """Whether the reply in view is over, but not yet printed to its end."""
        view = self._chat.views.current
        if view is None or not self._chat.pump.ready:
            return False
        own = view.progress is not None and not view.progress.elsewhere
        return own or any(isinstance(item, ReplyItem) and item.closed for item in view.items)

    def answer(self, key: str) -> None:
        """Handle a key pressed while the question is being asked."""
        if self._stopping:
            return
        if key in {"q", "c-c", "c-d"}:
            self._asked, self._waiting, self._stopping = False, True, True
            self._chat.outbox.take_back()
            for view in self._busy():
                self._chat.manager.stop(view.session)
            self._chat.spawn(self._wait(STOP_SECONDS))
        elif key == "w" and not self._waiting:
            self._asked, self._waiting = False, True
        elif key == "escape":
            self._asked = self._waiting = False
        self._chat.app.invalidate()

    async def _wait(self, seconds: float = math.inf) -> None:
        """Leave when every reply is over and what is in view has been printed."""
        until = time.monotonic() + seconds
        over = 0  # checks in a row; a reply's last events arrive a moment after its end
        while self.asking and over < LOOKS and time.monotonic() < until:
            await asyncio.sleep(LOOK_SECONDS)
            over = over + 1 if not self._busy() and self._chat.pump.idle else 0
        if self.asking:
            self._chat.interface.end(0)

    def _busy(self) -> list[SessionView]:
        if not self._chat.started.is_set():
            return []
        return [view for view in self._chat.views if self._chat.is_busy(view)]
