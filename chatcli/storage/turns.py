"""Reading turns: one, or the conversation up to one."""

from __future__ import annotations

from dataclasses import replace

from chatcli.core.model import Fault, Turn, TurnStatus
from chatcli.core.ports import ReplyEnd
from chatcli.errors import SessionNotFoundError
from chatcli.storage.leases import is_living, lease_of
from chatcli.storage.rows import TURN_COLUMNS, turn_of
from chatcli.storage.transaction import Row, Transaction

_NO_LIMIT = -1
_LARGEST_LIMIT = 2**31

_PATH = f"""
    WITH RECURSIVE path ({TURN_COLUMNS}) AS (
        SELECT {TURN_COLUMNS} FROM turns WHERE id = ?
        UNION ALL
        SELECT {", ".join(f"t.{column.strip()}" for column in TURN_COLUMNS.split(","))}
        FROM path JOIN turns AS t ON t.id = path.parent_id
        LIMIT ?
    )
    SELECT * FROM path
"""


def turn_by_id(tx: Transaction, turn_id: int) -> Turn:
    """One turn, with the text it has so far.

    Raises:
        SessionNotFoundError: there is no such turn (any more).
    """
    return shown(tx, stored_turn(tx, turn_id))


def stored_turn(tx: Transaction, turn_id: int) -> Turn:
    """One turn as its row has it: a reply being written has no text there yet."""
    row = tx.row(f"SELECT {TURN_COLUMNS} FROM turns WHERE id = ?", turn_id)
    if row is None:
        raise SessionNotFoundError(f"there is no turn {turn_id}")
    return turn_of(row)


def path_rows(tx: Transaction, head_id: int | None, limit: int | None = None) -> list[Row]:
    """The rows from the conversation's first turn to `head_id`; the last `limit` of them.

    Walks from turn to parent, so the cost is that of the rows that come back.
    """
    if head_id is None or (limit is not None and limit <= 0):
        return []
    rows = tx.rows(_PATH, head_id, _NO_LIMIT if limit is None else min(limit, _LARGEST_LIMIT))
    rows.reverse()
    return rows


def thread(tx: Transaction, head_id: int | None, limit: int | None = None) -> list[Turn]:
    """The conversation that ends with `head_id`, oldest first; its last `limit` turns."""
    return [shown(tx, turn_of(row)) for row in path_rows(tx, head_id, limit)]


def shown(tx: Transaction, turn: Turn) -> Turn:
    """The turn as a reader sees it.

    A reply being written has the text stored so far; an abandoned one has ended, even if its
    row does not say so yet.
    """
    if turn.status is not TurnStatus.STREAMING:
        return turn
    if turn.id in tx.late:
        return ended(turn, tx.late[turn.id])
    turn = with_pieces(tx, turn)
    lease = lease_of(tx, turn.session_id)
    if lease is not None and lease.turn_id == turn.id and is_living(tx, lease):
        return turn
    return interrupted(turn)


def ended(reply: Turn, end: ReplyEnd) -> Turn:
    """The reply with its end."""
    turn = end.applied_to(reply)
    failed = end.status is TurnStatus.FAILED
    return replace(turn, position=failed_position(reply)) if failed else turn


def interrupted(reply: Turn) -> Turn:
    """A reply whose process is gone: incomplete, or failed if there is no text."""
    fault = "the process writing this reply ended before the reply did"
    if reply.content:
        return replace(
            reply,
            status=TurnStatus.INCOMPLETE,
            finish_reason="interrupted",
            error=Fault("interrupted", fault, "/continue continues it, /retry asks again"),
        )
    return replace(
        reply,
        status=TurnStatus.FAILED,
        position=failed_position(reply),
        finish_reason="interrupted",
        error=Fault("interrupted", fault, "/retry asks again"),
    )


def failed_position(reply: Turn) -> int:
    """Where a reply stands that counts no more than its prompt does."""
    return reply.position - 2


def with_pieces(tx: Transaction, reply: Turn) -> Turn:
    """A reply being written, with the text stored so far."""
    pieces = tx.rows(
        "SELECT text, reasoning FROM turn_pieces WHERE turn_id = ? ORDER BY seq", reply.id
    )
    text = "".join(text for text, _ in pieces)
    thought = "".join(thought for _, thought in pieces)
    return replace(reply, content=text, reasoning=replace(reply.reasoning, text=thought))
