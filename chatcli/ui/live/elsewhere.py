"""What other processes do to the sessions besides writing: rename, end, delete."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from chatcli.commands.parsing import quoted
from chatcli.core.text import one_line
from chatcli.errors import ChatcliError, SessionNotFoundError
from chatcli.ui.printing.view import SessionView
from chatcli.ui.state.chat import Chat

logger = logging.getLogger("chatcli")

LOOK_SECONDS = 1.0


class Elsewhere:
    """Reloads the sessions when another process has changed the database.

    Args:
        chat: whose sessions.
        busy: whether a command of ours is at work; then nothing is learned yet.
    """

    def __init__(self, chat: Chat, busy: Callable[[], bool]) -> None:
        self._chat = chat
        self._busy = busy
        self._version = -1

    async def run(self) -> None:
        """Look until cancelled."""
        await self._chat.started.wait()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._look()
            except ChatcliError as error:
                logger.warning("the sessions cannot be looked at now: %s", error.message)

    async def _look(self) -> None:
        version = await asyncio.to_thread(self._chat.manager.store.version)
        view = self._chat.views.current
        if version == self._version or view is None or self._busy():
            return
        self._version = version
        before = view.ended
        await self._chat.refresh()
        if view.ended and not before and not self._busy():
            self._chat.pump.notice(await asyncio.to_thread(self._what_happened, view))

    def _what_happened(self, view: SessionView) -> str:
        name = one_line(view.name, 40)
        try:
            self._chat.manager.get_session(view.session.id)
        except SessionNotFoundError:
            return f"{name} was deleted by another program"
        restored = quoted(one_line(view.name))
        return f"{name} was ended by another program · /restore {restored}"
