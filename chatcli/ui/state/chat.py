"""What the parts of the interactive chat share: the manager, the views, the screen."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from chatcli.config.model import Config
from chatcli.core.model import Session, TurnStatus
from chatcli.errors import ChatcliError
from chatcli.ui.hints import in_the_chat, labelled
from chatcli.ui.printing.items import Item, TextItem
from chatcli.ui.printing.rendering import Rendering, rendering_for
from chatcli.ui.printing.view import SessionView
from chatcli.ui.state.outbox import Outbox
from chatcli.ui.state.views import MOST_TABS, Views

if TYPE_CHECKING:
    from chatcli.commands.registry import Registry
    from chatcli.manager import SessionManager
    from chatcli.ui.printing.pump import Pump
    from chatcli.ui.prompt.interface import Interface

logger = logging.getLogger("chatcli")


class Chat:
    """The state of one run of the interactive chat.

    `manager` is there once `started` is set; until then there is no view either.
    """

    manager: SessionManager
    pump: Pump

    def __init__(self, config: Config, registry: Registry, interface: Interface) -> None:
        self.config = config
        self.registry = registry
        self.interface = interface
        self.model = ""  # as asked for on the command line
        self.app = interface.app
        self.buffer = interface.buffer
        self.folds = interface.folds
        self.views = Views(
            waits=lambda session_id: self.manager.activity(session_id) == "waiting",
            queued=lambda session_id: len(self.manager.queued(session_id)),
            running=lambda: set(self.manager.running_ids()),
        )
        self.outbox = Outbox()
        self.started = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    # --- the screen -----------------------------------------------------------

    def rendering(self) -> Rendering:
        """How to draw at the window's present width."""
        return rendering_for(self.config.repl, self.app.output.get_size().columns)

    def show(self, items: Sequence[Item]) -> None:
        """Print something now, above whatever is being written."""
        if self.views.current is not None:
            self.views.current.interject(items)
            self.pump.wake()

    def complain(self, error: ChatcliError, kept: str = "") -> None:
        """Print what went wrong, what was kept and what to do, and go on."""
        hint = labelled(in_the_chat(error.hint))
        message = error.message[:1].upper() + error.message[1:]
        self.show([TextItem(lambda paint: paint.panel(message, (kept, hint)), apart="block")])

    # --- sessions -------------------------------------------------------------

    async def refresh(self) -> None:
        """Learn which sessions there are, and what the manager has to tell."""
        self.views.refresh(await asyncio.to_thread(self.manager.sessions))
        self.tell_notices()
        self.app.invalidate()

    async def learn_ends(self) -> None:
        """Learn how the unread replies ended that were written before this chat began."""
        views = [view for view in self.views if view.unread][:MOST_TABS]
        ends = await asyncio.to_thread(self._ends, [view.session for view in views])
        for view, status in zip(views, ends, strict=True):
            if view.unread and view.last_status is None:
                view.last_status = status
        self.app.invalidate()

    def _ends(self, sessions: Sequence[Session]) -> list[TurnStatus | None]:
        threads = (self.manager.thread(session, 1) for session in sessions)
        return [turns[-1].status if turns else None for turns in threads]

    def tell_notices(self) -> bool:
        """Print the manager's notices: a session was ended to make room, for instance."""
        notices = self.manager.take_notices()
        for notice in notices:
            self.pump.notice(in_the_chat(notice))
        return bool(notices)

    def is_busy(self, view: SessionView) -> bool:
        """Whether this process has something to send or to receive in the session."""
        return self.manager.activity(view.session.id) != "idle"

    # --- tasks ----------------------------------------------------------------

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run it in the background; what it raises is reported."""
        task = asyncio.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except ChatcliError as error:
            self.complain(error)
        except Exception as error:
            logger.exception("a task of the chat failed")
            self.pump.notice(f"unexpected {type(error).__name__}; the log has the details")

    async def finish_tasks(self, seconds: float) -> None:
        """Wait until the background tasks end, at most this time in seconds."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
