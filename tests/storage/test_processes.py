"""A process is the same process only while it lives."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chatcli.storage import processes
from tests.storage.stores import child

FORKED = """
import os, sys
from pathlib import Path
from chatcli.errors import StoreError
from chatcli.storage.sqlite import SqliteStore
from tests.storage.stores import contents, exchange, new_session

def refused(call):
    try:
        call()
    except StoreError as error:
        return "forked" in error.message
    return False

store = SqliteStore.open(Path(sys.argv[1]))
session = new_session(store)
exchange(store, session, "hello", "hi")
if (pid := os.fork()) == 0:
    calls = [store.list_sessions, store.version, lambda: store.begin_turn(session.id, "twice?")]
    wrong = [call for call in calls if not refused(call)]
    store.close()
    own = SqliteStore.open(Path(sys.argv[1]))
    exchange(own, session, "from", "the child")
    own.close()
    os._exit(len(wrong))
assert os.waitpid(pid, 0)[1] == 0
exchange(store, session, "from", "the parent")
print(*contents(store, session), sep=",", flush=True)
store.close()
"""
WAITING = "print(flush=True); input()"


def test_this_process_runs() -> None:
    me = processes.new_owner()
    assert me.pid == os.getpid()
    assert processes.is_running(me.pid, me.started)
    again = processes.new_owner()
    assert (again.host, again.pid, again.started) == (me.host, me.pid, me.started)
    assert again.id != me.id


def test_a_process_that_has_ended_runs_no_more() -> None:
    with child(WAITING) as running:
        running.line()
        assert processes.is_running(running.process.pid, "")
        running.kill()
        assert not processes.is_running(running.process.pid, "")


@pytest.mark.skipif(not Path("/bin/ps").exists(), reason="no ps")
def test_ps_tells_what_proc_would() -> None:
    """Where there is no /proc, `ps` is asked."""
    with child(WAITING) as running:
        running.line()
        start = processes._start_from_ps(running.process.pid)
        assert start
        assert start == processes._start_from_ps(running.process.pid)
        running.process.kill()
        while processes._start_from_ps(running.process.pid):
            pass  # a zombie counts as gone before it is waited for
        running.kill()
        assert processes._start_from_ps(running.process.pid) is None


def test_a_number_no_process_can_have() -> None:
    assert not processes.is_running(2**40, "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_forked_process_takes_a_store_of_its_own(path: Path) -> None:
    with child(FORKED, path) as running:
        assert running.line() == "hello,hi,from,the child,from,the parent"
