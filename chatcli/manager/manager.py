"""The SessionManager: sessions, and the replies that are being written in them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from chatcli.config import Config
from chatcli.core.model import EndedBy, Session
from chatcli.core.ports import Backends, ModelInfo, Store
from chatcli.errors import (
    BackendError,
    SessionError,
)
from chatcli.manager.models import Models, default_config, default_models, default_store
from chatcli.manager.replies import Replies
from chatcli.manager.sessions import Reference

if TYPE_CHECKING:
    from types import TracebackType

    from chatcli.manager.watch import Watch


class SessionManager(Replies):
    """Named conversations with language models, several at once, all durable.

    The methods that wait for a model are coroutines (or need the running event loop), on one
    loop at a time; threads with a loop each take a manager each, on the same database. The
    others are one quick transaction each and may be called from any thread. A `session`
    argument is a Session, or its name, id, or a unique prefix of either.

    Args:
        max_sessions: active sessions; at the limit the longest idle one is ended. 0: no limit.
        max_turns_per_session: turns (prompts and replies) a session takes. 0: no limit.
        store: where everything is kept; the user's own database if None.
        config: models, limits, timeouts; the user's own configuration if None.
        backends: who answers; those of `config` if None.
    """

    def __init__(
        self,
        max_sessions: int | None = None,
        max_turns_per_session: int | None = None,
        *,
        store: Store | None = None,
        config: Config | None = None,
        backends: Backends | None = None,
    ) -> None:
        config = default_config() if config is None else config
        limits = config.limits
        if max_sessions is not None:
            limits = replace(limits, max_sessions=max_sessions)
        if max_turns_per_session is not None:
            limits = replace(limits, max_turns_per_session=max_turns_per_session)
        config = replace(config, limits=limits)
        store = default_store(config) if store is None else store
        models = default_models(config, store)
        if backends is not None:
            given = backends
            models = Models(config, lambda _: given, lambda config: config)
        super().__init__(store, config, models)
        self._watch: Watch | None = None

    @property
    def max_sessions(self) -> int:
        """So many sessions are active at most; 0: no limit."""
        return self.config.limits.max_sessions

    @property
    def max_turns_per_session(self) -> int:
        """So many turns a session takes; 0: no limit."""
        return self.config.limits.max_turns_per_session

    def watch(self) -> None:
        """Publish what other processes write too, from now on."""
        if self._watch is None:
            from chatcli.manager.watch import Watch

            self._watch = Watch(self.store, self._publisher.publish, self._writer().own_turns)
        self._watch.start()

    def end_session(self, session: Reference, summarize: bool = False) -> str | dict[str, Any]:  # noqa: FBT001, FBT002 - the signature is public
        """End a session; its reply under way is stopped and kept.

        Returns a confirmation, or with `summarize` the summary as a dictionary: model,
        turns, duration in seconds, first message. `summarize(session)` has a model write one.
        """
        found = self.get_session(session)
        turns = self.thread(found) if summarize else []
        self.stop(found)
        ended = self._end(found)
        if summarize:
            from chatcli.manager.summary import summary_of

            return summary_of(ended, turns)
        return f"session '{ended.name or ended.id}' ended after {ended.turns} turns"

    async def summarize(self, session: Reference) -> str:
        """A summary written by the session's model; the conversation is left as it is.

        Raises BackendError.
        """
        from chatcli.manager.summary import written_summary

        found = self.get_session(session)
        turns = await asyncio.to_thread(self.thread, found)
        return await written_summary(turns, lambda prompt: self._ask_aside(found, prompt))

    async def _ask_aside(self, session: Session, prompt: str) -> str:
        """Ask the session's model outside its conversation; the question is kept as a one-off."""
        aside = await asyncio.to_thread(
            self.create_session,
            session.model,
            metadata={"about": session.id},
            ended_by=EndedBy.ONE_OFF,
        )
        return (await self.send_message(aside, prompt)).text

    async def compact(self, session: Reference) -> Session:
        """Replace the conversation by a summary of it, to make room in the model's context.

        The turns stay in the store. Raises BackendError; SessionError if there is too little
        to compact; SessionBusyError while a reply is being written, or if the conversation
        went on while it was summed up.
        """
        from chatcli.manager.summary import COMPACTED_PROMPT, FEWEST_TURNS

        found = self.get_session(session)
        if found.turns < FEWEST_TURNS:
            raise SessionError(f"{found.label} is too short to compact")
        summary = await self.summarize(found)
        model = (await asyncio.to_thread(self.choose_model, found.model)).name
        return await asyncio.to_thread(
            self.store.compact, found.id, found.head_id, COMPACTED_PROMPT, summary, model=model
        )

    async def models(self) -> dict[str, Sequence[ModelInfo] | BackendError]:
        """The models of every configured backend, or why there is no list."""
        backends = await asyncio.to_thread(self._models.backends)

        async def of(name: str) -> Sequence[ModelInfo] | BackendError:
            try:
                return await backends.get(name).models()
            except BackendError as error:
                return error

        names = self._models.listed()
        return dict(zip(names, await asyncio.gather(*map(of, names)), strict=True))

    async def close(self) -> None:
        """Stop replies (their text is kept), then release backends and database."""
        if self._watch is not None:
            await self._watch.close()
        if self._writing is not None:
            await self._writing.close()
        self._publisher.close()
        await self._models.close()
        await asyncio.to_thread(self.store.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()
