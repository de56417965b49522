"""A full disk is said at once, loses nothing that was stored, and ends when there is room."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.storage.stores import ROOT

# `limit(True)` makes the disk full, `limit(False)` makes room.
WITH_FILE_SIZE_LIMIT = """
import os, resource
def limit(full):
    size = os.path.getsize(path + "-wal") + 100 if full else resource.RLIM_INFINITY
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
"""
WITH_SMALL_DISK = """
import os
ballast = os.path.join(os.path.dirname(path), "ballast")
def limit(full):
    if not full:
        os.remove(ballast)
        return
    with open(ballast, "wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            pass
"""
PROGRAM = """
import sys
from pathlib import Path
from chatcli.core.model import TurnStatus
from chatcli.core.ports import NewSession, ReplyEnd, ReplyText
from chatcli.errors import StoreError, StoreRefusedError
from chatcli.storage.sqlite import SqliteStore

path = sys.argv[1]
exec(sys.argv[2])

def fails(action):
    try:
        action()
    except StoreRefusedError:
        raise
    except StoreError as error:
        assert "disk" in error.message, error.message
        assert error.hint
        return
    raise AssertionError("it did not fail")

store = SqliteStore.open(Path(path))
session = store.create_session(NewSession("m")).session
other = store.create_session(NewSession("m")).session
reply = store.begin_turn(session.id, "prompt").reply
store.append_text([ReplyText(reply.id, "stored before, ")])
limit(True)
fails(lambda: store.append_text([ReplyText(reply.id, "x" * 50_000)]))
fails(lambda: store.begin_turn(other.id, "x" * 50_000))
whole = "stored before, " + "y" * 50_000
fails(lambda: store.finish_reply(ReplyEnd(reply.id, TurnStatus.COMPLETE, whole)))
# a reader in this process sees what it is, in one of another what is stored of it
assert store.turn(reply.id).content == whole
assert store.turn(reply.id).status == "complete"
assert not store.find_session(session.id).writing
assert session.id in [s.id for s in store.list_sessions() if not s.writing]
other_store = SqliteStore.open(Path(path))
assert other_store.turn(reply.id).content == "stored before, "
assert other_store.find_session(session.id).writing
other_store.close()
assert store.thread(other.id) == []
limit(False)
# the end that could not be stored comes with the next thing that can
begun = store.begin_turn(session.id, "next")
assert [turn.content for turn in begun.context] == ["prompt", whole]
assert begun.context[1].status == "complete"
store.finish_reply(ReplyEnd(begun.reply.id, TurnStatus.COMPLETE, "answer"))

reply = store.begin_turn(other.id, "hello").reply
limit(True)
fails(lambda: store.finish_reply(ReplyEnd(reply.id, TurnStatus.COMPLETE, whole)))
limit(False)
store.close()
store = SqliteStore.open(Path(path))
assert [turn.content for turn in store.thread(session.id)] == ["prompt", whole, "next", "answer"]
assert [turn.content for turn in store.thread(other.id)] == ["hello", whole]

reply = store.begin_turn(other.id, "again").reply
store.append_text([ReplyText(reply.id, "half an answer")])
limit(True)
fails(lambda: store.finish_reply(ReplyEnd(reply.id, TurnStatus.COMPLETE, whole)))
store.close()  # what it cannot write any more, another process does
limit(False)
print("all is well")
"""
NEW_ON_FULL_DISK = """
import sys
from pathlib import Path
from chatcli.errors import StoreError
from chatcli.storage.sqlite import SqliteStore
path = sys.argv[1]
exec(sys.argv[2])
limit(True)
try:
    SqliteStore.open(Path(path))
except StoreError as error:
    assert "is full" in error.message, error.message
    limit(False)
    SqliteStore.open(Path(path)).close()
    print("all is well")
"""


@pytest.mark.skipif(os.name == "nt", reason="no limits of this kind")
def test_with_a_limit_on_file_size(path: Path) -> None:
    done = run([sys.executable, "-c", PROGRAM, str(path), WITH_FILE_SIZE_LIMIT])
    assert done.stdout == "all is well\n", done.stderr


@pytest.mark.parametrize("program", [PROGRAM, NEW_ON_FULL_DISK])
def test_on_a_small_disk(path: Path, program: str) -> None:
    # a disk that only this process sees, gone when it ends
    path.parent.mkdir()
    mount = f'mount -t tmpfs -o size=1m none {path.parent} || exit 99; exec "$@"'
    inside = ["unshare", "-rm", "sh", "-c", mount, "sh"]
    done = run([*inside, sys.executable, "-c", program, str(path), WITH_SMALL_DISK])
    if done.returncode == 99 or "unshare" in done.stderr:
        pytest.skip("no mounts for this user here")
    assert done.stdout == "all is well\n", done.stderr


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
