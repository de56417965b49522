"""The connections to the database: one that writes, and as many as are needed to read."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from chatcli.storage import faults, files
from chatcli.storage.faults import translated
from chatcli.storage.migrations import Migration, check, migrate, version_of
from chatcli.storage.processes import Owner
from chatcli.storage.transaction import Transaction

_RETRY_SECONDS = 0.02


class Database:
    """An open database file. Thread-safe: writers take turns, readers wait for nobody.

    Args:
        path: the file; it exists and was checked.
        writer: the connection that writes.
        owner: in whose name leases are taken.
        version: the version that this program knows.
        now: Unix seconds.
        lock_timeout: seconds to wait for another program's lock.
    """

    def __init__(
        self,
        path: Path,
        writer: sqlite3.Connection,
        *,
        owner: Owner,
        version: int,
        now: Callable[[], float],
        lock_timeout: float,
    ) -> None:
        self.path = path
        self.owner = owner
        self._writer = writer
        self._version = version
        self._now = now
        self._lock_timeout = lock_timeout
        self._file = files.identity(path)
        self._writing = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._idle_lock = threading.Lock()
        self._closed = False
        self._data_version = 0

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """One write transaction: all of it is on disk when the block ends, or nothing.

        Raises:
            StoreError: locked by another program, disk full, closed, or the file is gone.
            StoreRefusedError: damaged, not writable, or a newer chatcli has changed it.
        """
        with self._writing, translated(self.path):
            if self._closed:
                raise faults.closed()
            if files.identity(self.path) != self._file:
                raise faults.gone(self.path)
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                self._refuse_newer()
                yield Transaction(self._writer, self.owner, self._now())
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """One read transaction: the whole block sees the same state of the database."""
        with translated(self.path):
            reader = self._take_reader()
            try:
                reader.execute("BEGIN")
                yield Transaction(reader, self.owner, self._now())
            finally:
                self._give_back(reader)

    def version(self) -> int:
        """A number that changes when another connection than our writer has changed the file.

        Waits for nobody: while we write it stays what it was, and is right the next time.
        """
        if self._writing.acquire(blocking=False):
            try:
                with translated(self.path):
                    self._data_version = self._read_data_version()
            finally:
                self._writing.release()
        return self._data_version

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    def empty_log(self) -> None:
        """Move the log into the file and cut it to nothing, if no reader needs it just now.

        Else the last process to close the file does it.
        """
        with self._writing, suppress(sqlite3.Error):
            self._writer.execute("PRAGMA busy_timeout = 0")
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            self._writer.execute(f"PRAGMA busy_timeout = {int(self._lock_timeout * 1000)}")

    def close(self) -> None:
        """Close all connections; those that still read are closed when they are done."""
        with self._writing, translated(self.path):
            with self._idle_lock:
                self._closed = True
                idle, self._idle = self._idle, []
            for reader in idle:
                reader.close()
            self._writer.close()  # last, for it moves the log into the file

    def _read_data_version(self) -> int:
        if self._closed:
            raise faults.closed()
        number: int = self._writer.execute("PRAGMA data_version").fetchone()[0]
        return number

    def _refuse_newer(self) -> None:
        version = version_of(self._writer)
        if version > self._version:
            raise faults.newer(self.path, version, self._version)

    def _take_reader(self) -> sqlite3.Connection:
        with self._idle_lock:
            if self._closed:
                raise faults.closed()
            if self._idle:
                return self._idle.pop()
        reader = connect(self.path, "rw", self._lock_timeout)
        reader.execute("PRAGMA query_only = ON")
        reader.execute("PRAGMA temp_store = MEMORY")  # a full disk must not stop a reader
        return reader

    def _give_back(self, reader: sqlite3.Connection) -> None:
        if reader.in_transaction:
            reader.execute("ROLLBACK")
        with self._idle_lock:
            if not self._closed:
                self._idle.append(reader)
                return
        reader.close()


def open_database(
    path: Path,
    migrations: Sequence[Migration],
    *,
    owner: Owner,
    now: Callable[[], float],
    lock_timeout: float,
) -> Database:
    """Open the file, made anew or brought to the newest version where needed.

    Raises:
        StoreError: locked for longer than `lock_timeout` seconds, or the disk is full.
        StoreRefusedError: damaged, newer, another program's, or not writable; untouched.
    """
    with translated(path):
        files.make_private_folder(path.parent)
        files.make_private_file(path)
        files.check_usable(path)
        writer = _when_unlocked(lambda: _open_writer(path, migrations, lock_timeout), lock_timeout)
        files.keep_private(path)
    return Database(
        path,
        writer,
        owner=owner,
        version=len(migrations),
        now=now,
        lock_timeout=lock_timeout,
    )


def connect(path: Path, mode: str, lock_timeout: float) -> sqlite3.Connection:
    """A connection whose transactions we begin and end ourselves, usable from any thread."""
    return sqlite3.connect(
        files.uri(path, mode),
        uri=True,
        timeout=lock_timeout,
        isolation_level=None,
        check_same_thread=False,
    )


def _open_writer(
    path: Path, migrations: Sequence[Migration], lock_timeout: float
) -> sqlite3.Connection:
    if files.has_log(path):
        _check_with_log(path, len(migrations), lock_timeout)
    writer = connect(path, "rw", lock_timeout)
    try:
        check(writer, path, len(migrations))
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("PRAGMA synchronous = FULL")
        writer.execute("PRAGMA fullfsync = ON")  # macOS: past the disk's own cache
        writer.execute("PRAGMA secure_delete = ON")  # what is purged is overwritten
        migrate(writer, path, migrations)
    except BaseException:
        writer.close()
        raise
    return writer


def _check_with_log(path: Path, known: int, lock_timeout: float) -> None:
    """Check a database that has a log, through a connection that cannot write.

    The last connection to close moves the log into the file, which would change a file that
    we are about to refuse. One that cannot write leaves both as they are.
    """
    try:
        with closing(connect(path, "ro", lock_timeout)) as connection:
            check(connection, path, known)
    except sqlite3.OperationalError:
        if files.has_log(path):
            raise
        # the last process left meanwhile and took the log along: nothing to be careful about


def _when_unlocked(attempt: Callable[[], sqlite3.Connection], timeout: float) -> sqlite3.Connection:
    """Try until `timeout` seconds are over: SQLite itself does not wait in every case.

    It does not while another connection sets the journal mode or recovers the log.
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            return attempt()
        except sqlite3.Error as error:
            if not faults.is_locked(error) or time.monotonic() >= deadline:
                raise
        time.sleep(_RETRY_SECONDS)
