"""Who writes a reply in a session: one living owner at most.

A reply and its lease are written in one transaction and go in one, so a reply that has the
status `streaming` and no living lease is one that nobody writes any more.
"""

from __future__ import annotations

from typing import NamedTuple

from chatcli.core.text import one_line
from chatcli.errors import SessionBusyError
from chatcli.storage import processes
from chatcli.storage.rows import NUMBER, REAL, TEXT, check, unreadable
from chatcli.storage.transaction import Row, Transaction

HEARTBEAT_LIMIT = 30.0
"""Seconds. An owner whose process cannot be looked at is alive until then."""

LEASE_COLUMNS = "turn_id, owner, host, pid, started, heartbeat"


class Lease(NamedTuple):
    """The right to write the reply `turn_id`; a row of LEASE_COLUMNS."""

    turn_id: int
    owner: str
    host: str
    pid: int
    started: str
    heartbeat: float


def lease_of(tx: Transaction, session_id: str) -> Lease | None:
    """The session's lease, of a living owner or a dead one."""
    row = tx.row(f"SELECT {LEASE_COLUMNS} FROM leases WHERE session_id = ?", session_id)
    return None if row is None else lease_from(row)


def lease_from(row: Row) -> Lease:
    """A Lease from a row of LEASE_COLUMNS.

    Raises:
        sqlite3.DatabaseError: a column holds what chatcli never wrote there.
    """
    try:
        check(row, (NUMBER, TEXT, TEXT, NUMBER, TEXT, REAL))
    except ValueError as error:
        raise unreadable(error) from error
    return Lease(*row)


def is_living(tx: Transaction, lease: Lease) -> bool:
    """Whether the owner may still write.

    On this machine its process tells, however long it has been silent: a stopped one may go
    on. Another machine's is judged by its heartbeat.
    """
    if lease.owner == tx.owner.id:
        return lease.turn_id not in tx.late
    if lease.host == tx.owner.host and processes.can_see_processes():
        return processes.is_running(lease.pid, lease.started)
    return abs(tx.now - lease.heartbeat) < HEARTBEAT_LIMIT


def take(tx: Transaction, session_id: str, turn_id: int) -> None:
    """Make the session ours; there is no lease on it now."""
    me = tx.owner
    tx.run(
        f"INSERT INTO leases (session_id, {LEASE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        session_id,
        turn_id,
        me.id,
        me.host,
        me.pid,
        me.started,
        tx.now,
    )


def release(tx: Transaction, session_id: str) -> None:
    """Give the session back."""
    tx.run("DELETE FROM leases WHERE session_id = ?", session_id)


def own_turns(tx: Transaction) -> set[int]:
    """The ids of the replies that this store writes."""
    rows = tx.rows("SELECT turn_id FROM leases WHERE owner = ?", tx.owner.id)
    return {turn_id for (turn_id,) in rows}


def beat(tx: Transaction) -> None:
    """Say that the owner of this store's leases is alive."""
    tx.run("UPDATE leases SET heartbeat = ? WHERE owner = ?", tx.now, tx.owner.id)


def busy(tx: Transaction, lease: Lease, name: str) -> SessionBusyError:
    """The session called `name` is another's."""
    if lease.pid == tx.owner.pid and lease.host == tx.owner.host:
        who = "this process"
    else:
        who = f"another process (PID {lease.pid} on {one_line(lease.host.split(' ')[0])})"
    return SessionBusyError(
        f"{who} is writing a reply in session '{one_line(name)}'; nothing was stored"
    )
