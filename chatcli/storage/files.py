"""The database's file: made private, and checked before SQLite touches it."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from chatcli.config.paths import PRIVATE_FILE
from chatcli.storage import faults

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-._~")


def make_private_file(path: Path) -> None:
    """Make an empty file that only its owner can use if none exists, whatever the umask.

    SQLite gives the files beside the database (-wal, -shm) the same mode.
    """
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE_FILE)
    except FileExistsError:
        return
    try:
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, PRIVATE_FILE)
    finally:
        os.close(descriptor)


def keep_private(path: Path) -> None:
    """Remove other users' permissions on the file, if it is ours."""
    if os.name != "nt" and path.stat().st_mode & 0o077:
        try:
            path.chmod(PRIVATE_FILE)
        except PermissionError:
            return  # another user's file, which can still be written


def check_usable(path: Path) -> None:
    """Refuse what is not a file that we may write, without opening it.

    Opening and closing a database file past SQLite would drop the locks that other
    connections of this process hold on it (https://sqlite.org/howtocorrupt.html, 2.2).

    Raises:
        StoreRefusedError: it is none.
        OSError: there is nothing.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise faults.foreign(path)
    if not os.access(path, os.W_OK):
        raise faults.not_writable(path, "the file is read-only")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise faults.not_writable(path, "the folder is read-only")


def refuse_dangling(path: Path) -> None:
    """Raises StoreRefusedError for a link to nothing: a disk that is not there just now, perhaps.

    A new database in its place would look as if every session were lost.
    """
    with contextlib.suppress(OSError):  # opening it will tell what is wrong with the path
        if path.is_symlink() and not path.exists():
            raise faults.dangling(path)


def refuse_orphaned_log(path: Path) -> None:
    """Raises StoreRefusedError where a log lies beside a database that is not there, or empty.

    SQLite would delete it, and with it the newest turns of the database that it belongs to.
    """
    # in this order: another process that makes the database fills it before its log
    if has_log(path) and not (path.exists() and path.stat().st_size):
        raise faults.orphaned(path)


def log_of(path: Path) -> Path:
    """Where SQLite keeps the write-ahead log of a database."""
    return Path(f"{path}-wal")


def has_log(path: Path) -> bool:
    """Whether a write-ahead log with something in it lies beside the database."""
    try:
        return log_of(path).stat().st_size > 0
    except FileNotFoundError:
        return False


def is_unfinished(path: Path) -> bool:
    """Whether the database is what the file holds together with a log or a journal."""
    return has_log(path) or Path(f"{path}-journal").exists()


def identity(path: Path) -> tuple[int, int] | None:
    """Which file is at `path` now, or None."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def uri(path: Path, mode: str) -> str:
    """The file's URI for SQLite; `mode` is ro or rw: neither makes a file that is not there.

    `ro&immutable=1` reads it without locks, and without the files that SQLite keeps beside it.
    """
    raw = os.fsencode(path.as_posix())
    quoted = "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in raw)
    return f"file:{'' if quoted.startswith('/') else '/'}{quoted}?mode={mode}"
