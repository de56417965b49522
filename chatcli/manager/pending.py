"""A message on its way: queued in its session, then answered, then finished."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from chatcli.core.events import TurnFinished
from chatcli.core.model import Session, Turn, TurnStatus
from chatcli.errors import ChatcliError, ReplyCancelledError


class Activity(StrEnum):
    """What a session is doing in this process."""

    IDLE = "idle"
    WAITING = "waiting"
    WRITING = "writing"


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to a message; `status` tells whether it is complete.

    `model_used` is the model that answered, as BACKEND/MODEL. A reply can be unpacked,
    `text, model_used = reply`, and read like a dictionary, `reply["text"]`.
    """

    text: str
    model_used: str
    status: TurnStatus
    turn: Turn
    session: Session
    notices: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[str]:
        return iter((self.text, self.model_used))

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)


@dataclass(frozen=True, slots=True)
class Settings:
    """What is different for one message than for its session.

    `timeout` limits the reply, `wait` limits the wait for another process's reply in the
    session (None: as configured; 0: no wait); both in seconds.
    """

    model: str | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    timeout: float | None = None
    wait: float | None = None


class PendingReply:
    """A message handed to the manager; `message` None asks for another reply to the last prompt."""

    def __init__(self, session_id: str, message: str | None, settings: Settings) -> None:
        self.session_id = session_id
        self.message = message
        self.settings = settings
        self.activity = Activity.WAITING
        self.turn_id: int | None = None
        self.error: BaseException | None = None
        self.cancelled = False
        self.cancel_requested = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._writing: asyncio.Task[None] | None = None
        self._result: asyncio.Future[TurnFinished] = self._loop.create_future()

    @property
    def done(self) -> bool:
        """Whether it is over, one way or another."""
        return self._result.done()

    async def finished(self) -> TurnFinished:
        """Wait for the end of the reply; raises ChatcliError if it could not begin."""
        await self.ended()
        return self._result.result()

    async def ended(self) -> None:
        """Wait until it is over; cancelling the wait does not stop the reply."""
        await asyncio.wait({self._result})

    def on_end(self, callback: Callable[[], None]) -> None:
        """Call `callback` on the event loop once it has ended."""
        self._result.add_done_callback(lambda _: callback())

    def cancel(self) -> None:
        """Stop it, whatever its stage; the text so far is kept. Thread-safe."""
        self._loop.call_soon_threadsafe(self._cancel)

    def _cancel(self) -> None:
        if self.done:
            return
        self.cancelled = True
        self.cancel_requested.set()
        if self._writing is not None:
            self._writing.cancel()

    def fail(self, turn_id: int, error: ChatcliError) -> None:
        """Stop the reply `turn_id` because its text cannot be kept."""
        if self.turn_id == turn_id and self._writing is not None and self.error is None:
            self.error = error
            self._writing.cancel()

    async def write(self, writing: asyncio.Task[None]) -> None:
        """Let `writing` run to its end; its outcome is in `error` and `cancelled`."""
        self._writing = writing
        self.activity = Activity.WRITING
        if self.cancelled:
            writing.cancel()
        try:
            await asyncio.wait({writing})
        except asyncio.CancelledError:  # the event loop is about to end: the text is still kept
            self.cancelled = True
            writing.cancel()
            await asyncio.wait({writing})
        if not writing.cancelled() and self.error is None:
            self.error = writing.exception()
            self.cancelled = False  # it ended before the request to stop it took effect

    def finish(self, event: TurnFinished) -> None:
        """The reply is stored."""
        if not self._result.done():
            self._result.set_result(event)

    def abandon(self, error: BaseException) -> None:
        """No reply began."""
        self.error = error
        if not self._result.done():
            self._result.set_exception(error)
            self._result.exception()  # whoever waits gets it; nobody has to

    def check(self) -> None:
        """Raises ReplyCancelledError once it has been asked to stop."""
        if self.cancelled:
            raise ReplyCancelledError("stopped before anything was sent")
