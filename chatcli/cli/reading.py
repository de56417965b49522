"""Marks as read what `history` has shown to a person."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from chatcli.commands.registry import Transcript
from chatcli.core.model import Role, Turn, TurnStatus
from chatcli.errors import StoreError

if TYPE_CHECKING:
    from chatcli.cli.invocation import Invocation
    from chatcli.commands.registry import Outcome


def mark_read(invocation: Invocation, outcome: Outcome) -> None:
    """Mark the replies that were printed; if some unread ones were not, all stay unread.

    They stay so, too, in a database that cannot be written: they have been printed all the same.
    """
    for shown in outcome.blocks:
        if not isinstance(shown, Transcript) or not shown.session.unread:
            continue
        replies = [turn for turn in shown.turns if _is_whole_reply(turn)]
        if shown.session.unread <= len(replies):
            with suppress(StoreError):
                manager = invocation.make_manager()
                manager.mark_seen(shown.session, replies[-1].id)
                manager.store.close()


def _is_whole_reply(turn: Turn) -> bool:
    """Whether nothing more will be written to it."""
    return turn.role is Role.ASSISTANT and turn.status is not TurnStatus.STREAMING
