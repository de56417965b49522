"""A database that cannot be written now, opened for reading: nothing is left beside it."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from chatcli.core.ports import ReplyEnd
from chatcli.errors import StoreError
from chatcli.storage import faults, files
from chatcli.storage.connection import connect
from chatcli.storage.faults import translated
from chatcli.storage.migrations import check, version_of
from chatcli.storage.processes import Owner, new_owner
from chatcli.storage.transaction import Transaction

_UNLOCKED = "ro&immutable=1"


def open_read_only(
    path: Path,
    fault: StoreError,
    *,
    known: int,
    now: Callable[[], float],
    lock_timeout: float,
) -> ReadOnlyDatabase:
    """Open a file of version `known` that cannot be written because of `fault`.

    Raises StoreError: `fault`, where the file cannot be read either.
    """
    database = ReadOnlyDatabase(path, fault, now=now, lock_timeout=lock_timeout)
    try:
        if not path.is_file():
            raise fault
        with database.reading() as tx:
            readable = version_of(tx.connection) == known  # an older one would have to be written
        if readable:
            with translated(path), database.connection() as connection:
                check(connection, path, known)
    except (StoreError, OSError):
        readable = False
    if not readable:
        raise fault
    return database


class ReadOnlyDatabase:
    """Reads as Database does, one reader at a time; every attempt to write raises `fault`.

    SQLite keeps an index beside the log of a database, and cannot make it on a disk that is
    full or read-only. So a connection works without: alone on the file where it may lock it
    (https://sqlite.org/wal.html, 8), else on a file that has no log and does not change.
    """

    closed = False
    """There is nothing to close: no connection outlives a transaction."""

    def __init__(
        self, path: Path, fault: StoreError, *, now: Callable[[], float], lock_timeout: float
    ) -> None:
        self.path = path
        self.owner: Owner = new_owner()
        self.late: dict[int, ReplyEnd] = {}  # it writes no reply, so none is ever late
        self._fault = fault
        self._now = now
        self._lock_timeout = lock_timeout
        self._reading = threading.Lock()

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Raises StoreError: why it cannot be written."""
        raise self._fault
        yield

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """One read transaction; raises StoreError, StoreRefusedError."""
        with self._reading, translated(self.path), self.connection() as reader:
            reader.execute("BEGIN")
            yield Transaction(reader, self.owner, self._now())

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection that reads; raises StoreError if the file changed under an unlocked one."""
        before = _state(self.path)
        with closing(self._connect()) as connection:
            yield connection
            unlocked = connection.execute("PRAGMA locking_mode").fetchone()[0] != "exclusive"
        if unlocked and before != _state(self.path):
            raise faults.changed(self.path)

    def _connect(self) -> sqlite3.Connection:
        if os.access(self.path, os.W_OK) and os.access(self.path.parent, os.W_OK | os.X_OK):
            try:
                return self._opened("rw", "PRAGMA locking_mode = EXCLUSIVE")
            except sqlite3.OperationalError as error:
                if faults.is_locked(error):
                    raise
        return self._opened("ro" if files.is_unfinished(self.path) else _UNLOCKED)

    def _opened(self, mode: str, *settings: str) -> sqlite3.Connection:
        connection = connect(self.path, mode, self._lock_timeout)
        try:
            for setting in (*settings, "PRAGMA query_only = ON", "PRAGMA temp_store = MEMORY"):
                connection.execute(setting).fetchall()
            version_of(connection)  # only now is the file touched
        except BaseException:
            connection.close()
            raise
        return connection

    def version(self) -> int:
        """Always the same: nobody watches a database that cannot be written."""
        return 0

    def empty_log(self) -> bool:
        """Nothing is written, the log neither."""
        return False

    def close(self) -> None:
        """Nothing is open."""


def _state(path: Path) -> tuple[object, ...]:
    """What changes when another process has written to the file or begun to."""
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns, files.is_unfinished(path)
