"""The connections to the database: one writer, and as many readers as are needed."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chatcli.core.ports import ReplyEnd
from chatcli.storage import faults, files
from chatcli.storage.faults import translated
from chatcli.storage.migrations import version_of
from chatcli.storage.processes import Owner
from chatcli.storage.transaction import Transaction

LOCK_POLL_SECONDS = (0.0005, 0.003)
"""Between two looks at another process's write lock, which is held for one disk sync; drawn again
each time, so that waiting processes do not keep colliding."""
READERS_MILLISECONDS = 1000
"""How long the log is not emptied because others use it: each of them does for a moment only."""


class Database:
    """An open database file. Thread-safe: writers take turns, readers wait for nobody.

    Args:
        path: the file; it exists and was checked.
        writer: the connection that writes.
        owner: the holder of the leases that are taken.
        version: the version that this program knows.
        now: Unix seconds.
        lock_timeout: seconds to wait for another program's lock.

    `late` is what its user could not store yet of the ends of replies; see Transaction.
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
        if writer.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            writer.execute("PRAGMA busy_timeout = 0")  # only to begin takes waiting: see `_lock`
        self._files = {file: files.identity(file) for file in (path, files.log_of(path))}
        self._writing = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._idle_lock = threading.Lock()
        self.late: dict[int, ReplyEnd] = {}
        self._closed = False
        self._data_version = 0

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """One write transaction: when the block ends, all of it is on disk or none.

        Raises:
            StoreError: locked by another program, disk full, closed, or the file is gone.
            StoreRefusedError: damaged, not writable, or a newer chatcli has changed it.
        """
        self._refuse_forked()
        with self._writing, translated(self.path):
            if self._closed:
                raise faults.closed()
            self._refuse_gone()
            self._lock()
            try:
                self._refuse_newer(self._writer)
                yield Transaction(self._writer, self.owner, self._now())
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """One read transaction: the whole block sees the same state of the database.

        Raises as `writing` does.
        """
        self._refuse_forked()
        with translated(self.path):
            reader = self._take_reader()
            try:
                reader.execute("BEGIN")
                self._refuse_newer(reader)
                yield Transaction(reader, self.owner, self._now(), self.late)
            finally:
                self._give_back(reader)

    def version(self) -> int:
        """A number that changes when a connection other than our writer has changed the file.

        Never waits: while we write it keeps its old value, and is right the next time.
        """
        self._refuse_forked()
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

    def empty_log(self) -> bool:
        """Move the log into the file and cut it to nothing, if no reader needs it just now.

        Returns whether it is done; otherwise the last process to close the file does it.
        """
        with self._writing, suppress(sqlite3.Error):
            usual = self._writer.execute("PRAGMA busy_timeout").fetchone()[0]
            self._writer.execute(f"PRAGMA busy_timeout = {READERS_MILLISECONDS}")
            try:
                busy = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
                return not busy
            finally:
                self._writer.execute(f"PRAGMA busy_timeout = {usual}")
        return False

    def close(self) -> None:
        """Close all connections; those that still read are closed when they are done.

        In a process that was forked meanwhile they are its parent's, and stay as they are.
        """
        if self._is_forked():
            return
        with self._writing, translated(self.path):
            with self._idle_lock:
                self._closed = True
                idle, self._idle = self._idle, []
            for reader in idle:
                reader.close()
            self._writer.close()  # last, for it moves the log into the file

    def _is_forked(self) -> bool:
        return os.getpid() != self.owner.pid

    def _refuse_forked(self) -> None:
        """SQLite's connections and locks are not for a child (sqlite.org/howtocorrupt.html, 2.6).

        Ours may even be held by a thread that the child does not have.
        """
        if self._is_forked():
            raise faults.forked()

    def _refuse_gone(self) -> None:
        """What is written into a deleted file is lost when this process ends.

        The log stays while any process has the database open, so it has to be the same, too.
        """
        for file, identity in self._files.items():
            if files.identity(file) != identity:
                raise faults.gone(file)

    def _lock(self) -> None:
        """Begin to write as soon as no other process is writing; raise after the time limit.

        SQLite's own wait sleeps up to 0.1 s between two looks, and under many writers those
        who wait long lose to those who come; a checkpoint has to be quicker than that.
        """
        give_up = time.monotonic() + self._lock_timeout
        while True:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if not faults.is_locked(error) or time.monotonic() >= give_up:
                    raise
            else:
                return
            shortest, longest = LOCK_POLL_SECONDS
            time.sleep(shortest + (longest - shortest) * os.urandom(1)[0] / 255)

    def _read_data_version(self) -> int:
        if self._closed:
            raise faults.closed()
        number: int = self._writer.execute("PRAGMA data_version").fetchone()[0]
        return number

    def _refuse_newer(self, connection: sqlite3.Connection) -> None:
        version = version_of(connection)
        if version > self._version:
            raise faults.newer(self.path, version, self._version, meanwhile=True)

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


def connect(path: Path, mode: str, lock_timeout: float) -> sqlite3.Connection:
    """A connection whose transactions we begin and end ourselves, usable from any thread."""
    return sqlite3.connect(
        files.uri(path, mode),
        uri=True,
        timeout=lock_timeout,
        isolation_level=None,
        check_same_thread=False,
    )
