"""The replies of sessions: asked for, followed, stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from chatcli.config import Config
from chatcli.core.events import Event, TurnFinished
from chatcli.core.model import COMPACTED, EndedBy, Role, Session, Turn, TurnStatus
from chatcli.core.ports import Store
from chatcli.core.text import encodable, shell_word
from chatcli.errors import (
    BackendError,
    ChatcliError,
    SessionBusyError,
    SessionEndedError,
    SessionError,
    SessionFullError,
)
from chatcli.manager.models import Models
from chatcli.manager.pending import Activity, PendingReply, Reply, Settings
from chatcli.manager.sessions import Reference, Sessions
from chatcli.manager.subscription import Publisher, Subscription
from chatcli.manager.writing import Sources, Writing

CONTINUE_PROMPT = "Go on exactly where your last message stopped, without repeating any of it."


class Replies(Sessions):
    """The half of the SessionManager that needs the running event loop."""

    def __init__(self, store: Store, config: Config, models: Models) -> None:
        super().__init__(store, config, models)
        self._publisher = Publisher()
        self._writing: Writing | None = None

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
            session: where to send it; a session's messages are answered in order.
            message: the prompt.
            model: the model for this message only; None: the session's.
            options: model parameters for this message only.
            timeout: limit for the whole reply, in seconds; None: only the configured limits.
            wait: how long to wait, in seconds, while another process is writing in the session;
                None: as configured; 0: not at all.

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
            raise SessionFullError(f"{session.label} is full: it holds {limit} turns")
        if session.ended_by is EndedBy.USER:
            raise SessionEndedError(
                f"{session.label} has ended",
                hint=f"chatcli restore {shell_word(session.name)}",
            )

    def _hand_in(self, pending: PendingReply) -> PendingReply:
        self._writer().submit(pending)
        return pending

    def _writer(self) -> Writing:
        """The replies of the running event loop; those of an earlier one have ended with it.

        Raises RuntimeError: another loop is running them.
        """
        loop = asyncio.get_running_loop()
        if self._writing is not None and self._writing.loop is not loop:
            if self._writing.loop.is_running():
                raise RuntimeError(
                    "this SessionManager is already used on another event loop; "
                    "make one SessionManager per thread"
                )
            self._writing = None
        if self._writing is None:
            self._writing = Writing(
                self.store,
                self.config,
                Sources(self._choices, self._models.backends),
                self._publisher,
                self.open_for_writing,
            )
        return self._writing

    def _choices(self, model: str) -> list[Any]:
        choice = self._models.choose(model)
        return [choice, *choice.fallbacks]

    async def send_message(self, session: Reference, message: str, **settings: Any) -> Reply:
        """Send a message and wait for the reply; `settings` as for `submit`.

        An incomplete reply is returned, and its status says so. Cancelling stops the reply and
        keeps its text.

        Raises:
            BackendError: there is no reply; the prompt is kept, but not sent with later ones.
            SessionNotFoundError, SessionFullError, SessionBusyError, StoreError.
        """
        pending = self.submit(session, message, **settings)
        return reply_of(pending, await self._finish(pending))

    async def _finish(self, pending: PendingReply) -> TurnFinished:
        try:
            return await pending.finished()
        except asyncio.CancelledError:
            pending.cancel()
            await pending.ended()
            raise

    async def stream_message(
        self, session: Reference, message: str, **settings: Any
    ) -> AsyncGenerator[Event, None]:
        """Send a message and yield the events of its reply; `settings` as for `submit`.

        Closing the generator early stops the reply and keeps its text. Raises what
        `send_message` raises if the reply could not begin; one that fails later ends with a
        TurnFinished that says so.
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
                await pending.ended()

    def undo(self, session: Reference) -> Session:
        """Go back to before the last prompt; the turns stay in the store."""
        found = self.get_session(session)
        thread = self.thread(found)
        prompts = [turn for turn in thread if turn.role is Role.USER]
        if not prompts:
            raise SessionError(f"{found.label} has nothing to undo")
        keep_summary(found, thread[-1])
        return self.store.set_head(found.id, prompts[-1].parent_id)

    def retry(self, session: Reference, **settings: Any) -> PendingReply:
        """Get another reply to the last prompt; the earlier reply stays in the store."""
        found = self.get_session(session)
        if found.head_id is None:
            raise SessionError(f"{found.label} has no message to answer again")
        for last in self.thread(found, 1):
            keep_summary(found, last)
        return self._hand_in(PendingReply(found.id, None, Settings(**settings)))

    def continue_reply(self, session: Reference, **settings: Any) -> PendingReply:
        """Ask the model to continue an incomplete reply."""
        found = self.get_session(session)
        last = self.thread(found, 1)
        if last and last[0].status is TurnStatus.STREAMING:
            busy = f"the last reply of {found.label} is still being written"
            raise SessionBusyError(busy, hint="wait for it to finish")
        if not last or last[0].status is not TurnStatus.INCOMPLETE:
            raise SessionError(f"{found.label} has no incomplete reply to continue")
        return self.submit(found, CONTINUE_PROMPT, **settings)

    # --- replies under way ----------------------------------------------------

    def stop(self, session: Reference) -> bool:
        """Stop the session's reply, keeping its text; False if there is none."""
        current = self._writing.current(self._id_here(session)) if self._writing else None
        if current is not None:
            current.cancel()
        return current is not None

    def _id_here(self, session: Reference) -> str:
        """The session's id; only for a name the store, which may be unreadable, is asked."""
        known = _id_of(session)
        if isinstance(session, Session) or known in self.running_ids():
            return known
        return self.get_session(session).id

    def take_back(self, session: Reference) -> str | None:
        """Remove the newest queued message of the session and return its text."""
        return self._writing.take_back(self._id_here(session)) if self._writing else None

    def queued(self, session: Reference) -> tuple[str, ...]:
        """The queued messages of the session, oldest first."""
        return self._writing.queued(_id_of(session)) if self._writing else ()

    def activity(self, session: Reference) -> Activity:
        """What the session is doing in this process; takes an id or a Session."""
        return self._writing.activity(_id_of(session)) if self._writing else Activity.IDLE

    def running_ids(self) -> tuple[str, ...]:
        """The ids of the sessions with a reply in progress or a message queued in this process."""
        return self._writing.running() if self._writing else ()

    def subscribe(self) -> Subscription:
        """Subscribe to the events of all sessions, from now on."""
        return self._publisher.subscribe()


def _id_of(session: Reference) -> str:
    return session.id if isinstance(session, Session) else session


def reply_of(pending: PendingReply, finished: TurnFinished) -> Reply:
    """The finished turn as a Reply; raises the error if it failed."""
    turn = finished.turn
    if turn.status is TurnStatus.FAILED and isinstance(pending.error, ChatcliError):
        raise pending.error
    if turn.status is TurnStatus.FAILED and turn.error is not None:
        raise BackendError(turn.error.message, hint=turn.error.hint)
    return Reply(
        turn.content, turn.model_used, turn.status, turn, finished.session, finished.notices
    )


def keep_summary(session: Session, last: Turn) -> None:
    """Raise SessionError if the conversation's last turn is all that is sent of earlier ones."""
    if last.finish_reason == COMPACTED:
        raise SessionError(
            f"the last exchange of {session.label} is the summary of what came before and stays"
        )
