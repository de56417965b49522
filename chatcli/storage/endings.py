"""How a reply ends: closed by its writer, or in place of a writer that is gone."""

from __future__ import annotations

from chatcli.core.model import Session, Turn
from chatcli.storage.leases import busy, is_living, lease_of, release
from chatcli.storage.rows import ending_values
from chatcli.storage.sessions import session_by_id
from chatcli.storage.transaction import Transaction
from chatcli.storage.turns import interrupted, stored_turn, with_pieces


def settle(tx: Transaction, session: Session) -> Session:
    """Make sure that no reply is being written in the session; close what a dead owner left open.

    Returns the session after that.

    Raises:
        SessionBusyError: a living owner writes a reply in it.
    """
    lease = lease_of(tx, session.id)
    if lease is None:
        return session
    if is_living(tx, lease):
        raise busy(tx, lease, session.name)
    interrupt(tx, lease.turn_id)
    return session_by_id(tx, session.id)


def interrupt(tx: Transaction, turn_id: int) -> None:
    """Close an abandoned reply, with the text stored so far."""
    close_reply(tx, interrupted(with_pieces(tx, stored_turn(tx, turn_id))))


def close_reply(tx: Transaction, reply: Turn) -> None:
    """Store the reply in its final state and release its session."""
    tx.run(
        """
        UPDATE turns SET status = ?, position = ?, content = ?, model_used = ?, finish_reason = ?,
            input_tokens = ?, output_tokens = ?, cost_usd = ?, first_token_seconds = ?,
            total_seconds = ?, reasoning_text = ?, reasoning_backend = ?, reasoning_raw = ?,
            error_kind = ?, error_message = ?, error_hint = ?
        WHERE id = ?
        """,
        *ending_values(reply),
        reply.id,
    )
    tx.run("DELETE FROM turn_pieces WHERE turn_id = ?", reply.id)
    tx.run(
        """
        UPDATE sessions SET turns = ?, unread = unread + (? > coalesce(seen_id, 0)) WHERE id = ?
        """,
        reply.position,
        reply.id,
        reply.session_id,
    )
    release(tx, reply.session_id)
