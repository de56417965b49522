"""A session and its turns as they should be, to compare the store with."""

from __future__ import annotations

from dataclasses import dataclass, field

from chatcli.core.model import (
    EMPTY_PREVIEW,
    EndedBy,
    Role,
    Session,
    SessionState,
    TurnStatus,
    preview_of,
)


@dataclass
class PicturedTurn:
    """A turn as it should be."""

    id: int
    parent: PicturedTurn | None
    role: Role
    content: str
    status: TurnStatus = TurnStatus.COMPLETE

    def path(self) -> list[PicturedTurn]:
        """The conversation up to here."""
        return [*(self.parent.path() if self.parent else []), self]

    def position(self) -> int:
        """How many turns count up to here."""
        before = self.parent.position() if self.parent else 0
        if self.status is TurnStatus.FAILED:
            return before - 1
        return before + 1


@dataclass
class PicturedSession:
    """A session as it should be."""

    id: str
    activity: float
    ended_by: EndedBy | None = None
    head: PicturedTurn | None = None
    seen: int = 0
    turns: list[PicturedTurn] = field(default_factory=list)
    writing: PicturedTurn | None = None

    def path(self) -> list[PicturedTurn]:
        """The conversation as it stands."""
        return self.head.path() if self.head else []

    def agrees_with(self, session: Session) -> None:
        """Compare everything that a list shows."""
        path = self.path()
        prompts = [turn.content for turn in path if turn.role is Role.USER]
        unread = [
            turn.id
            for turn in path
            if turn.role is Role.ASSISTANT
            and turn.status is not TurnStatus.STREAMING
            and turn.id > self.seen
        ]
        assert session.turns == (self.head.position() if self.head else 0)
        assert session.head_id == (self.head.id if self.head else None)
        assert session.preview == (preview_of(prompts[0]) if prompts else EMPTY_PREVIEW)
        assert session.unread == len(unread)
        assert session.writing == (self.writing is not None)
        assert (session.state is SessionState.ENDED) == (self.ended_by is not None)
        assert session.ended_by == self.ended_by
        assert session.last_activity == self.activity
