"""Who is writing a reply in a session: at most one living owner.

A reply and its lease begin in one transaction and end in one, so a reply with the status
`streaming` and no living lease is abandoned.
"""

from __future__ import annotations

from typing import NamedTuple

from chatcli.core.text import one_line
from chatcli.errors import SessionBusyError
from chatcli.storage import processes
from chatcli.storage.rows import NUMBER, REAL, TEXT, check, unreadable
from chatcli.storage.transaction import Row, Transaction

HEARTBEAT_LIMIT = 30.0
"""Seconds after a heartbeat for which an owner counts as alive if its process cannot be seen."""

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

    On this machine its process decides, however long it has been silent: a stopped one may resume.
    Another machine's is judged by its heartbeat.
    """
    if lease.owner == tx.owner.id:
        return lease.turn_id not in tx.late
    if lease.host == tx.owner.host and processes.can_see_processes():
        return processes.is_running(lease.pid, lease.started)
    return abs(tx.now - lease.heartbeat) < HEARTBEAT_LIMIT


def take(tx: Transaction, session_id: str, turn_id: int) -> None:
    """Take the lease of the session, which has none."""
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
    """Release the session."""
    tx.run("DELETE FROM leases WHERE session_id = ?", session_id)


def own_turns(tx: Transaction) -> set[int]:
    """The ids of the replies that this store writes."""
    rows = tx.rows("SELECT turn_id FROM leases WHERE owner = ?", tx.owner.id)
    return {turn_id for (turn_id,) in rows}


def beat(tx: Transaction) -> None:
    """Record that the owner of this store's leases is alive."""
    tx.run("UPDATE leases SET heartbeat = ? WHERE owner = ?", tx.now, tx.owner.id)


def busy(tx: Transaction, lease: Lease, name: str) -> SessionBusyError:
    """Another owner is writing in the session called `name`."""
    if lease.pid == tx.owner.pid and lease.host == tx.owner.host:
        who = "this process"
    else:
        who = f"another process (PID {lease.pid} on {one_line(lease.host.split(' ')[0])})"
    return SessionBusyError(
        f"{who} is writing a reply in session '{one_line(name)}'; nothing was stored"
    )
