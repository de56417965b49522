"""The messages that wait to be sent; until then they can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatcli.manager import PendingReply
    from chatcli.ui.printing.view import SessionView

BETWEEN = "\n\n"
"""Stands between messages that come back into one input."""


class Outbox:
    """Knows the messages that have not been sent to a backend."""

    def __init__(self) -> None:
        self._open: dict[PendingReply, SessionView] = {}
        self._taken: dict[PendingReply, SessionView] = {}

    @contextmanager
    def holding(self, pending: PendingReply, view: SessionView) -> Iterator[None]:
        """Keep the message here while the block waits to send it."""
        self._open[pending] = view
        try:
            yield
        finally:
            del self._open[pending]

    def waiting(self) -> dict[SessionView, str]:
        """By session, what would be lost with this process; oldest message first."""
        texts: dict[SessionView, str] = {}
        for pending, view in self._waiting():
            texts[view] = BETWEEN.join(filter(None, [texts.get(view), pending.message]))
        return texts

    def take_back(self) -> dict[SessionView, str]:
        """The same; none of it will be sent."""
        for pending, view in self._waiting():
            if pending not in self._taken:
                self._taken[pending] = view
                pending.cancel()
        return self.waiting()

    def was_taken(self, pending: PendingReply) -> bool:
        """Whether `take_back` has taken it."""
        return pending in self._taken

    def _waiting(self) -> list[tuple[PendingReply, SessionView]]:
        """A message that was taken back came first: those behind it have been taken back, too."""
        still = [(p, v) for p, v in self._open.items() if p.turn_id is None and not p.done]
        every = {**self._taken, **dict(still)}
        return [(pending, view) for pending, view in every.items() if pending.message]
