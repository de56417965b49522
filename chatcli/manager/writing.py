"""The replies on one event loop: queued in each session, some written at the same time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import NamedTuple

from chatcli.config import Config, ModelChoice
from chatcli.core.events import TurnFinished, TurnStarted
from chatcli.core.model import Fault, Role, Session, Turn, TurnStatus
from chatcli.core.ports import Backends, Begun, ReplyEnd, Store
from chatcli.errors import ChatcliError, ReplyCancelledError, SessionBusyError, StoreError
from chatcli.manager.disk import Checkpoints, StoreThread
from chatcli.manager.pending import Activity, PendingReply
from chatcli.manager.reply import ReplyWriter, exit_code
from chatcli.manager.subscription import Publisher

logger = logging.getLogger("chatcli")

BUSY_POLL_SECONDS = (0.02, 0.05, 0.1, 0.2)
"""Between two looks at a session in which another process writes; the last one repeats."""


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
        self._store = store
        self._config = config
        self._sources = sources
        self._publisher = publisher
        self._open_session = open_session
        self._thread = StoreThread()
        self._checkpoints = Checkpoints(store, self._thread, self._could_not_keep)
        self._slots = asyncio.Semaphore(config.limits.parallel_replies or 1_000_000)
        self._queues: dict[str, deque[PendingReply]] = {}
        self._current: dict[str, PendingReply] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self.own_turns: set[int] = set()

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
                begun = await self._begin(pending, choices[0])
                await self._write(pending, begun, choices)
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
        return self._sources.choices(pending.settings.model or session.model)

    async def _begin(self, pending: PendingReply, choice: ModelChoice) -> Begun:
        """Write the prompt, waiting for another process's reply as long as allowed."""
        wait = pending.settings.wait
        limit = self._config.timeouts.session_wait or None if wait is None else wait
        loop = asyncio.get_running_loop()
        started, looks = loop.time(), 0
        while True:
            pending.check()
            try:
                return await self._thread.call(
                    self._store.begin_turn,
                    pending.session_id,
                    pending.message,
                    model=pending.settings.model or choice.name,
                    max_turns=self._config.limits.max_turns_per_session,
                )
            except SessionBusyError:
                if limit is not None and loop.time() - started >= limit:
                    raise
            pause = BUSY_POLL_SECONDS[min(looks, len(BUSY_POLL_SECONDS) - 1)]
            looks += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(pending.cancel_requested.wait(), pause)

    async def _write(self, pending: PendingReply, begun: Begun, choices: list[ModelChoice]) -> None:
        turn_id = pending.turn_id = begun.reply.id
        self.own_turns.add(turn_id)
        self._checkpoints.open(turn_id)
        writer = ReplyWriter(
            begun=begun,
            choices=choices,
            publish=self._publisher.publish,
            checkpoint=self._checkpoints.add,
            timeout=self._config.timeouts.of_reply(pending.settings.timeout),
            options=dict(pending.settings.options),
            context_limit=self._config.limits.context_tokens,
        )
        self._publisher.publish(
            TurnStarted(begun.session.id, turn_id, begun.session, begun.prompt, begun.reply)
        )
        prompt, writer.begun = _prompt_and_context(begun)

        async def ask() -> None:  # whatever fails from here on ends the reply
            backends = await asyncio.to_thread(self._backends, choices[0])
            await writer.run(prompt, backends)

        await pending.write(asyncio.create_task(ask()))
        await self._finish(pending, writer)

    def _backends(self, first: ModelChoice) -> Backends:
        """All backends; the first to be asked is made here, for its code takes 40 ms to load."""
        backends = self._sources.backends()
        with contextlib.suppress(Exception):  # the reply meets it again, and ends by it
            backends.get(first.backend)
        return backends

    async def _finish(self, pending: PendingReply, writer: ReplyWriter) -> None:
        if pending.error is not None and not isinstance(pending.error, ChatcliError):
            logger.error("a backend failed unexpectedly", exc_info=pending.error)
        end = writer.end(pending.error, cancelled=pending.cancelled)
        self._checkpoints.drop(end.turn_id)
        session = writer.begun.session
        try:
            turn = await self._thread.insist(self._store.finish_reply, end)
        except ChatcliError as error:
            pending.error = error
            end, turn = _unkept(end, writer.begun.reply, error)
        with contextlib.suppress(ChatcliError):  # else as it was; the reply is stored all the same
            session = await self._thread.call(self._store.find_session, session.id)
        code = exit_code(end, pending.error, cancelled=pending.cancelled)
        event = TurnFinished(
            session.id, end.turn_id, turn, session, tuple(writer.notices), int(code)
        )
        self._publisher.publish(event)
        pending.finish(event)

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
        await self._checkpoints.close()
        await asyncio.to_thread(self._thread.close)


def _taken_back() -> ChatcliError:
    return ReplyCancelledError("the message was taken back before it was sent")


def _prompt_and_context(begun: Begun) -> tuple[str, Begun]:
    """The prompt to answer, and the turns before it (a retry's prompt is among them)."""
    if begun.prompt is not None:
        return begun.prompt.content, begun
    asked = max(i for i, turn in enumerate(begun.context) if turn.role is Role.USER)
    return begun.context[asked].content, begun._replace(context=begun.context[:asked])


def _unkept(end: ReplyEnd, reply: Turn, error: ChatcliError) -> tuple[ReplyEnd, Turn]:
    """What to report for a reply that was shown and could not be stored whole."""
    fault = Fault(error.kind, error.message, error.hint)
    if isinstance(error, StoreError):
        message = f"the end of the reply could not be stored: {error.message}"
        fault = Fault(error.kind, message, error.hint)
    status = TurnStatus.INCOMPLETE if end.content else TurnStatus.FAILED
    end = end._replace(status=status, error=fault)
    turn = replace(
        reply,
        status=status,
        content=end.content,
        model_used=end.model_used,
        finish_reason=end.finish_reason,
        usage=end.usage,
        first_token_seconds=end.first_token_seconds,
        total_seconds=end.total_seconds,
        reasoning=end.reasoning,
        error=fault,
    )
    return end, turn
