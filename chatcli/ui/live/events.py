"""Brings what the manager publishes to the views, and tells what happens out of view."""

from __future__ import annotations

import logging
from collections.abc import Callable

from chatcli.core.events import Event, ReasoningDelta, TextDelta, TurnFinished, TurnStarted
from chatcli.core.model import TurnStatus
from chatcli.core.text import one_line
from chatcli.ui.printing.view import SessionView
from chatcli.ui.state.chat import Chat

logger = logging.getLogger("chatcli")

BELL = "\a"


class Events:
    """Follows every reply of this process, and those that other processes write.

    `on_sent` is called when a message of this process is stored, and its reply begins.
    """

    def __init__(self, chat: Chat, on_sent: Callable[[], None]) -> None:
        self._chat = chat
        self._on_sent = on_sent

    async def run(self) -> None:
        """Follow until cancelled."""
        subscription = self._chat.manager.subscribe()
        self._chat.manager.watch()
        async for event in subscription:
            try:
                self._on_event(event)
            except Exception:
                logger.exception("an event could not be shown")

    def _on_event(self, event: Event) -> None:
        chat = self._chat
        known = chat.views.find(event.session_id)
        had_text = known is not None and known.has_text
        view = chat.views.on_event(event)
        if view is None:
            return
        if isinstance(event, TurnStarted) and not event.elsewhere:
            self._on_sent()
        if isinstance(event, TurnStarted) and chat.tell_notices():
            chat.spawn(chat.refresh())
        in_view = view is chat.views.current
        if isinstance(event, TurnFinished) and not in_view and not event.elsewhere:
            self._tell_end(event, view)
        piece = isinstance(event, TextDelta | ReasoningDelta)
        if in_view or not piece or view.has_text is not had_text:
            chat.pump.wake()

    def _tell_end(self, event: TurnFinished, view: SessionView) -> None:
        """One dim line, and a bell or notification for someone who looks elsewhere."""
        status = event.turn.status
        how = "has answered" if status is TurnStatus.COMPLETE else f"reply {status.value}"
        text = f"{one_line(view.name, 40)} {how}"
        self._chat.pump.notice(f"· {text} · Alt-{view.number}" if view.number < 10 else f"· {text}")  # noqa: PLR2004
        settings = self._chat.config.repl
        if settings.notify:
            self._chat.app.send_control(f"\x1b]9;chatcli: {text}\x07")
        if settings.bell:
            self._chat.app.send_control(BELL)
