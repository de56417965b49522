"""Making, changing, ending, restoring and deleting sessions."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace

from chatcli.core.model import ABOUT, EndedBy, Session, SessionState
from chatcli.core.names import checked_name, name_taken
from chatcli.core.ports import Created, NewSession
from chatcli.core.text import encodable
from chatcli.storage.endings import settle
from chatcli.storage.lookup import free_name, is_active_name, name_beside
from chatcli.storage.rows import to_json
from chatcli.storage.sessions import SELECT_SESSIONS, session_by_id, session_of
from chatcli.storage.transaction import Transaction


def create_session(tx: Transaction, new: NewSession, max_active: int) -> Created:
    """Store a session; see `Store.create_session`.

    Raises:
        UsageError: the name cannot be one.
        SessionNameTakenError: an active session has it.
        ValueError: there is a session of that id.
    """
    active = new.state is SessionState.ACTIVE
    name = _new_name(tx, new)
    if active:
        _refuse_taken(tx, name)
    if new.id and tx.row("SELECT 1 FROM sessions WHERE id = ?", new.id):
        raise ValueError(f"the session {new.id} is stored already")
    ended = _make_room(tx, max_active) if active else ()
    session_id = new.id or f"sess_{os.urandom(6).hex()}"
    _insert(tx, session_id, name, new)
    return Created(session_by_id(tx, session_id), ended)


def update_session(
    tx: Transaction,
    session_id: str,
    *,
    name: str | None,
    model: str | None,
    system_prompt: str | None,
    options: Mapping[str, object] | None,
    draft: str | None,
) -> Session:
    """Change what is not None; see `Store.update_session`."""
    session = session_by_id(tx, session_id)
    if name is not None:
        name = checked_name(name)
        if session.state is SessionState.ACTIVE and name != session.name:
            _refuse_taken(tx, name)
    changes = {
        "name": name,
        "model": None if model is None else encodable(model),
        "system_prompt": None if system_prompt is None else encodable(system_prompt),
        "options": None if options is None else to_json(options),
        "draft": None if draft is None else encodable(draft),
    }
    for column, value in changes.items():
        if value is not None:
            tx.run(
                f"UPDATE sessions SET {column} = ? WHERE id = ? AND {column} <> ?",
                value,
                session_id,
                value,
            )
    return session_by_id(tx, session_id)


def end_session(tx: Transaction, session_id: str, by: EndedBy) -> Session:
    """End the session; one that has ended stays as it is."""
    session = session_by_id(tx, session_id)
    if session.state is SessionState.ENDED:
        return session
    tx.run("UPDATE sessions SET state = 'ended', ended_by = ? WHERE id = ?", by, session_id)
    return replace(session, state=SessionState.ENDED, ended_by=by)


def restore_session(tx: Transaction, session_id: str, max_active: int) -> Created:
    """Make an ended session active again, as the one last active."""
    session = session_by_id(tx, session_id)
    if session.state is SessionState.ACTIVE:
        return Created(session)
    ended = _make_room(tx, max_active)
    activate(tx, session)
    touch(tx, session_id)
    return Created(session_by_id(tx, session_id), ended)


def purge_session(tx: Transaction, session_id: str) -> None:
    """Delete a session and its turns, and the one-offs in which a model summed it up.

    Raises:
        SessionNotFoundError: there is none.
        SessionBusyError: a reply is being written in one of them.
    """
    summed_up = "SELECT id FROM sessions WHERE ended_by = ? AND metadata = ?"
    asides = tx.rows(summed_up, EndedBy.ONE_OFF, to_json({ABOUT: session_id}))
    for each in (session_id, *(aside for (aside,) in asides)):
        settle(tx, session_by_id(tx, each))
        tx.run("DELETE FROM turns WHERE session_id = ?", each)
        tx.run("DELETE FROM sessions WHERE id = ?", each)


def activate(tx: Transaction, session: Session) -> None:
    """Make an ended session active, under another name if its own is taken."""
    tx.run(
        "UPDATE sessions SET state = 'active', ended_by = NULL, name = ? WHERE id = ?",
        name_beside(tx, session.name),
        session.id,
    )


def touch(tx: Transaction, session_id: str) -> None:
    """Record activity now; the time never goes back, even if the clock does."""
    tx.run(
        "UPDATE sessions SET last_activity = max(last_activity, ?) WHERE id = ?",
        tx.now,
        session_id,
    )


def _new_name(tx: Transaction, new: NewSession) -> str:
    if new.name:
        return checked_name(new.name)
    return free_name(tx, "one-off-" if new.ended_by is EndedBy.ONE_OFF else "chat-")


def _refuse_taken(tx: Transaction, name: str) -> None:
    if is_active_name(tx, name):
        raise name_taken(name)


def _make_room(tx: Transaction, max_active: int) -> tuple[Session, ...]:
    """End the longest idle sessions until one more may be active; returns them ended."""
    if max_active <= 0:
        return ()
    count = tx.value("SELECT count(*) FROM sessions WHERE state = 'active'")
    excess = count - max_active + 1
    if excess <= 0:
        return ()
    order = "WHERE s.state = 'active' ORDER BY s.last_activity, s.number"
    idle = [
        session
        for session in (session_of(tx, row) for row in tx.rows(SELECT_SESSIONS + order))
        if not session.writing
    ]
    return tuple(end_session(tx, session.id, EndedBy.LIMIT) for session in idle[:excess])


def _insert(tx: Transaction, session_id: str, name: str, new: NewSession) -> None:
    tx.run(
        """
        INSERT INTO sessions (id, name, model, system_prompt, state, ended_by, created_at,
            last_activity, metadata, options)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        session_id,
        name,
        encodable(new.model),
        encodable(new.system_prompt),
        new.state,
        new.ended_by,
        tx.now,
        tx.now,
        to_json(new.metadata),
        to_json(new.options),
    )
