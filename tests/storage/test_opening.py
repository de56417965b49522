"""Opening a database: made for us alone where there is none, refused where it may not be used."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chatcli.errors import StoreError, StoreRefusedError
from chatcli.storage.sqlite import SqliteStore
from tests.storage.stores import WRITER, child, contents, exchange, filled, new_session, snapshot


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


def test_a_link_to_nothing_makes_no_database_elsewhere(tmp_path: Path) -> None:
    link, disk = tmp_path / "link.db", tmp_path / "disk that is not there"
    link.symlink_to(disk / "chatcli.db")
    with pytest.raises(StoreRefusedError, match="which is not there"):
        SqliteStore.open(link, reading_will_do=True)
    assert not disk.exists()


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
