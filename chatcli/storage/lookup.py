"""The session that a reference names, by name, id or a prefix of either; free names."""

from __future__ import annotations

from chatcli.core.model import Session, SessionState
from chatcli.core.names import NAME_LIMIT, comparable
from chatcli.core.text import one_line
from chatcli.errors import AmbiguousReferenceError, SessionNotFoundError
from chatcli.storage.sessions import SELECT_SESSIONS, session_of
from chatcli.storage.transaction import Row, Transaction

_SHOWN_CANDIDATES = 5
_NEAREST_AMONG = 1000
_AFTER_ALL = "\U0010ffff"
_ID_START = "sess_"
"""Common to all ids, so alone it is no reference."""

_EXACT = (
    "WHERE s.state = 'active' AND s.name = ?",
    "WHERE s.id = ?",
    "WHERE s.name = ? ORDER BY s.last_activity DESC, s.number DESC LIMIT 1",
)


def find_session(tx: Transaction, reference: str) -> Session:
    """The session that `reference` names.

    The first of these that fits: an active session's name, an id, an ended session's name, a prefix
    of one active session's name or id, of one ended session's.

    Raises:
        SessionNotFoundError: none fits.
        AmbiguousReferenceError: the prefix fits several.
    """
    reference = comparable(reference.strip())
    for where in _EXACT:
        row = tx.row(SELECT_SESSIONS + where, reference)
        if row is not None:
            return session_of(tx, row)
    for state in SessionState:
        found = _beginning_with(tx, reference, state) if reference else []
        if len(found) > 1:
            raise _ambiguous(reference, found)
        if found:
            return session_of(tx, found[0])
    raise SessionNotFoundError(
        f"no session is called '{one_line(reference, 100)}'", hint=_nearest(tx, reference)
    )


def _beginning_with(tx: Transaction, beginning: str, state: SessionState) -> list[Row]:
    """Rows of sessions whose name or id has this prefix; at most one more than are shown."""
    found = _in_range(tx, "name", beginning, state)
    if beginning.startswith(_ID_START) and beginning != _ID_START:
        found += _in_range(tx, "id", beginning, state)
    by_id = {row[0]: row for row in found}
    return list(by_id.values())


def _in_range(tx: Transaction, column: str, beginning: str, state: SessionState) -> list[Row]:
    # A range instead of LIKE: it uses the indexes, and no character of it is special.
    where = f"WHERE s.state = '{state}' AND s.{column} >= ? AND s.{column} < ?"
    order = f" ORDER BY s.{column} LIMIT {_SHOWN_CANDIDATES + 1}"
    return tx.rows(SELECT_SESSIONS + where + order, beginning, beginning + _AFTER_ALL)


def _ambiguous(beginning: str, found: list[Row]) -> AmbiguousReferenceError:
    names = [f"{one_line(name)} ({session_id})" for session_id, name, *_ in found]
    more = ", …" if len(names) > _SHOWN_CANDIDATES else ""
    return AmbiguousReferenceError(
        f"'{one_line(beginning, 100)}' may mean {', '.join(names[:_SHOWN_CANDIDATES])}{more}",
        hint="use a longer prefix, or the id",
    )


def _nearest(tx: Transaction, reference: str) -> str:
    """A hint that names the active sessions spelt most like the reference, or ""."""
    import difflib

    rows = tx.rows(
        "SELECT name FROM sessions WHERE state = 'active' ORDER BY last_activity DESC LIMIT ?",
        _NEAREST_AMONG,
    )
    names = difflib.get_close_matches(reference, [name for (name,) in rows])
    return f"did you mean {' or '.join(one_line(name) for name in names)}?" if names else ""


# --- names that are free ------------------------------------------------------


def free_name(tx: Transaction, stem: str, first: int = 1) -> str:
    """`stem` with a number from `first` up: a name that no session has, active or ended.

    Doubles the number until one is free and then halves the gap: a few look-ups however many
    sessions are numbered.
    """
    taken, free = first - 1, first
    while _exists(tx, f"{stem}{free}"):
        taken, free = free, free * 2
    while free - taken > 1:
        middle = (taken + free) // 2
        if _exists(tx, f"{stem}{middle}"):
            taken = middle
        else:
            free = middle
    return f"{stem}{free}"


def name_beside(tx: Transaction, name: str) -> str:
    """`name`, or `name-2` and so on if an active session has that name."""
    if not is_active_name(tx, name):
        return name
    return free_name(tx, f"{name[: NAME_LIMIT - 10]}-", 2)


def is_active_name(tx: Transaction, name: str) -> bool:
    """Whether an active session has this name."""
    query = "SELECT 1 FROM sessions WHERE name = ? AND state = 'active'"
    return tx.row(query, name) is not None


def _exists(tx: Transaction, name: str) -> bool:
    return tx.row("SELECT 1 FROM sessions WHERE name = ? LIMIT 1", name) is not None
