"""Entered lines become messages or commands, in the order in which they were entered."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from chatcli.commands.registry import Command, Context, Kind, Outcome
from chatcli.core.text import one_line
from chatcli.errors import ChatcliError, ReplyCancelledError, UsageError
from chatcli.ui.commands.switching import Switcher
from chatcli.ui.printing.blocks import items_of
from chatcli.ui.printing.items import TextItem, notice_item
from chatcli.ui.printing.view import Draft, SessionView
from chatcli.ui.state.chat import Chat
from chatcli.ui.unsent.drafts import Drafts

if TYPE_CHECKING:
    from chatcli.manager import PendingReply

logger = logging.getLogger("chatcli")

LONGEST_ECHO = 500
QUICK_SECONDS = 0.5
"""Seconds for which the next line waits for a slow command."""
Line = str | Callable[[], None]
"""An entered line, or an action to take in its turn."""


class Lines:
    """Handles lines one after the other; replies do not hold them up."""

    def __init__(self, chat: Chat, switcher: Switcher, drafts: Drafts) -> None:
        self._chat = chat
        self._switcher = switcher
        self._drafts = drafts
        self._queue: asyncio.Queue[tuple[Line, SessionView | None]] = asyncio.Queue()
        self._handling = False
        self._slow: dict[str, asyncio.Task[None]] = {}
        """By session: its last slow command."""

    def add(self, text: str) -> None:
        """A line was entered: for the session in view, or the one that lines before it open.

        So `/new notes` and a message typed right after it end up together.
        """
        self._queue.put_nowait((text, None if self.busy else self._chat.views.current))

    @property
    def busy(self) -> bool:
        """Whether a line is being handled, or waits."""
        return self._handling or not self._queue.empty()

    def then(self, action: Callable[[], None]) -> None:
        """Do something once the lines entered so far have been handled."""
        if self.busy:
            self._queue.put_nowait((action, None))
        else:
            action()

    async def run(self) -> None:
        """Handle lines until cancelled."""
        await self._chat.started.wait()
        while True:
            line, view = await self._queue.get()
            view = view or self._chat.views.current
            self._handling = True
            if view is not None:
                await self._handle(line, view)
            self._handling = False

    async def _handle(self, line: Line, view: SessionView) -> None:
        try:
            if not isinstance(line, str):
                line()
            elif not line.startswith("/") or line.startswith("//"):
                self._send(line[1:] if line.startswith("//") else line, view)
            else:
                await self._command(line, view)
        except ChatcliError as error:
            self._chat.complain(error)
        except Exception as error:
            logger.exception("a line could not be handled")
            self._chat.pump.notice(f"unexpected {type(error).__name__}; the log has the details")

    # --- messages -------------------------------------------------------------

    def _send(self, message: str, view: SessionView) -> None:
        pending = self._chat.manager.submit(view.session, message)
        self._chat.pump.wake()
        self._chat.spawn(self.follow(pending, view))

    async def follow(self, pending: PendingReply, view: SessionView) -> None:
        """Put a message that could not be sent back where it can be sent again."""
        try:
            with self._chat.outbox.holding(pending, view):
                await pending.finished()
        except ChatcliError as error:
            if not self._chat.outbox.was_taken(pending) and not _was_taken(pending):
                # a running command may be about to leave the session
                await self._command_over(view)
                self.then(partial(self._not_sent, pending.message or "", view, error))
        self._chat.pump.wake()

    async def _command_over(self, view: SessionView) -> None:
        command = self._slow.get(view.session.id)
        if command is not None:
            await asyncio.wait({command})

    def _not_sent(self, message: str, view: SessionView, error: ChatcliError) -> None:
        present = self._chat.views.find(view.session.id) or view
        self._chat.complain(error, self._put_back(message, present))

    def _put_back(self, message: str, view: SessionView) -> str:
        """Into the input if that is free; in any case it is in the prompt history."""
        if not message:
            return ""
        text = self._chat.folds.restored(message)
        if view is self._chat.views.current and not self._chat.buffer.text:
            self._chat.buffer.insert_text(text)
            return "Your message is back in the input."
        if view is not self._chat.views.current and not view.draft.text:
            view.draft = Draft(text, len(text))
            self._drafts.save_now(view)  # the view of an ended session is about to be forgotten
            return "Your message is back in that session's input."
        return f"“{one_line(message, 40)}” is in the prompt history (Up, Ctrl-R)."

    # --- commands -------------------------------------------------------------

    async def _command(self, line: str, view: SessionView) -> None:
        chat = self._chat
        echo = f"> {one_line(line, LONGEST_ECHO)}"
        chat.show([TextItem(lambda paint: "\n" + paint.dim(echo), leads=True)])
        try:
            command, arguments = chat.registry.parse(line[1:])
        except UsageError as error:
            raise _with_slash_hint(error, line) from None
        arguments = self._without_numbers(command, arguments)
        context = Context(chat.manager, chat.config, view.session, chat.registry)
        if inspect.iscoroutinefunction(command.run):
            task = chat.spawn(self._run_slowly(command, context, arguments, view))
            self._slow[view.session.id] = task
            await asyncio.wait({task}, timeout=QUICK_SECONDS)
        else:
            outcome = await asyncio.to_thread(command.run, context, arguments)
            assert isinstance(outcome, Outcome)  # noqa: S101 - a plain function gives no awaitable
            await self._show(outcome, view)

    def _without_numbers(
        self, command: Command, arguments: Mapping[str, object]
    ) -> dict[str, object]:
        """A session's number, as the toolbar shows it, becomes its id; no name is a number."""
        sessions = {arg.name for arg in command.args if arg.kind is Kind.SESSION}
        return {
            name: self._id_of(str(value)) if name in sessions else value
            for name, value in arguments.items()
        }

    def _id_of(self, reference: str) -> str:
        view = self._chat.views.numbered(int(reference)) if reference.isdecimal() else None
        return view.session.id if view else reference

    async def _run_slowly(
        self, command: Command, context: Context, arguments: dict[str, object], view: SessionView
    ) -> None:
        outcome = command.run(context, arguments)
        await self._show(outcome if isinstance(outcome, Outcome) else await outcome, view)

    async def _show(self, outcome: Outcome, view: SessionView) -> None:
        chat = self._chat
        if outcome.open is not None:
            await self._switcher.replace_unused(outcome.open)
        await chat.refresh()
        chat.show([*items_of(outcome.blocks), *map(notice_item, outcome.notices)])
        if outcome.open is None:
            await self._switcher.away_from_ended()
        if outcome.pending is not None:
            chat.spawn(self.follow(outcome.pending, view))
        if outcome.open is not None:
            await self._switcher.open(outcome.open)


def _was_taken(pending: PendingReply) -> bool:
    """Whether the user took the message out of the queue."""
    return isinstance(pending.error, ReplyCancelledError) and not pending.cancelled


def _with_slash_hint(error: UsageError, line: str) -> UsageError:
    if not error.message.startswith("unknown command"):
        return error
    two = f"To send a message that starts with a slash, type two: /{one_line(line, 20)}"
    return UsageError(error.message, hint=f"{error.hint}\n{two}")
