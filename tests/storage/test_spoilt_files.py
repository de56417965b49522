"""A file that is no sound database of ours is refused and left untouched."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from chatcli.errors import ChatcliError, StoreRefusedError
from chatcli.storage.sqlite import SqliteStore
from tests.storage.stores import WRITER, child, filled, new_session, snapshot


def overwrite(path: Path, offset: int, data: bytes) -> None:
    """Change some bytes of a file."""
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)


def foreign(path: Path) -> None:
    """Another program's database."""
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE places (url)")
    connection.close()


def application(path: Path) -> None:
    """A database that says that it is another program's."""
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA application_id = 7")
    connection.close()


def newer(path: Path) -> None:
    """A database of a later chatcli."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()


def halved(path: Path) -> None:
    """The first half of a database, as an interrupted copy leaves it."""
    os.truncate(path, path.stat().st_size // 2)


def cut(path: Path) -> None:
    """A database whose last bytes are missing: fewer than a page, which SQLite does not see."""
    os.truncate(path, path.stat().st_size - 100)


NOISE = random.Random(1).randbytes(6000)

SPOILT: dict[str, Callable[[Path], object]] = {
    "not a database": lambda path: path.write_text("My shopping list: milk. " * 100),
    "a few bytes": lambda path: path.write_bytes(b"SQLite format 3\x00"),
    "header": lambda path: overwrite(path, 0, NOISE[:100]),
    "first page": lambda path: overwrite(path, 100, NOISE[:3900]),
    "inner pages": lambda path: overwrite(path, 8192, NOISE),
    "all zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "halved": halved,
    "cut": cut,
    "foreign": foreign,
    "application": application,
    "newer": newer,
}


@pytest.mark.parametrize("kind", SPOILT)
def test_a_file_we_cannot_use_is_left_as_it_is(path: Path, kind: str) -> None:
    filled(path)
    SPOILT[kind](path)
    before = snapshot(path.parent)
    with pytest.raises(StoreRefusedError) as caught:
        SqliteStore.open(path)
    assert snapshot(path.parent) == before
    assert str(path) in caught.value.message
    assert "left untouched" in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("kind", ["header", "first page", "inner pages", "newer"])
def test_nor_is_the_log_beside_it_touched(path: Path, kind: str) -> None:
    filled(path)
    SPOILT[kind](path)
    log = path.with_name("chatcli.db-wal")
    log.write_bytes(b"what a crash left of a log " * 100)
    before = snapshot(path.parent)
    with pytest.raises(StoreRefusedError):
        SqliteStore.open(path)
    assert snapshot(path.parent).items() >= before.items()


def test_a_newer_version_that_only_the_log_tells_of_is_seen(path: Path) -> None:
    filled(path)
    crash = "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1]); "
    crash += "c.execute('PRAGMA user_version = 99'); os._exit(0)"
    with child(crash, path) as process:
        process.line()
    before = snapshot(path.parent)
    assert "chatcli.db-wal" in before
    with pytest.raises(StoreRefusedError, match="newer chatcli"):
        SqliteStore.open(path)
    after = snapshot(path.parent)
    assert [after[name] for name in ("chatcli.db", "chatcli.db-wal")] == [
        before[name] for name in ("chatcli.db", "chatcli.db-wal")
    ]


def test_an_empty_file_with_a_log_has_lost_its_content(path: Path) -> None:
    store = SqliteStore.open(path)
    with child(WRITER, path, new_session(store).id, "text") as writer:
        writer.line()
        store.close()
    path.write_bytes(b"")
    before = snapshot(path.parent)
    with pytest.raises(StoreRefusedError, match="damaged"):
        SqliteStore.open(path)
    assert snapshot(path.parent) == before
    path.unlink()  # moved away, but the log was not
    before = snapshot(path.parent)
    with pytest.raises(StoreRefusedError, match="damaged") as caught:
        SqliteStore.open(path)
    assert "chatcli.db-wal" in caught.value.hint
    assert snapshot(path.parent) == before


@pytest.fixture(scope="module")
def good_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a database that is in order."""
    path = tmp_path_factory.mktemp("good") / "chatcli.db"
    filled(path)
    return path.read_bytes()


@settings(max_examples=100, deadline=None)
@given(offset=st.integers(0, 2**20), damage=st.binary(min_size=1, max_size=300))
def test_damage_anywhere_is_an_error_of_ours(
    tmp_path_factory: pytest.TempPathFactory, good_bytes: bytes, offset: int, damage: bytes
) -> None:
    path = tmp_path_factory.mktemp("damage") / "chatcli.db"
    path.write_bytes(good_bytes)
    overwrite(path, offset % len(good_bytes), damage)
    try:
        use_all_of(path)
    except ChatcliError as error:
        assert error.hint  # noqa: PT017 - the error may come, and need not


def use_all_of(path: Path) -> None:
    """Open a database, read everything and write something."""
    store = SqliteStore.open(path)
    try:
        for session in store.list_sessions(ended=True):
            store.thread(session.id)
        store.figures()
        store.begin_turn(store.find_session("work").id, "hello")
    finally:
        store.close()
