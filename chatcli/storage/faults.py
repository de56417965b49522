"""What SQLite and the file system report, as errors a person can act on."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chatcli.core.text import one_line
from chatcli.errors import StoreError, StoreRefusedError

_KEPT = "nothing of this step was stored; everything before it is kept"
_ELSEWHERE = "or choose another folder with CHATCLI_DATA_DIR"

# Primary result codes, see https://sqlite.org/rescode.html
_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_DAMAGED = {
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_FORMAT,
    sqlite3.SQLITE_ERROR,  # a table or column is missing: our own SQL is under test
}
_NOT_WRITABLE = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_AUTH,
}
_LOG_INDEX_BYTES = 32_768
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_OUT_OF_FILES = {errno.EMFILE, errno.ENFILE}
_FILES_AT_ONCE = 3
"""A connection opens the database, its log and the log's index."""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise StoreError or StoreRefusedError in place of what SQLite or the system raises."""
    try:
        yield
    except sqlite3.Error as error:
        raise _from_sqlite(error, path) from error
    except UnicodeDecodeError as error:  # the driver's, over a name or text that is damaged
        raise damaged(path, str(error)) from error
    except OSError as error:
        raise _from_system(error, path) from error


def is_locked(error: sqlite3.Error) -> bool:
    """Whether another connection is in the way, so that waiting may help."""
    return _code(error) in _LOCKED


def damaged(path: Path, found: str) -> StoreRefusedError:
    """The file cannot be read as a database; `found` says what is wrong."""
    return StoreRefusedError(
        f"the database {_shown(path)} is damaged ({one_line(found)}); it was left untouched",
        hint=f"restore a backup, or move the file away to start over; "
        f"`sqlite3 {_shown(path)} .recover` prints what can still be read",
    )


def orphaned(path: Path) -> StoreRefusedError:
    """The log exists without the database that it belongs to."""
    return StoreRefusedError(
        f"the database {_shown(path)} is damaged (it is empty or gone, but its log is not); "
        "it was left untouched",
        hint=f"put the database that {_shown(path)}-wal belongs to back in its place, or move that "
        "file away, too, to start anew",
    )


def dangling(path: Path) -> StoreRefusedError:
    """The file is a link whose target is not there."""
    target = one_line(os.path.realpath(path))
    return StoreRefusedError(
        f"the database {_shown(path)} is a link to {target}, which is not there; nothing was made",
        hint=f"bring that file or its disk back, or remove the link to start anew, {_ELSEWHERE}",
    )


def foreign(path: Path) -> StoreRefusedError:
    """The file belongs to another program."""
    return StoreRefusedError(
        f"{_shown(path)} is not a chatcli database; it was left untouched",
        hint=f"move it away, {_ELSEWHERE}",
    )


def newer(path: Path, version: int, known: int, *, meanwhile: bool = False) -> StoreRefusedError:
    """The file was written by a later chatcli; `meanwhile`: since we have opened it."""
    remedy = "restart chatcli, or upgrade it" if meanwhile else "upgrade chatcli"
    return StoreRefusedError(
        f"the database {_shown(path)} was written by a newer chatcli "
        f"(version {version}, this one supports {known}); it was left untouched",
        hint=f"{remedy}, {_ELSEWHERE}",
    )


def not_writable(path: Path, reason: str) -> StoreRefusedError:
    """The file or its folder is not writable."""
    return StoreRefusedError(
        f"the database {_shown(path)} cannot be written ({one_line(reason)}); nothing was changed",
        hint=f"make the file and its folder writable, {_ELSEWHERE}",
        may_be_read=True,
    )


def gone(path: Path) -> StoreError:
    """The database, or its log, was moved or deleted while the program was running."""
    return StoreError(
        f"the database {_shown(path)} was moved or deleted while chatcli was using it; "
        "nothing more can be stored",
        hint="put it back, or restart chatcli",
    )


def changed(path: Path) -> StoreError:
    """The file was read without a lock, and another process changed it meanwhile."""
    return StoreError(
        f"another program changed the database {_shown(path)} while it was read",
        hint="try again",
    )


def closed() -> StoreError:
    """The store was closed by its own program."""
    return StoreError("the store is closed", hint="open it again")


def forked() -> StoreError:
    """The store belongs to the process that this one was forked from."""
    return StoreError(
        "the store was opened before this process was forked; nothing was stored",
        hint="create a SessionManager in each process",
    )


def _from_sqlite(error: sqlite3.Error, path: Path) -> StoreError:
    code, words = _code(error), str(error)
    if code in _LOCKED:
        return StoreError(
            f"another program has locked the database {_shown(path)}; {_KEPT}",
            hint="close that program (a backup, a database browser?) and try again",
        )
    if code in _DAMAGED or (code is None and isinstance(error, sqlite3.DatabaseError)):
        return damaged(path, words)
    if code in _NOT_WRITABLE and _is_out_of_files():
        return _out_of_files(path)
    if code in _NOT_WRITABLE:
        return not_writable(path, words)
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _is_disk_full(path)):
        return _disk_full(path)
    return StoreError(
        f"the database {_shown(path)} could not be used ({one_line(words)}); {_KEPT}",
        hint="check whether the disk is full or faulty, then try again",
        may_be_read=True,
    )


def _from_system(error: OSError, path: Path) -> StoreError:
    if error.errno in _DISK_FULL:
        return _disk_full(path)
    if error.errno in _OUT_OF_FILES:
        return _out_of_files(path)
    return not_writable(path, error.strerror or str(error))


def _disk_full(path: Path) -> StoreError:
    return StoreError(
        f"the disk of {_shown(path)} is full; {_KEPT}",
        hint="free some space and try again",
        may_be_read=True,
    )


def _out_of_files(path: Path) -> StoreError:
    return StoreError(
        f"the database {_shown(path)} cannot be opened: too many files are open; {_KEPT}",
        hint="raise the limit (`ulimit -n`), or close other programs and try again",
    )


def _is_out_of_files() -> bool:
    """Whether a connection fails for want of open files; SQLite only says that it cannot open."""
    opened: list[int] = []
    try:
        while len(opened) < _FILES_AT_ONCE:
            opened.append(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        return error.errno in _OUT_OF_FILES
    finally:
        for descriptor in opened:
            os.close(descriptor)
    return False


def _is_disk_full(path: Path) -> bool:
    """Whether there is no room for the index that SQLite keeps beside a log.

    Where that is what fails, SQLite speaks of an I/O error.
    """
    import shutil

    try:
        return shutil.disk_usage(path.parent).free < _LOG_INDEX_BYTES
    except OSError:
        return False


def _code(error: sqlite3.Error) -> int | None:
    """SQLite's primary result code, or None where the error is the driver's own."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _shown(path: Path) -> str:
    return one_line(str(path))
