"""The port `Store`: durable sessions and turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from chatcli.core.model import (
    EndedBy,
    Fault,
    Reasoning,
    Session,
    SessionState,
    Turn,
    TurnStatus,
    Usage,
)

if TYPE_CHECKING:
    from chatcli.core.stats import Figures


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session to be stored; if `name` is empty, a free one is chosen."""

    model: str
    name: str = ""
    system_prompt: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, object] = field(default_factory=dict)
    state: SessionState = SessionState.ACTIVE
    ended_by: EndedBy | None = None
    id: str = ""

    @classmethod
    def of(cls, held: Session) -> NewSession:
        """What is to be stored of a session that was held in memory."""
        return cls(
            model=held.model,
            name=held.name,
            system_prompt=held.system_prompt,
            metadata=held.metadata,
            options=held.options,
            state=held.state,
            ended_by=held.ended_by,
            id=held.id,
        )

    def held(self, session_id: str, now: float) -> Session:
        """A session that is held in memory until it is stored; `now` in Unix seconds."""
        return Session(
            id=session_id,
            name=self.name,
            model=self.model,
            system_prompt=self.system_prompt,
            created_at=now,
            last_activity=now,
            metadata=self.metadata,
            options=self.options,
            state=self.state,
            ended_by=self.ended_by,
        )


class Created(NamedTuple):
    """A stored session, and the sessions that were ended to make room for it."""

    session: Session
    ended: tuple[Session, ...] = ()


class Begun(NamedTuple):
    """A prompt on disk, its empty reply, and the turns before it (root first).

    `prompt` is None if no new one was written (a retry): then the last turn of `context` is the
    prompt that is answered again.
    """

    session: Session
    prompt: Turn | None
    reply: Turn
    context: tuple[Turn, ...]


class ReplyText(NamedTuple):
    """Text that came since the last checkpoint.

    With `text_was_reasoning`, all text stored before is appended to the reasoning stored before,
    and what came since follows.
    """

    turn_id: int
    text: str
    reasoning: str = ""
    text_was_reasoning: bool = False


class ReplyEnd(NamedTuple):
    """How a reply ended: the whole text and everything known about it."""

    turn_id: int
    status: TurnStatus
    content: str
    model_used: str = ""
    finish_reason: str | None = None
    usage: Usage | None = None
    first_token_seconds: float | None = None
    total_seconds: float | None = None
    reasoning: Reasoning = Reasoning()
    error: Fault | None = None

    def applied_to(self, reply: Turn) -> Turn:
        """The reply with this end; its position is left as it was."""
        return replace(
            reply,
            status=self.status,
            content=self.content,
            model_used=self.model_used,
            finish_reason=self.finish_reason,
            usage=self.usage,
            first_token_seconds=self.first_token_seconds,
            total_seconds=self.total_seconds,
            reasoning=self.reasoning,
            error=self.error,
        )


class Store(Protocol):
    """Durable sessions and turns. Thread-safe and synchronous; each call is one transaction.

    Any method may raise StoreError: the disk or the database failed. Each instance is an *owner*
    of leases: while it writes a reply in a session, until the reply ends or the process dies, no
    other owner can write there.
    """

    # sessions
    def create_session(self, new: NewSession, max_active: int = 0) -> Created:
        """Store a session; at `max_active` (0: no limit), end the active ones idle for longest.

        Never ends one in which a reply is being written. Raises SessionNameTakenError if an
        active session has the name.
        """
        ...

    def find_session(self, reference: str) -> Session:
        """Find by name, id, or unique prefix of either; active sessions take precedence.

        Raises SessionNotFoundError, AmbiguousReferenceError.
        """
        ...

    def list_sessions(self, *, ended: bool = False) -> list[Session]:
        """Most recently active first; with `ended`, including the ended ones."""
        ...

    def heads(self) -> Mapping[str, int | None]:
        """The head (newest turn) of each active session, by session id: what a watcher compares."""
        ...

    def last_session(self) -> Session | None:
        """The most recently active session that has not ended."""
        ...

    def update_session(
        self,
        session_id: str,
        *,
        name: str | None = None,
        model: str | None = None,
        system_prompt: str | None = None,
        options: Mapping[str, object] | None = None,
        draft: str | None = None,
    ) -> Session:
        """Change what is not None. Raises SessionNotFoundError, SessionNameTakenError."""
        ...

    def end_session(self, session_id: str, by: EndedBy = EndedBy.USER) -> Session:
        """End it; ending an ended session changes nothing."""
        ...

    def restore_session(self, session_id: str, max_active: int = 0) -> Created:
        """Reactivate an ended session; if its name is taken by now, it gets a suffix."""
        ...

    def purge_session(self, session_id: str) -> bool:
        """Delete a session, its turns and the one-offs that are ABOUT it, permanently.

        Returns whether nothing of their text is left on disk; else it will be gone later.
        """
        ...

    # turns
    def thread(self, session_id: str, limit: int | None = None) -> list[Turn]:
        """The last `limit` turns of the current conversation (None: all), oldest first.

        An abandoned reply is returned as incomplete, or failed if it has no text.
        """
        ...

    def turn(self, turn_id: int) -> Turn:
        """One turn, with its text so far. Raises SessionNotFoundError."""
        ...

    def set_head(self, session_id: str, turn_id: int | None) -> Session:
        """Point the session at another of its turns (undo, fork); nothing is deleted."""
        ...

    def compact(
        self, session_id: str, head_id: int | None, prompt: str, summary: str, *, model: str
    ) -> Session:
        """Continue the conversation from `prompt` and its reply `summary`, in one transaction.

        The turns up to `head_id`, which are summarized, stay stored. Raises SessionBusyError if
        the head has changed or a reply is being written; SessionEndedError.
        """
        ...

    def begin_turn(
        self, session_id: str, content: str | None, *, model: str = "", max_turns: int = 0
    ) -> Begun:
        """Take the session's lease and write a prompt and its empty reply, synced.

        With `content` None the head is answered again: it is a user turn, or a reply whose
        prompt gets another reply next to it.

        Raises SessionNotFoundError, SessionEndedError, SessionFullError, SessionBusyError
        before anything is written.
        """
        ...

    def append_text(self, pieces: Sequence[ReplyText]) -> None:
        """Store more text of the replies being written, synced. Raises LeaseLostError."""
        ...

    def finish_reply(self, end: ReplyEnd) -> Turn:
        """Store the end of a reply and release its lease, synced. Raises LeaseLostError."""
        ...

    def mark_seen(self, session_id: str, turn_id: int) -> None:
        """Record that everything up to this turn has been shown to the user."""
        ...

    # the whole
    def figures(self, session_id: str | None = None) -> Figures:
        """The statistics of one session, or of all."""
        ...

    def version(self) -> int:
        """A number that changes when another process has changed the database."""
        ...

    def heartbeat(self) -> None:
        """Record that this process is alive; called every few seconds while it writes."""
        ...

    def quirks(self, endpoint: str) -> Mapping[str, str]:
        """What was learned about an endpoint (a base URL, with model where it matters)."""
        ...

    def learn_quirk(self, endpoint: str, quirk: str, value: str) -> None:
        """Remember a quirk of an endpoint."""
        ...

    def forget_quirk(self, endpoint: str, quirk: str) -> None:
        """Forget a quirk of an endpoint."""
        ...

    def close(self) -> None:
        """Release all leases, and close the files."""
        ...
