"""One run of the interactive chat: its parts are put together, started and put away."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from prompt_toolkit.completion import ThreadedCompleter

from chatcli.config.paths import state_folder
from chatcli.core.text import one_line
from chatcli.errors import ExitCode
from chatcli.ui.actions import KeyActions
from chatcli.ui.chat import Chat
from chatcli.ui.commands import registry_for
from chatcli.ui.completion import ChatCompleter
from chatcli.ui.drafts import Drafts
from chatcli.ui.events import Events
from chatcli.ui.greeting import draw_greeting, greeting
from chatcli.ui.interface import Interface
from chatcli.ui.items import TextItem
from chatcli.ui.leaving import Leaving
from chatcli.ui.lines import Lines
from chatcli.ui.outside import Outside
from chatcli.ui.preload import preload
from chatcli.ui.pump import Pump
from chatcli.ui.screen import HeldOutput
from chatcli.ui.start import Wanted, open_session
from chatcli.ui.streams import printing_goes_to_log
from chatcli.ui.switching import Switcher

if TYPE_CHECKING:
    from chatcli.commands.registry import Registry
    from chatcli.config import Config
    from chatcli.manager import SessionManager
    from chatcli.ui.view import SessionView

logger = logging.getLogger("chatcli")

SAVE_SECONDS = 5.0
"""At the end, for what is still being stored."""
LAST_WRITE_SECONDS = 2.0
"""At the end, for a terminal that does not read."""
FROM_SIGNAL = 128


class InteractiveChat:
    """The chat in a terminal."""

    def __init__(self, config: Config, registry: Registry) -> None:
        chat = self._chat = Chat(config, registry, state_folder() / "history.jsonl")
        self._drafts = Drafts(chat)
        self._switcher = Switcher(chat, self._drafts)
        self._lines = Lines(chat, self._switcher)
        self._leaving = Leaving(chat)
        outside = Outside(chat)
        actions = KeyActions(chat, self._lines, self._switcher, outside, self._leaving)
        interface = Interface(chat, actions, self._leaving)
        chat.buffer.completer = ThreadedCompleter(ChatCompleter(chat))
        chat.registry = registry_for(chat, registry, self._switcher, outside, self._leaving)
        chat.app = interface.build()
        chat.pump = Pump(
            chat.app,
            lambda: chat.views.current,
            chat.rendering,
            interface.live_rows,
            self._shown,
        )
        self._error: Exception | None = None

    # --- the run --------------------------------------------------------------

    async def run(
        self,
        make_manager: Callable[[], SessionManager],
        wanted: Wanted,
        release_prompt: Callable[[], None],
    ) -> int:
        """Until the user leaves; returns the exit code. Raises ChatcliError (no start)."""
        app = self._chat.app
        work: list[asyncio.Task[None]] = []

        def begin() -> None:
            app.output.write_raw("\r")  # a static prompt may stand there
            work.append(asyncio.create_task(self._work(make_manager, wanted)))

        with printing_goes_to_log(), self._signals():
            asyncio.get_running_loop().set_exception_handler(self._unexpected)
            try:
                code = await app.run_async(pre_run=begin, set_exception_handler=False)
            except EOFError:  # the terminal is gone
                code = FROM_SIGNAL + 1
            await self._put_away(work)
        release_prompt()
        if self._error is not None:
            raise self._error
        self._say_how_to_come_back()
        return code

    async def _work(self, make_manager: Callable[[], SessionManager], wanted: Wanted) -> None:
        """Everything that goes on behind the prompt."""
        chat = self._chat
        try:
            await self._start(make_manager, wanted)
        except Exception as error:  # noqa: BLE001 - raised again once the terminal is restored
            self._error = error
            self._leaving.end(ExitCode.UNEXPECTED)
            return
        loops = (chat.pump.run(), self._lines.run(), Events(chat).run(), self._preload())
        await asyncio.gather(*(self._kept_going(loop) for loop in loops))

    async def _start(self, make_manager: Callable[[], SessionManager], wanted: Wanted) -> None:
        chat = self._chat
        chat.manager = await asyncio.to_thread(make_manager)
        session = await asyncio.to_thread(open_session, chat.manager, wanted)
        told = await asyncio.to_thread(greeting, chat.manager, session, wanted)
        typed = chat.buffer.document
        view = chat.views.of(session)
        self._switcher.to(view)
        if typed.text:  # typed before the session was there: more than an old draft
            chat.buffer.document = typed
        view.interject([TextItem(lambda paint: draw_greeting(told, paint))])
        await chat.refresh()
        chat.started.set()

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
            self._chat.pump.notice("a part of the chat failed; the log has the details")

    def _shown(self, view: SessionView, turn_id: int) -> None:
        """The terminal has taken the end of a turn: it is read."""
        if turn_id > view.seen:
            view.seen = turn_id
            self._chat.spawn(self._mark_seen(view, turn_id))

    async def _mark_seen(self, view: SessionView, turn_id: int) -> None:
        await asyncio.to_thread(self._chat.manager.mark_seen, view.session, turn_id)
        view.unread = 0
        view.last_status = None
        self._chat.app.invalidate()

    # --- the end --------------------------------------------------------------

    async def _put_away(self, work: list[asyncio.Task[None]]) -> None:
        """Keep drafts and replies, end everything."""
        chat = self._chat
        for task in work:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if isinstance(chat.app.output, HeldOutput):  # what it has taken counts as read
            await asyncio.to_thread(chat.app.output.writer.drain, LAST_WRITE_SECONDS)
            await asyncio.sleep(0)
        if chat.started.is_set():
            await self._drafts.keep_at_end(self._lines.unsent())
            await chat.finish_tasks(SAVE_SECONDS)
        if hasattr(chat, "manager"):
            await chat.manager.close()
        await asyncio.to_thread(chat.history.close)
        if isinstance(chat.app.output, HeldOutput):
            chat.app.output.writer.close()

    def _say_how_to_come_back(self) -> None:
        view = self._chat.views.current
        if view is not None and view.session.turns:
            with contextlib.suppress(OSError):
                sys.stdout.write(f"chatcli -s {one_line(view.session.name)}  comes back here\n")
                sys.stdout.flush()

    # --- what comes from outside ----------------------------------------------

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """SIGTERM and SIGHUP end the chat in good order."""
        if sys.platform == "win32":
            yield
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._leaving.end, FROM_SIGNAL + number)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.remove_signal_handler(number)

    def _unexpected(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        logger.error("%s", context.get("message"), exc_info=context.get("exception"))
        self._chat.pump.notice("something unexpected happened; the log has the details")
