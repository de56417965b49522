"""The database's versions in order, and how a file is migrated to the newest.

A file's version is the number of migrations it has seen; SQLite keeps it as `user_version`.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from chatcli.storage import faults
from chatcli.storage.files import has_log, make_private_file, uri
from chatcli.storage.schema import APPLICATION_ID, VERSION_1

Migration = Callable[[sqlite3.Connection], None]
"""Takes the file to the next version; runs inside a transaction and must not end it."""

_SMALL_PAGES = 128
"""Up to this many pages (512 KiB) a file is checked whole, in under a millisecond."""


def _create(connection: sqlite3.Connection) -> None:
    for statement in VERSION_1:
        connection.execute(statement)


MIGRATIONS: tuple[Migration, ...] = (_create,)


def check(connection: sqlite3.Connection, path: Path, known: int) -> None:
    """Refuse a file that is newer than version `known`, another program's, or damaged.

    The time this takes does not grow with the file: a large one is not read whole, and damage in it
    shows where it is used.

    Raises:
        StoreRefusedError: it is one of these.
        sqlite3.DatabaseError: SQLite cannot read it.
    """
    connection.execute("BEGIN")  # one state of the file: another process may be making it
    try:
        _check(connection, path, known)
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _check(connection: sqlite3.Connection, path: Path, known: int) -> None:
    version = version_of(connection)
    application = _pragma(connection, "application_id")
    empty = connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None
    if application != APPLICATION_ID and (application or version or not empty):
        raise faults.foreign(path)
    if version > known:
        raise faults.newer(path, version, known)
    if path.stat().st_size % _pragma(connection, "page_size") and not has_log(path):
        raise faults.damaged(path, "its last page is cut off")  # SQLite would take it for zeros
    if _pragma(connection, "page_count") <= _SMALL_PAGES:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise faults.damaged(path, found)


def migrate(writer: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    """Bring the file to the newest version, each step in a transaction of its own.

    Before each step a copy of the file is kept beside it as `NAME.bak-vVERSION`; an empty file
    needs none and takes all steps at once. Any number of processes may do this at the same
    time: the write lock lets one through, the others find it done.
    """
    while version_of(writer) < len(migrations):
        writer.execute("BEGIN IMMEDIATE")
        try:
            _step(writer, path, migrations)
            writer.execute("COMMIT")
        except BaseException:
            if writer.in_transaction:
                writer.execute("ROLLBACK")
            raise


def version_of(connection: sqlite3.Connection) -> int:
    """How many migrations the file has seen."""
    return _pragma(connection, "user_version")


def _step(writer: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    version = version_of(writer)  # again, now that nobody else can change it
    if version >= len(migrations):
        return
    after = version + 1 if version else len(migrations)
    if version:
        _keep_copy(path, version)
    for migration in migrations[version:after]:
        migration(writer)
    writer.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    writer.execute(f"PRAGMA user_version = {after}")


def _keep_copy(path: Path, version: int) -> None:
    """Copy what is committed; our own transaction has written nothing yet.

    The copy gets its name once it is complete, so a crash leaves no partial one.
    """
    unfinished = path.with_name(f"{path.name}.bak-v{version}.part")
    unfinished.unlink(missing_ok=True)
    make_private_file(unfinished)
    try:
        with (
            contextlib.closing(sqlite3.connect(uri(path, "rw"), uri=True)) as source,
            contextlib.closing(sqlite3.connect(uri(unfinished, "rw"), uri=True)) as copy,
        ):
            source.backup(copy)
        unfinished.replace(path.with_name(f"{path.name}.bak-v{version}"))
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    number: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return number
