"""A process is the same process only while it lives."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chatcli.storage import processes
from tests.storage.stores import child

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
