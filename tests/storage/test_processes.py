"""A process is the same process only while it lives."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from chatcli.storage import processes


def test_this_process_runs() -> None:
    me = processes.new_owner()
    assert me.pid == os.getpid()
    assert processes.is_running(me.pid, me.started)
    assert processes.new_owner() == replace(me, id=processes.new_owner().id) or me.started
    assert processes.new_owner().id != me.id


@pytest.mark.skipif(not Path("/bin/ps").exists(), reason="no ps")
def test_ps_tells_the_same_as_proc() -> None:
    """Where there is no /proc, `ps` is asked; both must agree on who lives."""
    ended = subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE)
    running = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    ended.wait()
    assert processes._start_from_ps(ended.pid) is None
    start = processes._start_from_ps(running.pid)
    assert start
    assert start == processes._start_from_ps(running.pid)
    running.communicate(b"\n")
    assert processes._start_from_ps(running.pid) is None


def test_a_number_no_process_can_have() -> None:
    assert not processes.is_running(2**40, "")
