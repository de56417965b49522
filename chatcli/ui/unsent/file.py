"""Texts that the database does not have, kept in a file until the process ends well."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from chatcli.config.paths import make_private_folder
from chatcli.storage.processes import can_see_processes, is_running, new_owner

_PATTERN = "unsent-*.json"


class Unsent(NamedTuple):
    """A text, and the name of the session it was meant for (empty: it had none)."""

    name: str
    text: str


class UnsentFile:
    """One file a process; it is there only while there is something to keep.

    The database has neither messages that wait to be sent nor drafts of sessions without any
    turn: a crash would take them along.
    """

    def __init__(self, folder: Path) -> None:
        owner = new_owner()
        self._path = folder / f"unsent-{owner.pid}-{owner.id[:8]}.json"
        self._head = {"pid": owner.pid, "started": owner.started}

    def keep(self, texts: Mapping[str, str]) -> None:
        """Keep these, by the session's name, and no others. A full disk costs them only."""
        with contextlib.suppress(OSError):
            self._write({name: text for name, text in texts.items() if text.strip()})

    def _write(self, texts: Mapping[str, str]) -> None:
        if not texts:
            self._path.unlink(missing_ok=True)
            return
        make_private_folder(self._path.parent)
        new = self._path.with_suffix(".new")
        try:
            fd = os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
            with os.fdopen(fd, "w", encoding="utf-8") as file:
                json.dump({**self._head, "texts": texts}, file)
                file.flush()
                os.fsync(file.fileno())  # else a power cut may leave an empty file of that name
            new.replace(self._path)
        except OSError:
            new.unlink(missing_ok=True)
            raise

    def close(self) -> None:
        """Remove the file at a regular end: what is unsent has been stored elsewhere."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


def take_leftovers(folder: Path) -> list[Unsent]:
    """What killed processes have left, oldest file first; each is returned only once."""
    found: list[Unsent] = []
    if not can_see_processes():
        return found
    for path in sorted(folder.glob(_PATTERN), key=_age):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            found += _take(path)
    return found


def _take(path: Path) -> Iterator[Unsent]:
    content = json.loads(path.read_text(encoding="utf-8"))
    if not is_running(int(content["pid"]), str(content["started"])):
        path.unlink()
        yield from (Unsent(str(name), str(text)) for name, text in content["texts"].items())


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
