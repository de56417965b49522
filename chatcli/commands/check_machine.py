"""Checks of the program's surroundings: its folders, its database, its terminal."""

from __future__ import annotations

import os
import platform
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from chatcli.commands.findings import Finding, Verdict, note, ok
from chatcli.commands.wording import count
from chatcli.core.text import PLAIN_TERMINALS
from chatcli.errors import ExitCode

if TYPE_CHECKING:
    from chatcli.manager import SessionManager

ENOUGH_BYTES = 100_000_000
"""With less free space a long conversation may fail to be stored."""


def program() -> Finding:
    """Which program this is, on which Python, with which client library."""
    from importlib.metadata import PackageNotFoundError, version

    from chatcli import __version__

    try:
        library = version("openai")
    except PackageNotFoundError:
        library = "missing"
    python = platform.python_version()
    return ok("program", f"chatcli {__version__}, Python {python}, openai {library}")


def folder(subject: str, path: Path) -> Finding:
    """A folder that the program writes into: private, and writable if it exists."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return _to_be_made(subject, path)
    except OSError as error:  # a folder above it cannot be entered, or is a file
        said = f"{path} cannot be accessed: {error.strerror or error}"
        return _unusable(subject, said, "choose another folder")
    if not stat.S_ISDIR(mode):
        return _unusable(subject, f"{path} is not a folder", "move it away")
    if not os.access(path, os.W_OK | os.X_OK):
        advice = f"chmod u+rwx {path}, or choose another folder"
        return _unusable(subject, f"{path} is not writable", advice)
    if os.name == "posix" and mode & 0o077:
        message = f"{path} can be read by other users (mode {stat.S_IMODE(mode):04o})"
        return note(subject, message, f"chmod 700 {path}")
    return ok(subject, str(path))


def _to_be_made(subject: str, path: Path) -> Finding:
    """A missing folder: it must be possible to create it in the nearest existing one."""
    above = next(parent for parent in path.parents if parent.exists())
    if not os.access(above, os.W_OK | os.X_OK):
        advice = f"make {above} writable for you, or choose another folder"
        return _unusable(subject, f"{path} cannot be created: {above} is not writable", advice)
    return ok(subject, f"{path} (will be created)")


def _unusable(subject: str, message: str, advice: str) -> Finding:
    return Finding(subject, Verdict.FAULT, message, advice, ExitCode.USAGE)


def database(manager: SessionManager, path: Path) -> Finding:
    """The database of a manager that could open it."""
    import sqlite3

    figures = manager.figures()
    sessions = count(figures.active_sessions + figures.ended_sessions, "session")
    held = f"{sessions}, {count(figures.total_turns, 'turn')}"
    message = f"{path}: {held}; SQLite {sqlite3.sqlite_version}"
    free = shutil.disk_usage(path.parent).free
    if free < ENOUGH_BYTES:
        return Finding(
            "database",
            Verdict.FAULT,
            f"{message}; only {free // 1_000_000} MB of disk space left",
            "free some space: nothing can be stored on a full disk",
            ExitCode.TRY_AGAIN,
        )
    return ok("database", f"{message}; {free // 1_000_000_000} GB of disk free")


def terminal(environ: Mapping[str, str]) -> Finding:
    """What standard output is, and what it can show."""
    if sys.stdout is None or not sys.stdout.isatty():
        return ok("terminal", "standard output is not a terminal: plain text is printed")
    name = environ.get("TERM", "")
    size = shutil.get_terminal_size()
    seen = f"{name or 'TERM is not set'}, {size.columns} x {size.lines}, {sys.stdout.encoding}"
    if name in PLAIN_TERMINALS:
        advice = "set TERM to the type of the terminal, for instance xterm-256color"
        return note("terminal", f"{seen}: no colours, line-by-line chat", advice)
    if "utf" not in sys.stdout.encoding.lower():
        advice = "set LC_ALL to a UTF-8 locale, for instance C.UTF-8"
        return note("terminal", f"{seen}: some characters cannot be shown", advice)
    return ok("terminal", seen + (", NO_COLOR is set" if environ.get("NO_COLOR") else ""))


def proxies(environ: Mapping[str, str]) -> Iterator[Finding]:
    """The variables that send requests through a proxy; their values may hold a password."""
    names = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
    present = [n for n in (*names, *map(str.upper, names)) if environ.get(n)]
    if present:
        yield note("proxy", f"set in the environment: {', '.join(present)}")
