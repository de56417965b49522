"""Writing a reply: its prompt and place, its text piece by piece, its end."""

from __future__ import annotations

from collections.abc import Sequence

from chatcli.core.model import EndedBy, Role, Session, SessionState, Turn, TurnStatus, preview_of
from chatcli.core.ports import ReplyEnd, ReplyText
from chatcli.core.text import encodable, one_line, shell_word
from chatcli.errors import LeaseLostError, SessionEndedError, SessionError, SessionFullError
from chatcli.storage.endings import close_reply, settle
from chatcli.storage.heads import count_unread
from chatcli.storage.leases import own_turns, take
from chatcli.storage.lifecycle import activate, touch
from chatcli.storage.sessions import session_by_id
from chatcli.storage.transaction import Row, Transaction
from chatcli.storage.turns import ended, path_rows, stored_turn


def begin_reply(
    tx: Transaction, session_id: str, content: str | None, *, model: str, max_turns: int
) -> tuple[Session, list[Row]]:
    """Write a prompt (unless `content` is None) and an empty reply; see `Store.begin_turn`.

    Returns the session, and the rows of its conversation: the last is the reply's, the one
    before it the prompt's. They are not Turns yet: converting a long conversation takes time, and
    the database is locked for other writers meanwhile.
    """
    session = settle(tx, session_by_id(tx, session_id))
    _admit(tx, session)
    prompt_id, position = _prompt(tx, session, content, max_turns)
    reply_id = _insert(tx, session_id, prompt_id, position + 1, model=model or session.model)
    tx.run(
        "UPDATE sessions SET head_id = ?, turns = ? WHERE id = ?",
        reply_id,
        position + 1,
        session_id,
    )
    if content is None:  # the reply that was there before is no longer in the conversation
        count_unread(tx, session_id)
    touch(tx, session_id)
    take(tx, session_id, reply_id)
    return session_by_id(tx, session_id), path_rows(tx, reply_id)


def append_text(tx: Transaction, pieces: Sequence[ReplyText]) -> tuple[int, ...]:
    """Append to replies; returns the ids of those that are not ours, which got nothing."""
    ours = own_turns(tx)
    for piece in pieces:
        if piece.turn_id in ours:
            before = _taken_text(tx, piece.turn_id) if piece.text_was_reasoning else ""
            tx.run(
                """
                INSERT INTO turn_pieces (turn_id, seq, text, reasoning)
                SELECT ?, coalesce(max(seq) + 1, 0), ?, ? FROM turn_pieces WHERE turn_id = ?
                """,
                piece.turn_id,
                encodable(piece.text),
                before + encodable(piece.reasoning),
                piece.turn_id,
            )
    return tuple(sorted({piece.turn_id for piece in pieces} - ours))


def _taken_text(tx: Transaction, turn_id: int) -> str:
    """Remove and return the text stored so far of a reply being written."""
    rows = tx.rows("SELECT text FROM turn_pieces WHERE turn_id = ? ORDER BY seq", turn_id)
    tx.run("UPDATE turn_pieces SET text = '' WHERE turn_id = ? AND text <> ''", turn_id)
    return "".join(text for (text,) in rows)


def finish_reply(tx: Transaction, end: ReplyEnd) -> Turn:
    """Close a reply of ours; see `Store.finish_reply`."""
    if end.status is TurnStatus.STREAMING:
        raise ValueError("a reply does not end as streaming")
    if end.turn_id not in own_turns(tx):
        raise lease_lost((end.turn_id,))
    reply = stored_turn(tx, end.turn_id)
    close_reply(tx, ended(reply, end))
    touch(tx, reply.session_id)
    return stored_turn(tx, end.turn_id)


def lease_lost(turn_ids: tuple[int, ...]) -> LeaseLostError:
    """The replies `turn_ids` are not ours to write."""
    return LeaseLostError(
        "another process has taken this reply over; the text so far is kept",
        hint="chatcli history shows what is stored",
        turn_ids=turn_ids,
    )


def _admit(tx: Transaction, session: Session) -> None:
    """Accept an active session, reactivate one that a limit ended, refuse the others.

    A one-off session is stored as ended and still takes its one message.
    """
    if session.state is SessionState.ACTIVE:
        return
    if session.ended_by is EndedBy.LIMIT:
        activate(tx, session)
    elif session.ended_by is not EndedBy.ONE_OFF or _has_turns(tx, session.id):
        raise SessionEndedError(
            f"session '{one_line(session.name)}' has ended; nothing was stored",
            hint=f"chatcli restore {shell_word(session.name)}",
        )


def _has_turns(tx: Transaction, session_id: str) -> bool:
    return tx.row("SELECT 1 FROM turns WHERE session_id = ? LIMIT 1", session_id) is not None


def _prompt(
    tx: Transaction, session: Session, content: str | None, max_turns: int
) -> tuple[int, int]:
    """The id and position of the message to answer, which is written if it is new."""
    if content is None:
        prompt = _answered(tx, session)
        _refuse_full(session, prompt.position - 1, max_turns)
        return prompt.id, prompt.position
    _refuse_full(session, session.turns, max_turns)
    position = session.turns + 1
    tx.run(
        "UPDATE sessions SET preview = coalesce(preview, ?) WHERE id = ?",
        encodable(preview_of(content)),
        session.id,
    )
    return _insert(tx, session.id, session.head_id, position, content=content), position


def _answered(tx: Transaction, session: Session) -> Turn:
    """The message at the head, or the one that the head answers."""
    turn = None if session.head_id is None else stored_turn(tx, session.head_id)
    if turn is not None and turn.role is Role.ASSISTANT and turn.parent_id is not None:
        turn = stored_turn(tx, turn.parent_id)
    if turn is None or turn.role is not Role.USER:
        raise SessionError(
            f"session '{one_line(session.name)}' has no message to answer; nothing was stored",
            hint="send one first",
        )
    return turn


def _refuse_full(session: Session, turns: int, max_turns: int) -> None:
    if 0 < max_turns <= turns:
        raise SessionFullError(
            f"session '{one_line(session.name)}' holds {turns} turns and the limit is {max_turns}; "
            "nothing was stored or sent"
        )


def _insert(
    tx: Transaction,
    session_id: str,
    parent_id: int | None,
    position: int,
    *,
    content: str | None = None,
    model: str = "",
) -> int:
    """Write a message, or with no `content` the empty reply to one; returns its id."""
    role = Role.ASSISTANT if content is None else Role.USER
    status = TurnStatus.STREAMING if content is None else TurnStatus.COMPLETE
    return tx.run(
        """
        INSERT INTO turns
            (session_id, parent_id, position, role, status, created_at, model, content)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        session_id,
        parent_id,
        position,
        role,
        status,
        tx.now,
        encodable(model),
        encodable(content or ""),
    )
