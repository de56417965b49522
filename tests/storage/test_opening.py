"""What cannot be used is refused and left untouched; what is missing is made, for us alone."""

from __future__ import annotations

import os
import random
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from chatcli.errors import ChatcliError, StoreError, StoreRefusedError
from chatcli.storage.sqlite import SqliteStore
from tests.storage.stores import WRITER, child, contents, exchange, new_session, snapshot


def filled(path: Path) -> None:
    """A closed database with something in it."""
    store = SqliteStore.open(path)
    session = new_session(store, "work")
    for number in range(20):
        exchange(store, session, f"prompt {number}", "reply " * 200)
    store.close()


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


def test_any_number_may_make_the_same_new_file_at_once(tmp_path: Path) -> None:
    """Each finds it absent, empty, half made or whole; never foreign."""

    def use(path: Path) -> None:
        SqliteStore.open(path).close()

    for number in range(60):
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(use, [tmp_path / f"{number}.db"] * 6))


def test_a_folder_in_the_files_place(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StoreRefusedError):
        SqliteStore.open(path)


def test_a_file_in_the_folders_place(path: Path) -> None:
    path.parent.write_text("a file")
    with pytest.raises(StoreRefusedError, match="cannot be written"):
        SqliteStore.open(path)


def test_files_and_folders_are_private_whatever_the_umask(tmp_path: Path) -> None:
    for umask in (0o000, 0o777):
        folder = tmp_path / f"{umask:o}" / "inner"
        with child(
            "import os, sys; os.umask(int(sys.argv[3])); exec(sys.argv[4])",
            folder / "chatcli.db",
            "",
            umask,
            WRITER.replace("sys.argv[2]", "store.create_session(NewSession('m')).session.id")
            .replace("sys.argv[3:]", "['text']")
            .replace("ReplyText\n", "NewSession, ReplyText\n"),
        ) as writer:
            assert writer.line()
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
        assert modes == dict.fromkeys(["chatcli.db", "chatcli.db-wal", "chatcli.db-shm"], 0o600)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_made_private(path: Path) -> None:
    filled(path)
    path.chmod(0o644)
    SqliteStore.open(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_leads_to_the_file(path: Path, tmp_path: Path) -> None:
    filled(path)
    link = tmp_path / "link.db"
    link.symlink_to(path)
    store = SqliteStore.open(link)
    assert store.path == path
    assert len(contents(store, store.find_session("work"))) == 40
    store.close()


@pytest.mark.parametrize("name", ["a b?c#d%e.db", "ünï.db", os.fsdecode(b"\xff.db")])
def test_any_file_name(tmp_path: Path, name: str) -> None:
    filled(tmp_path / name)
    assert list(snapshot(tmp_path)) == [name]


def test_a_lock_of_another_program_is_named_and_waited_for(path: Path) -> None:
    filled(path)
    other = sqlite3.connect(path, isolation_level=None)
    store = SqliteStore.open(path, lock_timeout=0.05)
    session = store.find_session("work")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another program has locked the database") as caught:
        store.begin_turn(session.id, "hello")
    assert type(caught.value) is StoreError
    assert len(contents(store, session)) == 40  # readers wait for nobody
    assert isinstance(store.version(), int)
    SqliteStore.open(path, lock_timeout=0.05).close()
    other.execute("ROLLBACK")
    exchange(store, session, "hello", "hi")
    store.close()

    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="another program has locked the database"):
        SqliteStore.open(path, lock_timeout=0.05)
    other.close()


def test_a_file_that_is_gone_is_noticed(path: Path) -> None:
    store = SqliteStore.open(path)
    session = new_session(store)
    path.rename(path.with_name("moved.db"))
    with pytest.raises(StoreError, match="moved or deleted"):
        store.begin_turn(session.id, "hello")
    path.with_name("moved.db").rename(path)
    exchange(store, session, "hello", "hi")
    store.close()


def test_a_log_that_is_gone_is_noticed_and_what_was_written_kept(path: Path) -> None:
    store = SqliteStore.open(path)
    session = new_session(store)
    exchange(store, session, "prompt", "answer")
    path.with_name("chatcli.db-wal").unlink()
    with pytest.raises(StoreError, match=r"chatcli\.db-wal was moved or deleted"):
        store.begin_turn(session.id, "next")
    store.close()  # moves the log, which it still has open, into the file
    store = SqliteStore.open(path)
    assert contents(store, session) == ["prompt", "answer"]
    store.close()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write all")
def test_what_may_not_be_written_is_refused(path: Path) -> None:
    filled(path)
    path.chmod(0o400)
    with pytest.raises(StoreRefusedError, match="read-only"):
        SqliteStore.open(path)
    path.chmod(0o600)
    path.parent.chmod(0o500)
    before = snapshot(path.parent)
    with pytest.raises(StoreRefusedError, match="read-only"):
        SqliteStore.open(path)
    assert snapshot(path.parent) == before
    path.parent.chmod(0o700)


READ_ONLY = """
import sys
from pathlib import Path
from chatcli.errors import StoreRefusedError
from chatcli.storage.sqlite import SqliteStore
for path in sys.argv[1:]:
    try:
        SqliteStore.open(Path(path))
    except StoreRefusedError as error:
        print("refused:", error.message, flush=True)
"""


def test_a_read_only_disk_is_refused(path: Path) -> None:
    filled(path)
    # a mount of its own, seen by this process alone
    mount = f"mount --bind {path.parent} {path.parent} && mount -o remount,bind,ro {path.parent}"
    inside = ["unshare", "-rm", "sh", "-c", f'{mount} || exit 99; exec "$@"', "sh"]
    done = subprocess.run(
        [*inside, sys.executable, "-c", READ_ONLY, path, path.parent / "new" / "x.db"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 99 or "unshare" in done.stderr:
        pytest.skip("no mounts for this user here")
    assert done.stdout.count("refused:") == 2, done.stderr
    assert "read-only" in done.stdout
