"""Drafts of sessions that are not stored yet, kept in a file until the process ends well."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from chatcli.storage.processes import can_see_processes, is_running, new_owner

_PATTERN = "unsent-*.json"


class Unsent(NamedTuple):
    """A text, and the name of the session it was meant for (empty: it had none)."""

    name: str
    text: str


class UnsentFile:
    """One file a process; it is there only while there is something to keep.

    A session is stored with its first message. Until then a crash would take its draft along.
    """

    def __init__(self, folder: Path) -> None:
        owner = new_owner()
        self._path = folder / f"unsent-{owner.pid}-{owner.id[:8]}.json"
        self._head = {"pid": owner.pid, "started": owner.started}
        self._texts: dict[str, str] = {}

    def keep(self, name: str, text: str) -> None:
        """Keep a session's draft; an empty one is forgotten. A full disk costs the draft only."""
        self._texts.pop(name, None)
        if text.strip():
            self._texts[name] = text
        with contextlib.suppress(OSError):
            self._write()

    def _write(self) -> None:
        if not self._texts:
            self._path.unlink(missing_ok=True)
            return
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self._path.with_suffix(".new")
        fd = os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "w", encoding="utf-8") as file:
            json.dump({**self._head, "texts": self._texts}, file)
        new.replace(self._path)

    def close(self) -> None:
        """The process ends well: what is unsent has been kept elsewhere."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


def take_leftovers(folder: Path) -> list[Unsent]:
    """What processes that did not end well have left, oldest file first; taken only once."""
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
