"""Which processes are alive: the same process, not merely the same number."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple


class Owner(NamedTuple):
    """One open store: `id` is its own, the rest says which process it lives in."""

    id: str
    host: str
    pid: int
    started: str


def new_owner() -> Owner:
    """An owner for a store that this process opens now."""
    pid = os.getpid()
    return Owner(os.urandom(16).hex(), _host(), pid, _start(pid) or "")


def can_see_processes() -> bool:
    """Whether this system lets a process check another one without disturbing it."""
    return os.name != "nt"  # there, signal 0 would end the process


def is_running(pid: int, started: str) -> bool:
    """Whether the process `pid` that began at `started` (an `Owner.started`) still exists.

    A stopped process exists; a zombie does not. An unknown start time fits any.
    """
    start = _start(pid) if _exists(pid) else None
    return start is not None and (start == started or not start or not started)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # another user's process exists, too
    return True


def _host() -> str:
    """The machine's name, and on Linux the namespace in which process ids are unique."""
    if not hasattr(os, "uname"):
        return os.environ.get("COMPUTERNAME", "")
    try:
        return f"{os.uname().nodename} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return os.uname().nodename


def _start(pid: int) -> str | None:
    """When a process began, as text to compare; "" is unknown, None: no such process."""
    if sys.platform == "linux":
        return _start_from_proc(pid)
    return _start_from_ps(pid) if can_see_processes() else ""


def _start_from_proc(pid: int) -> str | None:
    """Boot and clock ticks since then: field 22 of /proc/PID/stat, see proc(5)."""
    try:
        # the name in brackets may hold anything, so the fields are counted from its end
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except (FileNotFoundError, ProcessLookupError):
        return None if Path("/proc/self").exists() else ""
    except OSError:
        return ""
    return None if fields[0] in {b"Z", b"X"} else f"{boot} {fields[19].decode()}"


def _start_from_ps(pid: int) -> str | None:
    """State and start of a process as `ps` prints them, where there is no /proc (macOS)."""
    import subprocess

    command = ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)]
    try:
        done = subprocess.run(  # noqa: S603 - no word of it comes from outside
            command, capture_output=True, text=True, check=False, env={"LC_ALL": "C"}, timeout=5
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    state, _, start = done.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else start.strip()
