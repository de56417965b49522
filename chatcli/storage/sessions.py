"""Reading sessions: one by its id, the list of them, the last one."""

from __future__ import annotations

from dataclasses import replace

from chatcli.core.model import EMPTY_PREVIEW, EndedBy, Session, SessionState
from chatcli.core.text import encodable, one_line
from chatcli.errors import SessionNotFoundError
from chatcli.storage.leases import Lease, is_living, lease_from
from chatcli.storage.rows import (
    MAYBE_NUMBER,
    MAYBE_TEXT,
    NUMBER,
    REAL,
    TEXT,
    Kinds,
    check,
    from_json,
    unreadable,
)
from chatcli.storage.transaction import Row, Transaction
from chatcli.storage.turns import turn_by_id

SELECT_SESSIONS = """
    SELECT s.id, s.name, s.model, s.system_prompt, s.state, s.created_at, s.last_activity, s.turns,
        s.preview, s.unread, s.head_id, s.seen_id, s.ended_by, s.draft, s.metadata, s.options,
        l.turn_id, l.owner, l.host, l.pid, l.started, l.heartbeat
    FROM sessions AS s LEFT JOIN leases AS l ON l.session_id = s.id
"""
"""Rows for `session_of`, in the order of Session's fields, then of Lease's; WHERE follows."""

_LEASE_AT = 16
_KINDS: Kinds = (
    *(TEXT, TEXT, TEXT, TEXT, TEXT, REAL, REAL, NUMBER),
    *(MAYBE_TEXT, NUMBER, MAYBE_NUMBER, MAYBE_NUMBER, MAYBE_TEXT, TEXT, TEXT, TEXT),
)


def session_of(tx: Transaction, row: Row) -> Session:
    """A Session from a row of SELECT_SESSIONS."""
    lease = None if row[_LEASE_AT] is None else lease_from(row[_LEASE_AT:])
    living = lease is not None and is_living(tx, lease)
    session = _session(row, writing=living)
    return session if lease is None or living else _interrupted(tx, session, lease)


def _session(row: Row, *, writing: bool) -> Session:
    session_id, name, model, system_prompt, state, created_at, last_activity, turns = row[:8]
    preview, unread, head_id, seen_id, ended_by, draft, metadata, options = row[8:_LEASE_AT]
    try:
        check(row[:_LEASE_AT], _KINDS, created_at, last_activity)
        return Session(
            id=session_id,
            name=name,
            model=model,
            system_prompt=system_prompt,
            state=SessionState(state),
            created_at=created_at,
            last_activity=last_activity,
            turns=turns,
            preview=EMPTY_PREVIEW if preview is None else preview,
            unread=unread,
            head_id=head_id,
            seen_id=seen_id,
            writing=writing,
            ended_by=None if ended_by is None else EndedBy(ended_by),
            draft=draft,
            metadata=from_json(metadata),
            options=from_json(options),
        )
    except ValueError as error:
        raise unreadable(error) from error


def _interrupted(tx: Transaction, session: Session, lease: Lease) -> Session:
    """The session as it will be once its abandoned reply is closed."""
    reply = turn_by_id(tx, lease.turn_id)
    unread = session.unread + is_unread(reply.id, session)
    return replace(session, turns=reply.position, unread=unread)


def is_unread(turn_id: int, session: Session) -> bool:
    """Whether no screen has shown the turn."""
    return session.seen_id is None or turn_id > session.seen_id


def session_by_id(tx: Transaction, session_id: str) -> Session:
    """The session with exactly this id.

    Raises:
        SessionNotFoundError: there is none.
    """
    row = tx.row(SELECT_SESSIONS + "WHERE s.id = ?", encodable(session_id))
    if row is None:
        raise SessionNotFoundError(f"no session has the id '{one_line(session_id, 100)}'")
    return session_of(tx, row)


def list_sessions(tx: Transaction, *, ended: bool) -> list[Session]:
    """Newest activity first, equal ones in the order of creation."""
    where = "" if ended else "WHERE s.state = 'active'"
    rows = tx.rows(SELECT_SESSIONS + where + " ORDER BY s.last_activity DESC, s.number")
    return [session_of(tx, row) for row in rows]


def heads(tx: Transaction) -> dict[str, int | None]:
    """The active sessions' ids and heads; a twentieth of what whole sessions cost."""
    return dict(tx.rows("SELECT id, head_id FROM sessions WHERE state = 'active'"))


def last_session(tx: Transaction) -> Session | None:
    """The active session with the newest activity."""
    row = tx.row(
        SELECT_SESSIONS + "WHERE s.state = 'active' ORDER BY s.last_activity DESC, s.number LIMIT 1"
    )
    return None if row is None else session_of(tx, row)
