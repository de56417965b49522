"""The port to durable sessions and turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
    """A session to be stored; an empty `name` gets a free one."""

    model: str
    name: str = ""
    system_prompt: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, object] = field(default_factory=dict)
    state: SessionState = SessionState.ACTIVE
    ended_by: EndedBy | None = None
    id: str = ""


class Created(NamedTuple):
    """A stored session, and the ones that were ended to make room for it."""

    session: Session
    ended: tuple[Session, ...] = ()


class Begun(NamedTuple):
    """A prompt on disk, its empty reply, and the turns before it (root first).

    `prompt` is None where no new one was written (a retry): then the prompt that is answered
    again is the last turn of `context`.
    """

    session: Session
    prompt: Turn | None
    reply: Turn
    context: tuple[Turn, ...]


class ReplyText(NamedTuple):
    """Text that came since the last checkpoint.

    With `text_was_reasoning`, all text stored before belongs behind the reasoning stored
    before; what came since follows.
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


class Store(Protocol):
    """Durable sessions and turns. Thread-safe and synchronous; each call is one transaction.

    Raises StoreError where the disk or the database fails. One instance is one *owner* of
    leases: a session in which it writes a reply is its own until the reply ends or the
    process dies.
    """

    # sessions
    def create_session(self, new: NewSession, max_active: int = 0) -> Created:
        """Store a session; at `max_active` (0: no limit) end the longest idle active ones.

        Never ends one with a reply being written. Raises SessionNameTakenError for an
        active session's name (`new.name` empty: a free name is made).
        """
        ...

    def find_session(self, reference: str) -> Session:
        """By name, id, or unique prefix of either; active sessions go before ended ones.

        Raises SessionNotFoundError, AmbiguousReferenceError.
        """
        ...

    def list_sessions(self, *, ended: bool = False) -> list[Session]:
        """Newest activity first; with `ended`, the ended ones too."""
        ...

    def heads(self) -> Mapping[str, int | None]:
        """Of each active session, by id, the turn it points at: what a watcher compares."""
        ...

    def last_session(self) -> Session | None:
        """The active session with the newest activity."""
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
        """Make an ended session active again; a name taken meanwhile gets a suffix."""
        ...

    def purge_session(self, session_id: str) -> None:
        """Delete a session and its turns for good."""
        ...

    # turns
    def thread(self, session_id: str, limit: int | None = None) -> list[Turn]:
        """The conversation as it stands, oldest first; its last `limit` turns.

        A reply that nobody writes any more comes back as incomplete (or failed).
        """
        ...

    def turn(self, turn_id: int) -> Turn:
        """One turn with its text so far. Raises SessionNotFoundError."""
        ...

    def set_head(self, session_id: str, turn_id: int | None) -> Session:
        """Point the session at another of its turns (undo, fork); nothing is deleted."""
        ...

    def compact(
        self, session_id: str, head_id: int | None, prompt: str, summary: str, *, model: str
    ) -> Session:
        """Let the conversation go on from `prompt` and its reply `summary`, all in one step.

        The turns up to `head_id`, which are summed up, stay. Raises SessionBusyError: the
        session points elsewhere by now, or a reply is being written; SessionEndedError.
        """
        ...

    def begin_turn(
        self, session_id: str, content: str | None, *, model: str = "", max_turns: int = 0
    ) -> Begun:
        """Take the session's lease and write a prompt and its empty reply, synced.

        `content` None answers the head again: the head is a user turn, or a reply whose
        prompt gets another reply beside it.

        Raises SessionNotFoundError, SessionEndedError, SessionFullError, SessionBusyError
        before anything is written.
        """
        ...

    def append_text(self, pieces: Sequence[ReplyText]) -> None:
        """A checkpoint of all replies being written, synced. Raises LeaseLostError."""
        ...

    def finish_reply(self, end: ReplyEnd) -> Turn:
        """Close the reply and release the lease, synced. Raises LeaseLostError."""
        ...

    def mark_seen(self, session_id: str, turn_id: int) -> None:
        """The reader's screen has shown everything up to this turn."""
        ...

    # the whole
    def figures(self, session_id: str | None = None) -> Figures:
        """What `stats` shows, over one session or all."""
        ...

    def version(self) -> int:
        """A number that changes when another process has changed the database."""
        ...

    def heartbeat(self) -> None:
        """Say that this process is alive; called every few seconds while it writes."""
        ...

    def quirks(self, endpoint: str) -> Mapping[str, str]:
        """What was learned about an endpoint (a base URL, with model where it matters)."""
        ...

    def learn_quirk(self, endpoint: str, quirk: str, value: str) -> None:
        """Remember it."""
        ...

    def forget_quirk(self, endpoint: str, quirk: str) -> None:
        """It does not hold (any more)."""
        ...

    def close(self) -> None:
        """Release leases and files."""
        ...
