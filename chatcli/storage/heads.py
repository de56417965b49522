"""Where a session points, how far it was read, and the figures that follow from both."""

from __future__ import annotations

from chatcli.core.model import Session, preview_of
from chatcli.errors import SessionNotFoundError
from chatcli.storage.endings import settle
from chatcli.storage.lifecycle import touch
from chatcli.storage.sessions import session_by_id
from chatcli.storage.transaction import Transaction
from chatcli.storage.turns import stored_turn

_COUNT_UNREAD = """
    WITH RECURSIVE path (id, parent_id, role, status) AS (
        SELECT id, parent_id, role, status FROM turns WHERE id = ? AND id > ?
        UNION ALL
        SELECT t.id, t.parent_id, t.role, t.status
        FROM path JOIN turns AS t ON t.id = path.parent_id WHERE t.id > ?
    )
    SELECT count(*) FROM path WHERE role = 'assistant' AND status <> 'streaming'
"""
_FIRST_MESSAGE = """
    WITH RECURSIVE path (id, parent_id, role) AS (
        SELECT id, parent_id, role FROM turns WHERE id = ?
        UNION ALL
        SELECT t.id, t.parent_id, t.role FROM path JOIN turns AS t ON t.id = path.parent_id
    )
    SELECT min(id) FROM path WHERE role = 'user'
"""


def set_head(tx: Transaction, session_id: str, turn_id: int | None) -> Session:
    """Point the session at another of its turns; see `Store.set_head`.

    Raises:
        SessionNotFoundError: there is no such session, or no such turn in it.
        SessionBusyError: a reply is being written in it.
    """
    settle(tx, session_by_id(tx, session_id))
    turns = 0 if turn_id is None else _turn_in(tx, session_id, turn_id)
    tx.run(
        "UPDATE sessions SET head_id = ?, turns = ?, preview = ? WHERE id = ?",
        turn_id,
        turns,
        _preview(tx, turn_id),
        session_id,
    )
    count_unread(tx, session_id)
    touch(tx, session_id)
    return session_by_id(tx, session_id)


def mark_seen(tx: Transaction, session_id: str, turn_id: int) -> None:
    """Note that a screen showed everything up to this turn; the mark never moves back.

    Raises:
        SessionNotFoundError: there is no such session, or no such turn in it.
    """
    session = session_by_id(tx, session_id)
    _turn_in(tx, session_id, turn_id)
    if session.seen_id is None or session.seen_id < turn_id:
        tx.run("UPDATE sessions SET seen_id = ? WHERE id = ?", turn_id, session_id)
        count_unread(tx, session_id)


def count_unread(tx: Transaction, session_id: str) -> None:
    """Count the ended replies in the conversation that no screen has shown.

    A turn's id is higher than its parent's, so the walk back ends at the last one seen.
    """
    head_id, seen_id = tx.rows("SELECT head_id, seen_id FROM sessions WHERE id = ?", session_id)[0]
    seen = seen_id or 0
    unread = tx.value(_COUNT_UNREAD, head_id, seen, seen)
    tx.run("UPDATE sessions SET unread = ? WHERE id = ?", unread, session_id)


def _turn_in(tx: Transaction, session_id: str, turn_id: int) -> int:
    """The position of a turn of this session."""
    turn = stored_turn(tx, turn_id)
    if turn.session_id != session_id:
        raise SessionNotFoundError(f"there is no turn {turn_id} in this session")
    return turn.position


def _preview(tx: Transaction, head_id: int | None) -> str | None:
    """The beginning of the first message before or at the head."""
    first = tx.value(_FIRST_MESSAGE, head_id)
    return None if first is None else preview_of(stored_turn(tx, first).content)
