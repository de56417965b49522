"""The messages on one event loop: queued in each session, some answered at the same time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Container
from typing import NamedTuple

from chatcli.config import Config, ModelChoice
from chatcli.core.model import Session
from chatcli.core.ports import Backends, Store
from chatcli.errors import ChatcliError, ReplyCancelledError
from chatcli.manager.exchange import Exchanges
from chatcli.manager.pending import Activity, PendingReply
from chatcli.manager.subscription import Publisher

logger = logging.getLogger("chatcli")


class Sources(NamedTuple):
    """Where a reply comes from: which models for a session, and the backends."""

    choices: Callable[[str], list[ModelChoice]]
    backends: Callable[[], Backends]


class Writing:
    """One queue and one worker for each session that has something to send.

    Lives on the event loop that runs when it is made.
    """

    def __init__(
        self,
        store: Store,
        config: Config,
        sources: Sources,
        publisher: Publisher,
        open_session: Callable[[str], Session],
    ) -> None:
        self.loop = asyncio.get_running_loop()
        self._choices_for = sources.choices
        self._open_session = open_session
        self._exchanges = Exchanges(
            store, config, sources.backends, publisher, on_failure=self._could_not_keep
        )
        self._slots = asyncio.Semaphore(config.limits.parallel_replies or 1_000_000)
        self._queues: dict[str, deque[PendingReply]] = {}
        self._current: dict[str, PendingReply] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}

    @property
    def own_turns(self) -> Container[int]:
        """The replies that were begun here."""
        return self._exchanges.own_turns

    # --- handing in -----------------------------------------------------------

    def submit(self, pending: PendingReply) -> None:
        """Queue it behind its session's other messages."""
        session_id = pending.session_id
        self._queues.setdefault(session_id, deque()).append(pending)
        if session_id not in self._workers:
            self._workers[session_id] = asyncio.create_task(self._work(session_id))

    def take_back(self, session_id: str) -> str | None:
        """Remove the newest message that has not begun; its text."""
        queue = self._queues.get(session_id)
        if not queue:
            return None
        pending = queue.pop()
        pending.abandon(_taken_back())
        return pending.message

    def queued(self, session_id: str) -> tuple[str, ...]:
        """The texts that wait in the session, oldest first."""
        return tuple(p.message or "" for p in self._queues.get(session_id, ()))

    def current(self, session_id: str) -> PendingReply | None:
        """The message that is being sent or answered now."""
        return self._current.get(session_id)

    def running(self) -> tuple[str, ...]:
        """The sessions with a reply under way or queued."""
        return tuple(self._workers)

    def activity(self, session_id: str) -> Activity:
        """What the session is doing."""
        current = self._current.get(session_id)
        if current is not None:
            return current.activity
        return Activity.WAITING if session_id in self._workers else Activity.IDLE

    # --- one session's worker -------------------------------------------------

    async def _work(self, session_id: str) -> None:
        queue = self._queues[session_id]
        try:
            while queue:
                pending = queue.popleft()
                self._current[session_id] = pending
                await self._answer(pending)
                del self._current[session_id]
                self._check_alive()
        finally:
            while queue:
                queue.pop().abandon(_taken_back())
            self._current.pop(session_id, None)
            del self._workers[session_id]

    def _check_alive(self) -> None:
        """Raises CancelledError in a worker whose event loop is about to end."""
        worker = asyncio.current_task()
        if worker is not None and worker.cancelling():
            raise asyncio.CancelledError

    async def _answer(self, pending: PendingReply) -> None:
        try:
            async with self._slot(pending):
                choices = await asyncio.to_thread(self._choices, pending)
                await self._exchanges.answer(pending, choices)
        except ChatcliError as error:
            pending.abandon(error)
        except Exception as error:
            logger.exception("a reply could not be written")
            pending.abandon(error)

    @contextlib.asynccontextmanager
    async def _slot(self, pending: PendingReply) -> AsyncIterator[None]:
        """One of the places for replies that are written at the same time."""
        acquire = asyncio.create_task(self._slots.acquire())
        stop = asyncio.create_task(pending.cancel_requested.wait())
        await asyncio.wait({acquire, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not acquire.done():
            acquire.cancel()
            pending.check()
        try:
            pending.check()
            yield
        finally:
            self._slots.release()

    def _choices(self, pending: PendingReply) -> list[ModelChoice]:
        session = self._open_session(pending.session_id)
        return self._choices_for(pending.settings.model or session.model)

    def _could_not_keep(self, turn_id: int, error: ChatcliError) -> None:
        for pending in self._current.values():
            pending.fail(turn_id, error)

    # --- the end --------------------------------------------------------------

    async def close(self) -> None:
        """Stop every reply, keep its text, and write what is left."""
        for queue in self._queues.values():
            while queue:
                queue.pop().abandon(_taken_back())
        for pending in list(self._current.values()):
            pending.cancel()
        workers = list(self._workers.values())
        if workers:
            await asyncio.wait(workers)
        await self._exchanges.close()


def _taken_back() -> ChatcliError:
    return ReplyCancelledError("the message was taken back before it was sent")
