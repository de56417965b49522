"""The prompt history, in a file that several processes append to."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from prompt_toolkit.history import History

from chatcli.config.paths import make_private_folder

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

LOADED_BYTES = 1 << 20
"""Bytes read from the file's end at the start."""
LARGEST_FILE = 4 << 20
LARGEST_ENTRY = 100_000
"""Longer texts are not kept here; what was sent is in the database anyway."""


class PromptHistory(History):
    """One JSON string a line, newest last; read once, written from a thread.

    Args:
        path: the file; made with mode 0600 where it is missing.
        fold, expand: convert a text to its form in the input, and back.
    """

    def __init__(
        self, path: Path, fold: Callable[[str], str], expand: Callable[[str], str]
    ) -> None:
        super().__init__()
        self._path = path
        self._fold = fold
        self._expand = expand
        self._thread: ThreadPoolExecutor | None = None

    @property
    def is_read(self) -> bool:
        """Whether the file has been read."""
        return self._loaded

    async def load(self) -> AsyncGenerator[str, None]:
        """The texts, newest first; the file is read once, in a thread."""
        if not self._loaded:
            stored = await asyncio.to_thread(lambda: list(self.load_history_strings()))
            known = set(self._loaded_strings)  # typed meanwhile, and perhaps written already
            self._loaded_strings += [text for text in stored if text not in known]
            self._loaded = True
        for text in self._loaded_strings:
            yield text

    def load_history_strings(self) -> Iterator[str]:
        """The texts, newest first."""
        import json

        with contextlib.suppress(OSError):
            for line in reversed(_last_lines(self._path)):
                with contextlib.suppress(ValueError):
                    text = json.loads(line)
                    if isinstance(text, str):
                        yield self._fold(text)

    def store_string(self, string: str) -> None:
        """Add a text to the file, without waiting for the disk."""
        text = self._expand(string)
        if len(text) <= LARGEST_ENTRY:
            self._writer().submit(append, self._path, text)

    def _writer(self) -> ThreadPoolExecutor:
        if self._thread is None:
            from concurrent.futures import ThreadPoolExecutor

            self._thread = ThreadPoolExecutor(1, thread_name_prefix="chatcli-history")
        return self._thread

    def close(self) -> None:
        """Wait until everything is written."""
        if self._thread is not None:
            self._thread.shutdown(wait=True)


def _last_lines(path: Path) -> list[bytes]:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - LOADED_BYTES, 0))
        lines = file.read().splitlines()
    return lines[1:] if size > LOADED_BYTES else lines


def append(path: Path, text: str) -> None:
    """Add one entry, whole, whatever other processes do; a full disk costs the entry only."""
    import json

    line = f"{json.dumps(text)}\n".encode()
    with contextlib.suppress(OSError):
        make_private_folder(path.parent)
        with _locked(path) as fd:
            os.write(fd, line)
            if os.fstat(fd).st_size > LARGEST_FILE:
                _shorten(path)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[int]:
    """The file, open for appending, while no other process writes to it or replaces it."""
    while True:
        fd = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            _lock(fd)
            if _same_file(fd, path):
                yield fd
                return
        finally:
            os.close(fd)


def _lock(fd: int) -> None:
    with contextlib.suppress(ImportError):  # Windows: one small write is whole anyway
        import fcntl

        fcntl.flock(fd, fcntl.LOCK_EX)


def _same_file(fd: int, path: Path) -> bool:
    """False if another process put a shortened file in its place meanwhile."""
    return os.name == "nt" or os.path.samestat(os.fstat(fd), path.stat())


def _shorten(path: Path) -> None:
    """Keep the newest entries."""
    kept = path.with_suffix(".new")
    fd = os.open(kept, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.writelines(line + b"\n" for line in _last_lines(path))
    kept.replace(path)
