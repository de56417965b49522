"""The SessionManager: sessions, and the replies that are being written in them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from chatcli.config import Config
from chatcli.core.model import ABOUT, EndedBy, Session, TurnStatus
from chatcli.core.ports import Backends, ModelInfo, Store
from chatcli.errors import (
    BackendError,
    SessionError,
    SummaryCutError,
)
from chatcli.manager.models import Models, default_config, default_models, default_store
from chatcli.manager.replies import Replies
from chatcli.manager.sessions import Reference

if TYPE_CHECKING:
    from types import TracebackType

    from chatcli.manager.watch import Watch


class SessionManager(Replies):
    """Named conversations with language models, several at once, all durable.

    Methods that wait for a model are coroutines or need a running event loop, one loop at a
    time: with a loop in each of several threads, make a manager for each, on the same database.
    All other methods are one quick transaction each and may be called from any thread. A
    `session` argument is a Session, or its name, its id, or a unique prefix of either.

    Args:
        max_sessions: most active sessions; one more ends the one idle for longest. 0: no limit;
            None: as configured.
        max_turns_per_session: most turns (prompts and replies) per session. 0: no limit; None:
            as configured.
        store: where everything is kept; None: the user's own database.
        config: models, limits, timeouts; None: the user's own configuration.
        backends: what answers; None: the backends of `config`.
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
        """The most active sessions; 0: no limit."""
        return self.config.limits.max_sessions

    @property
    def max_turns_per_session(self) -> int:
        """The most turns per session; 0: no limit."""
        return self.config.limits.max_turns_per_session

    def watch(self) -> None:
        """From now on, also publish the events of replies that other processes write."""
        if self._watch is None:
            from chatcli.manager.watch import Watch

            self._watch = Watch(self.store, self._publisher.publish, self._writer().own_turns)
        self._watch.start()

    def end_session(self, session: Reference, summarize: bool = False) -> str | dict[str, Any]:  # noqa: FBT001, FBT002 - the signature is public
        """End a session; a reply in progress is stopped, and its text kept.

        Returns a confirmation, or with `summarize` a dictionary: model, number of turns, duration
        in seconds, first message. (The method `summarize` has the model write a summary.)
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
        """Have the session's model write a summary; the conversation does not change.

        Raises BackendError.
        """
        from chatcli.manager.summary import written_summary

        found = self.get_session(session)
        turns = await asyncio.to_thread(self.thread, found)
        return await written_summary(turns, lambda prompt: self._ask_aside(found, prompt))

    async def _ask_aside(self, session: Session, prompt: str) -> str:
        """Ask the session's model outside its conversation; the question is kept as a one-off.

        Raises SummaryCutError: half a summary would stand for the whole conversation from then on.
        """
        aside = await asyncio.to_thread(
            self.create_session,
            session.model,
            metadata={ABOUT: session.id},
            ended_by=EndedBy.ONE_OFF,
        )
        reply = await self.send_message(aside, prompt)
        if reply.status is not TurnStatus.COMPLETE:
            fault = reply.turn.error
            why = fault.message.removesuffix("; what came is kept") if fault else "it stopped early"
            raise SummaryCutError(
                f"the summary of {session.label} is incomplete: {why}; nothing was changed",
                hint="try again; another model, or a larger max_tokens, may do better",
            )
        return reply.text

    async def compact(self, session: Reference) -> Session:
        """Replace the conversation with a summary of it, to free up the model's context.

        The turns stay in the store. Raises BackendError; SessionError if the conversation is too
        short; SessionBusyError while a reply is being written, or if the conversation went on
        while the summary was written.
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
        """The models of each configured backend, or the error that prevented listing them."""
        backends = await asyncio.to_thread(self._models.backends)

        async def of(name: str) -> Sequence[ModelInfo] | BackendError:
            try:
                return await backends.get(name).models()
            except BackendError as error:
                return error

        names = self._models.listed()
        return dict(zip(names, await asyncio.gather(*map(of, names)), strict=True))

    async def close(self) -> None:
        """Stop all replies (their text is kept), then release the backends and the database."""
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
