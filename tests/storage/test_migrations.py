"""Older files become newer ones once, whole or not at all, and a copy is kept."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from chatcli.errors import StoreRefusedError
from chatcli.storage.migrations import MIGRATIONS, Migration
from chatcli.storage.sqlite import SqliteStore
from tests.storage.stores import Child, contents, exchange, new_session, snapshot


def add_notes(connection: sqlite3.Connection) -> None:
    """A next version for these tests."""
    connection.execute("CREATE TABLE notes (text)")
    connection.execute("INSERT INTO notes VALUES ('once')")


def break_off(connection: sqlite3.Connection) -> None:
    """A next version that does not work out."""
    connection.execute("CREATE TABLE notes (text)")
    connection.execute("INSERT INTO nothing VALUES (1)")


NEXT: tuple[Migration, ...] = (*MIGRATIONS, add_notes)


def ask(path: Path, sql: str) -> list[tuple[object, ...]]:
    """The answer of a database."""
    connection = sqlite3.connect(path)
    rows = connection.execute(sql).fetchall()
    connection.close()
    return rows


def test_a_new_file_has_the_newest_version_and_no_copy(path: Path) -> None:
    SqliteStore.open(path, migrations=NEXT).close()
    assert ask(path, "PRAGMA user_version") == [(len(NEXT),)]
    assert list(snapshot(path.parent)) == ["chatcli.db"]


def test_an_older_file_is_copied_and_brought_up(path: Path) -> None:
    store = SqliteStore.open(path)
    session = new_session(store, "work")
    exchange(store, session, "hello", "hi")
    store.close()
    store = SqliteStore.open(path, migrations=NEXT)
    assert contents(store, session) == ["hello", "hi"]
    store.close()
    assert ask(path, "SELECT text FROM notes") == [("once",)]

    copy = path.with_name(f"chatcli.db.bak-v{len(MIGRATIONS)}")
    assert sorted(snapshot(path.parent)) == [path.name, copy.name]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    store = SqliteStore.open(copy)
    assert contents(store, session) == ["hello", "hi"]
    store.close()


def test_the_copy_has_what_was_only_in_the_log(path: Path) -> None:
    older = SqliteStore.open(path)
    session = new_session(older)
    exchange(older, session, "hello", "hi")  # in the log, as long as this store is open
    SqliteStore.open(path, migrations=NEXT).close()
    copy = SqliteStore.open(path.with_name(f"chatcli.db.bak-v{len(MIGRATIONS)}"))
    assert contents(copy, session) == ["hello", "hi"]
    copy.close()
    with pytest.raises(StoreRefusedError, match="newer chatcli"):
        exchange(older, session, "still", "there?")
    older.close()


def test_a_file_that_a_newer_version_changed_meanwhile_is_not_called_damaged(path: Path) -> None:
    def rename(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE sessions RENAME COLUMN draft TO unsent")

    older = SqliteStore.open(path)
    session = new_session(older)
    exchange(older, session, "hello", "hi")
    SqliteStore.open(path, migrations=(*MIGRATIONS, rename)).close()
    looks: tuple[Callable[[], object], ...] = (
        older.list_sessions,
        lambda: older.thread(session.id),
        older.figures,
    )
    for look in looks:
        with pytest.raises(StoreRefusedError, match="newer chatcli") as refusal:
            look()
        assert refusal.value.hint.startswith("restart chatcli")
    older.close()


def test_a_migration_that_fails_leaves_the_version_before(path: Path) -> None:
    store = SqliteStore.open(path)
    session = new_session(store)
    exchange(store, session, "hello", "hi")
    store.close()
    with pytest.raises(StoreRefusedError):
        SqliteStore.open(path, migrations=(*MIGRATIONS, break_off))
    store = SqliteStore.open(path)
    assert contents(store, session) == ["hello", "hi"]
    store.close()
    assert ask(path, "SELECT count(*) FROM sqlite_master WHERE name = 'notes'") == [(0,)]


OPENER = """
import sys
from pathlib import Path
from chatcli.storage.sqlite import SqliteStore
from tests.storage.test_migrations import NEXT

input()
for path in sys.argv[1:]:
    SqliteStore.open(Path(path), migrations=NEXT, lock_timeout=60).close()
    print("done", flush=True)
"""


def test_processes_that_open_at_once_migrate_once(tmp_path: Path) -> None:
    old, new = tmp_path / "old.db", tmp_path / "folder" / "new.db"
    SqliteStore.open(old).close()
    openers = [Child(OPENER, old, new) for _ in range(5)]
    for opener in openers:
        opener.go_on()
    assert [opener.line() for opener in openers for _ in "12"] == ["done"] * 10
    for opener in openers:
        opener.close()
    assert ask(old, "SELECT text FROM notes") == [("once",)]
    assert ask(new, "SELECT text FROM notes") == [("once",)]
    assert list(snapshot(new.parent)) == ["new.db"]
