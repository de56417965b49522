"""One message from its prompt on disk to its reply on disk."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

from chatcli.config import Config, ModelChoice
from chatcli.core.events import TurnFinished, TurnStarted
from chatcli.core.model import Fault, Role, Turn, TurnStatus
from chatcli.core.ports import Backends, Begun, ReplyEnd, Store
from chatcli.errors import ChatcliError, SessionBusyError, StoreError
from chatcli.manager.disk import Checkpoints, StoreThread
from chatcli.manager.pending import PendingReply
from chatcli.manager.reply import ReplyWriter, exit_code
from chatcli.manager.subscription import Publisher

logger = logging.getLogger("chatcli")

BUSY_POLL_SECONDS = (0.02, 0.05, 0.1, 0.2)
"""Pauses between two tries while another process writes in the session; the last one repeats."""


class Exchanges:
    """Writes prompts, has models reply, stores the replies; publishes what happens.

    Args:
        store: where prompts and replies go, in a thread of its own.
        config: limits and timeouts.
        make_backends: gives the backends; called in a thread.
        publisher: of the events.
        on_failure: told the turn whose text could not be stored, and why.
    """

    def __init__(
        self,
        store: Store,
        config: Config,
        make_backends: Callable[[], Backends],
        publisher: Publisher,
        *,
        on_failure: Callable[[int, ChatcliError], None],
    ) -> None:
        self._store = store
        self._config = config
        self._make_backends = make_backends
        self._publisher = publisher
        self._thread = StoreThread()
        self._checkpoints = Checkpoints(store, self._thread, on_failure)
        self.own_turns: set[int] = set()
        """The replies that were begun here."""

    async def answer(self, pending: PendingReply, choices: list[ModelChoice]) -> None:
        """Answer a message with the first of `choices` that can; the outcome is in `pending`.

        Raises ChatcliError: no reply could begin.
        """
        begun = await self._begin(pending, choices[0])
        await self._write(pending, begun, choices)

    async def close(self) -> None:
        """Write what is left of the text, and end the store's thread."""
        await self._checkpoints.close()
        await asyncio.to_thread(self._thread.close)

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
        backends = self._make_backends()
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
    return end, end.applied_to(reply)
