"""The chat behind the prompt: its parts are assembled, started and closed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from prompt_toolkit.completion import ThreadedCompleter

from chatcli.config.paths import state_folder
from chatcli.core.text import shell_word
from chatcli.errors import ChatcliError
from chatcli.ui.commands.chat_commands import registry_for
from chatcli.ui.commands.completion import ChatCompleter
from chatcli.ui.commands.handover import Handover
from chatcli.ui.commands.leaving import Leaving
from chatcli.ui.commands.switching import Switcher
from chatcli.ui.greeting import draw_greeting, greeting
from chatcli.ui.live.controller import ChatController
from chatcli.ui.live.elsewhere import Elsewhere
from chatcli.ui.live.events import Events
from chatcli.ui.live.lines import Lines
from chatcli.ui.live.preload import preload
from chatcli.ui.printing.items import TextItem
from chatcli.ui.printing.pump import Pump
from chatcli.ui.printing.view import Draft, SessionView
from chatcli.ui.prompt.screen import HeldOutput
from chatcli.ui.start import Wanted, open_session
from chatcli.ui.state.chat import Chat
from chatcli.ui.unsent.drafts import Drafts
from chatcli.ui.unsent.file import UnsentFile
from chatcli.ui.unsent.leftovers import GivenBack, give_back, told_of

if TYPE_CHECKING:
    from chatcli.commands.registry import Registry
    from chatcli.config import Config
    from chatcli.manager import SessionManager
    from chatcli.ui.prompt.interface import Interface

logger = logging.getLogger("chatcli")

SAVE_SECONDS = 5.0
"""Seconds at the end for what is still being stored."""
LAST_WRITE_SECONDS = 2.0
"""Seconds at the end for a terminal that does not read."""


class RunningChat:
    """Sessions, replies and commands, shown through an interface."""

    def __init__(self, config: Config, registry: Registry, interface: Interface) -> None:
        chat = self._chat = Chat(config, registry, interface)
        self._folder = state_folder()
        self._drafts = Drafts(chat, UnsentFile(self._folder))
        self._switcher = Switcher(chat, self._drafts)
        self._lines = Lines(chat, self._switcher, self._drafts)
        leaving = Leaving(chat)
        handover = Handover(chat)
        chat.registry = registry_for(chat, registry, self._switcher, handover, leaving)
        chat.pump = Pump(
            chat.app,
            lambda: chat.views.current,
            chat.rendering,
            lambda: interface.live_rows,
            self._shown,
        )
        chat.buffer.completer = ThreadedCompleter(ChatCompleter(chat))
        interface.controller = ChatController(
            chat,
            drafts=self._drafts,
            lines=self._lines,
            switcher=self._switcher,
            handover=handover,
            leaving=leaving,
        )

    # --- the start ------------------------------------------------------------

    async def start(
        self, make_manager: Callable[[], SessionManager], wanted: Wanted, entered: Sequence[str]
    ) -> None:
        """Open the session that is wanted, greet, and handle lines entered before.

        Raises ChatcliError.
        """
        chat = self._chat
        chat.model = wanted.model
        chat.manager = await asyncio.to_thread(make_manager)
        left = await asyncio.to_thread(give_back, chat.manager, self._folder)
        session = await asyncio.to_thread(open_session, chat.manager, wanted)
        told = await asyncio.to_thread(greeting, chat.manager, session, wanted)
        typed = chat.buffer.document
        view = chat.views.of(session)
        told.append((self._take_over(left, view), "dim"))
        view.interject([TextItem(lambda paint: draw_greeting(told, paint))])
        self._switcher.to(view)
        if typed.text:  # typed before the session was there: more than an old draft
            chat.buffer.document = typed
        await chat.refresh()
        chat.spawn(chat.learn_ends())
        for text in entered:
            self._lines.add(text)
        chat.started.set()

    def _take_over(self, left: GivenBack, view: SessionView) -> str:
        """Restore the texts that a killed process left; returns where they are now, as a phrase."""
        names, history = list(left.names), False
        for name, text in left.others:
            folded = self._chat.folds.restored(text)
            if name and name == view.session.name and not view.draft.text:
                view.draft = Draft(folded, len(folded))
                names.append(name)
            else:
                self._chat.interface.history.append_string(folded)
                history = True
        return told_of(names, history=history)

    async def run(self) -> None:
        """Run everything behind the prompt until cancelled."""
        loops = (
            self._chat.pump.run(),
            self._lines.run(),
            Events(self._chat, self._drafts.save).run(),
            Elsewhere(self._chat, lambda: self._lines.busy).run(),
        )
        await asyncio.gather(*map(self._kept_going, loops), self._preload())

    async def _preload(self) -> None:
        chat = self._chat
        chat.pump.ready = False
        try:
            await asyncio.to_thread(preload, chat.config)
        finally:
            chat.pump.ready = True
            chat.pump.wake()

    async def _kept_going(self, loop: Any) -> None:
        try:
            await loop
        except Exception:
            logger.exception("a part of the chat failed")
            self.tell_unexpected()

    def tell_unexpected(self) -> None:
        """Report an unexpected failure."""
        self._chat.pump.notice("something unexpected happened; the log has the details")

    # --- what has been read ---------------------------------------------------

    def _shown(self, view: SessionView, turn_id: int) -> None:
        """Mark a turn as read: the terminal has taken its end."""
        if turn_id > view.seen:
            view.seen = turn_id
            self._chat.spawn(self._mark_seen(view, turn_id))

    async def _mark_seen(self, view: SessionView, turn_id: int) -> None:
        try:
            await asyncio.to_thread(self._chat.manager.mark_seen, view.session, turn_id)
        except (
            ChatcliError
        ) as error:  # nothing can be done about it; what matters has been reported
            logger.warning("what was read could not be noted: %s", error.message)
            return
        view.unread = 0
        view.last_status = None
        self._chat.app.invalidate()

    # --- the end --------------------------------------------------------------

    async def put_away(self) -> None:
        """Keep drafts and replies, release everything."""
        chat = self._chat
        if isinstance(chat.app.output, HeldOutput):  # what it has taken counts as read
            await asyncio.to_thread(chat.app.output.writer.drain, LAST_WRITE_SECONDS)
            await asyncio.sleep(0)
        if chat.started.is_set():
            await self._drafts.keep_at_end()
            self._stop_replies()
            await chat.finish_tasks(SAVE_SECONDS)
            self._drafts.close()
        if hasattr(chat, "manager"):
            await chat.manager.close()

    def _stop_replies(self) -> None:
        """Stop all replies; their text is kept."""
        for view in filter(self._chat.is_busy, self._chat.views):
            self._chat.manager.stop(view.session)

    def way_back(self) -> str:
        """How to come back to the session in view; empty if it was never stored."""
        view = self._chat.views.current
        if view is None or not self._chat.manager.is_stored(view.session):
            return ""
        return f"\nchatcli -s {shell_word(view.session.name)}  comes back here\n"
