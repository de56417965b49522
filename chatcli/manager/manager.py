"""The SessionManager: sessions, and the replies that are being written in them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from chatcli.config import Config
from chatcli.core.events import Event, TurnFinished
from chatcli.core.model import EndedBy, Session, TurnStatus
from chatcli.core.ports import Backends, ModelInfo, Store
from chatcli.core.text import encodable
from chatcli.errors import (
    BackendError,
    ChatcliError,
    SessionEndedError,
    SessionError,
    SessionFullError,
)
from chatcli.manager.models import Models, default_config, default_models, default_store
from chatcli.manager.pending import Activity, PendingReply, Reply, Settings
from chatcli.manager.sessions import Reference, Sessions
from chatcli.manager.subscription import Publisher, Subscription
from chatcli.manager.summary import FEWEST_TURNS, put_summary, summary_of, written_summary
from chatcli.manager.watch import Watch
from chatcli.manager.writing import Sources, Writing

if TYPE_CHECKING:
    from types import TracebackType

CONTINUE_PROMPT = "Go on exactly where your last message stopped, without repeating any of it."


class SessionManager(Sessions):
    """Named conversations with language models, several at once, all durable.

    The methods that wait for a model are coroutines (or need the running event loop);
    the others are one quick transaction each and may be called from any thread. A `session`
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
        store = default_store() if store is None else store
        models = default_models(config, store)
        if backends is not None:
            given = backends
            models = Models(config, lambda _: given, lambda config: config)
        super().__init__(store, config, models)
        self._publisher = Publisher()
        self._writing: Writing | None = None
        self._watch: Watch | None = None

    # --- sending --------------------------------------------------------------

    def submit(
        self,
        session: Reference,
        message: str,
        *,
        model: str | None = None,
        options: Mapping[str, object] | None = None,
        timeout: float | None = None,
        wait: float | None = None,
    ) -> PendingReply:
        """Queue a message in its session and return at once.

        Args:
            session: where it belongs; messages of one session are answered in order.
            message: the prompt.
            model: asked for this message only; None: the session's.
            options: model parameters for this message only.
            timeout: seconds for the whole reply; None: the configured limits alone.
            wait: seconds to wait while another process writes in the session; None: as
                configured; 0: not at all.

        Raises:
            SessionNotFoundError, SessionEndedError, SessionFullError: nothing was written.
                (For a Session value the store is not asked here, and the PendingReply raises.)
        """
        if isinstance(session, str):
            session = self.get_session(session)
            self._check_room(session)
        settings = Settings(model, dict(options or {}), timeout, wait)
        return self._hand_in(PendingReply(session.id, encodable(message), settings))

    def _check_room(self, session: Session) -> None:
        """Refuse early what the store would refuse later."""
        limit = self.config.limits.max_turns_per_session
        if limit and session.turns >= limit:
            raise SessionFullError(f"session '{session.name}' is full: it holds {limit} turns")
        if session.ended_by is EndedBy.USER:
            raise SessionEndedError(
                f"session '{session.name}' has ended",
                hint=f"chatcli restore {session.name}",
            )

    def _hand_in(self, pending: PendingReply) -> PendingReply:
        self._writer().submit(pending)
        return pending

    def _writer(self) -> Writing:
        if self._writing is None:
            self._writing = Writing(
                self.store,
                self.config,
                Sources(self._choices, self._models.backends),
                self._publisher,
                self.save,
            )
        return self._writing

    def _choices(self, model: str) -> list[Any]:
        choice = self._models.choose(model)
        return [choice, *choice.fallbacks]

    async def send_message(self, session: Reference, message: str, **settings: Any) -> Reply:
        """Send a message and wait for the reply; `settings` as for `submit`.

        An incomplete reply is returned, its status says so. Cancelling stops the reply and
        keeps its text.

        Raises:
            BackendError: there is no reply; the session is as before, the prompt is kept.
            SessionNotFoundError, SessionFullError, SessionBusyError, StoreError.
        """
        pending = self.submit(session, message, **settings)
        return reply_of(pending, await self._finish(pending))

    async def _finish(self, pending: PendingReply) -> TurnFinished:
        try:
            return await pending.finished()
        except asyncio.CancelledError:
            pending.cancel()
            await asyncio.shield(asyncio.wait_for(_quietly(pending), None))
            raise

    async def stream_message(
        self, session: Reference, message: str, **settings: Any
    ) -> AsyncGenerator[Event, None]:
        """Send a message and yield the events of its reply; `settings` as for `submit`.

        Closing the generator early stops the reply and keeps its text. Raises as
        `send_message` does for a reply that could not begin; a failed one ends in its
        TurnFinished.
        """
        subscription = self.subscribe()
        pending = self.submit(session, message, **settings)
        pending.on_end(subscription.close)
        try:
            async for event in subscription:
                if event.turn_id == pending.turn_id:
                    yield event
            await pending.finished()
        finally:
            subscription.close()
            if not pending.done:
                pending.cancel()
                await _quietly(pending)

    def retry(self, session: Reference, **settings: Any) -> PendingReply:
        """Answer the last prompt again; the earlier reply stays in the store."""
        found = self.get_session(session)
        if found.head_id is None:
            raise SessionError(f"session '{found.name}' has nothing to answer again")
        return self._hand_in(PendingReply(found.id, None, Settings(**settings)))

    def continue_reply(self, session: Reference, **settings: Any) -> PendingReply:
        """Ask the model to go on with a reply that is incomplete."""
        found = self.get_session(session)
        last = self.thread(found, 1)
        if not last or last[0].status is not TurnStatus.INCOMPLETE:
            raise SessionError(f"the last reply of session '{found.name}' is not incomplete")
        return self.submit(found, CONTINUE_PROMPT, **settings)

    # --- replies under way ----------------------------------------------------

    def stop(self, session: Reference) -> bool:
        """Stop the session's reply and keep its text; False if there was none."""
        current = self._current(session)
        if current is not None:
            current.cancel()
        return current is not None

    def _current(self, session: Reference) -> PendingReply | None:
        return self._writing.current(self.get_session(session).id) if self._writing else None

    def current_turn(self, session: Reference) -> int | None:
        """The id of the reply that this process is writing in the session."""
        current = self._current(session)
        return current.turn_id if current else None

    def take_back(self, session: Reference) -> str | None:
        """Remove the newest message that waits in the session; its text."""
        return self._writing.take_back(self.get_session(session).id) if self._writing else None

    def queued(self, session: Reference) -> tuple[str, ...]:
        """The messages that wait in the session, oldest first."""
        return self._writing.queued(_id_of(session)) if self._writing else ()

    def activity(self, session: Reference) -> Activity:
        """What the session is doing in this process; takes an id or a Session."""
        return self._writing.activity(_id_of(session)) if self._writing else Activity.IDLE

    def running(self) -> tuple[Session, ...]:
        """The sessions with a reply under way or queued in this process."""
        ids = self._writing.running() if self._writing else ()
        return tuple(self.get_session(session_id) for session_id in ids)

    def subscribe(self) -> Subscription:
        """Every event from now on, over all sessions."""
        return self._publisher.subscribe()

    def watch(self) -> None:
        """Publish what other processes write too, from now on."""
        if self._watch is None:
            self._watch = Watch(self.store, self._publisher.publish, self._writer().own_turns)
        self._watch.start()

    # --- the rest -------------------------------------------------------------

    def end_session(self, session: Reference, summarize: bool = False) -> str | dict[str, Any]:  # noqa: FBT001, FBT002 - the signature is public
        """End a session; its reply under way is stopped and kept.

        Returns a confirmation, or with `summarize` the summary as a dictionary: model,
        turns, duration in seconds, first message. `summarize(session)` has a model write one.
        """
        found = self.get_session(session)
        first = self.opening(found)
        self.stop(found)
        ended = self._end(found)
        if summarize:
            return summary_of(ended, first)
        return f"session '{ended.name or ended.id}' ended after {ended.turns} turns"

    async def summarize(self, session: Reference) -> str:
        """A summary written by the session's model; the conversation is left as it is.

        Raises BackendError.
        """
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
        to compact; SessionBusyError while a reply is being written.
        """
        found = self.get_session(session)
        if found.turns < FEWEST_TURNS:
            raise SessionError(f"session '{found.name}' is too short to be compacted")
        summary = await self.summarize(found)
        model = (await asyncio.to_thread(self.choose_model, found.model)).name
        return await asyncio.to_thread(put_summary, self.store, found, summary, model)

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


def _id_of(session: Reference) -> str:
    return session.id if isinstance(session, Session) else session


async def _quietly(pending: PendingReply) -> None:
    """Wait for the end whatever it is."""
    try:
        await pending.finished()
    except ChatcliError:
        return


def reply_of(pending: PendingReply, finished: TurnFinished) -> Reply:
    """The finished turn as a Reply; raises what made it fail."""
    turn = finished.turn
    if turn.status is TurnStatus.FAILED and isinstance(pending.error, ChatcliError):
        raise pending.error
    if turn.status is TurnStatus.FAILED and turn.error is not None:
        raise BackendError(turn.error.message, hint=turn.error.hint)
    return Reply(
        turn.content, turn.model_used, turn.status, turn, finished.session, finished.notices
    )
