"""Turns that other processes write, noticed and published like our own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Container
from dataclasses import replace
from typing import NamedTuple

from chatcli.core.events import (
    Event,
    ReasoningDelta,
    TextDelta,
    TextWasReasoning,
    TurnFinished,
    TurnStarted,
)
from chatcli.core.model import Fault, Role, Session, Turn, TurnStatus
from chatcli.core.ports import Store
from chatcli.errors import ChatcliError, SessionNotFoundError

logger = logging.getLogger("chatcli")

POLL_SECONDS = 0.2
"""How often the database is asked whether it changed: one cheap read of a counter."""


class _Followed(NamedTuple):
    """A reply that another process writes, as far as it has been published."""

    session: Session
    turn: Turn


class Watch:
    """Compares the sessions with what was known, whenever the database has changed."""

    def __init__(
        self, store: Store, publish: Callable[[Event], None], own_turns: Container[int]
    ) -> None:
        self._store = store
        self._publish = publish
        self._own_turns = own_turns
        self._heads: dict[str, int | None] = {}
        self._streaming: dict[int, _Followed] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Watch from now on; a second call changes nothing."""
        if self._task is None:
            version = self._store.version()
            self._heads = {s.id: _known_head(s) for s in self._store.list_sessions()}
            self._task = asyncio.create_task(self._run(version))

    async def _run(self, version: int) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                now = await asyncio.to_thread(self._store.version)
                if now != version or self._streaming:
                    version = now
                    await self._look()
            except ChatcliError as error:
                logger.warning("other processes cannot be watched now: %s", error.message)

    async def _look(self) -> None:
        for followed in list(self._streaming.values()):
            try:
                await self._follow(followed)
            except SessionNotFoundError:
                self._end_deleted(followed)
        heads = await asyncio.to_thread(self._store.heads)
        for session_id, head in heads.items():
            if session_id not in self._heads or self._heads[session_id] != head:
                known = self._heads.get(session_id)
                self._heads[session_id] = head
                await self._announce(session_id, known)

    async def _announce(self, session_id: str, known: int | None) -> None:
        """Publish the replies that came after the head known before."""
        try:
            session = await asyncio.to_thread(self._store.find_session, session_id)
        except SessionNotFoundError:  # deleted meanwhile
            return
        if session.head_id is None:
            return
        turns = await asyncio.to_thread(self._store.thread, session.id, 20)
        before: Turn | None = None
        for turn in turns:
            is_new = turn.id > (known or 0) and turn.id not in self._own_turns
            if turn.role is Role.ASSISTANT and is_new:
                self._begin(session, before, turn)
            before = turn

    def _begin(self, session: Session, prompt: Turn | None, turn: Turn) -> None:
        self._publish(TurnStarted(session.id, turn.id, session, prompt, turn, elsewhere=True))
        self._publish_new(turn, None)
        if turn.status is TurnStatus.STREAMING:
            self._streaming[turn.id] = _Followed(session, turn)
        else:
            self._end(session, turn)

    async def _follow(self, known: _Followed) -> None:
        turn = await asyncio.to_thread(self._store.turn, known.turn.id)
        self._publish_new(turn, known.turn)
        self._streaming[turn.id] = known._replace(turn=turn)
        if turn.status is not TurnStatus.STREAMING:
            session = await asyncio.to_thread(self._store.find_session, turn.session_id)
            del self._streaming[turn.id]
            self._end(session, turn)

    def _end_deleted(self, known: _Followed) -> None:
        """Its session was deleted before its end was seen."""
        turn = self._streaming.pop(known.turn.id).turn
        if turn.status is TurnStatus.STREAMING:
            status = TurnStatus.INCOMPLETE if turn.content else TurnStatus.FAILED
            fault = Fault("session_not_found", "another process deleted the session")
            turn = replace(turn, status=status, error=fault)
        self._end(known.session, turn)

    def _publish_new(self, turn: Turn, known: Turn | None) -> None:
        reasoning = turn.reasoning.text[len(known.reasoning.text) if known else 0 :]
        text = known.content if known else ""
        if text and (text in reasoning or not turn.content.startswith(text)):
            before, _, reasoning = reasoning.partition(text)
            self._publish_reasoning(turn, before)
            self._publish(TextWasReasoning(turn.session_id, turn.id, text))
            text = ""
        self._publish_reasoning(turn, reasoning)
        if len(turn.content) > len(text):
            self._publish(TextDelta(turn.session_id, turn.id, turn.content[len(text) :]))

    def _publish_reasoning(self, turn: Turn, reasoning: str) -> None:
        if reasoning:
            self._publish(ReasoningDelta(turn.session_id, turn.id, reasoning))

    def _end(self, session: Session, turn: Turn) -> None:
        self._publish(TurnFinished(session.id, turn.id, turn, session, elsewhere=True))

    async def close(self) -> None:
        """Stop watching."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task


def _known_head(session: Session) -> int | None:
    """Where to look on from at the start: a reply that is being written is still to be seen."""
    if session.writing and session.head_id is not None:
        return session.head_id - 1
    return session.head_id
