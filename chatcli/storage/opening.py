"""Opening the database: created, checked, migrated, or refused and left untouched."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from chatcli.config.paths import make_private_folder
from chatcli.errors import StoreError
from chatcli.storage import faults, files
from chatcli.storage.connection import Database, connect
from chatcli.storage.migrations import Migration, check, migrate
from chatcli.storage.processes import new_owner

if TYPE_CHECKING:
    from chatcli.storage.read_only import ReadOnlyDatabase

_RETRY_SECONDS = 0.02


def open_database(
    path: Path,
    migrations: Sequence[Migration],
    *,
    now: Callable[[], float],
    lock_timeout: float,
    reading_will_do: bool = False,
) -> Database | ReadOnlyDatabase:
    """Open the file, created or migrated to the newest version where needed.

    One that cannot be written is opened for reading, if `reading_will_do`.

    Raises:
        StoreError: locked for longer than `lock_timeout` seconds, or the disk is full.
        StoreRefusedError: damaged, newer, another program's, or not writable; untouched.
    """
    try:
        return _open_to_write(path, migrations, now=now, lock_timeout=lock_timeout)
    except StoreError as error:
        if not reading_will_do or not error.may_be_read:
            raise
        from chatcli.storage.read_only import open_read_only

        known = len(migrations)
        return open_read_only(path, error, known=known, now=now, lock_timeout=lock_timeout)


def _open_to_write(
    path: Path,
    migrations: Sequence[Migration],
    *,
    now: Callable[[], float],
    lock_timeout: float,
) -> Database:
    with faults.translated(path):
        make_private_folder(path.parent)
        files.refuse_orphaned_log(path)
        files.make_private_file(path)
        files.check_usable(path)
        writer = _when_unlocked(lambda: _open_writer(path, migrations, lock_timeout), lock_timeout)
        files.keep_private(path)
    return Database(
        path,
        writer,
        owner=new_owner(),
        version=len(migrations),
        now=now,
        lock_timeout=lock_timeout,
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
        # the last process closed the file meanwhile and removed the log: nothing left to protect


def _when_unlocked(attempt: Callable[[], sqlite3.Connection], timeout: float) -> sqlite3.Connection:
    """Retry for `timeout` seconds: SQLite itself does not wait in every case.

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
