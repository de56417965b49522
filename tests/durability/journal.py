"""What a process showed its user, written down so that it survives the process."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from chatcli.core.events import Event, TextDelta, TurnFinished, TurnStarted

PROMISE_SECONDS = 0.25
"""Text that was shown so long before a process died has to be in the store."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was shown; `what` is began, text, stored, finished or dying."""

    at: float
    what: str
    session: str = ""
    turn: int = 0
    text: str = ""
    prompt: str = ""


class Journal:
    """Appends entries with one write each, so that a killed process leaves whole lines."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(self, what: str, **details: Any) -> None:
        """Write an entry down."""
        entry = Entry(time.monotonic(), what, **details)
        os.write(self._file, json.dumps(asdict(entry)).encode() + b"\n")

    def note_event(self, event: Event) -> None:
        """Write down what an event showed the user."""
        where: dict[str, Any] = {"session": event.session_id, "turn": event.turn_id}
        if isinstance(event, TurnStarted) and event.prompt is not None:
            self.note("began", prompt=event.prompt.content, **where)
        elif isinstance(event, TextDelta):
            self.note("text", text=event.text, **where)
        elif isinstance(event, TurnFinished):
            turn = event.turn
            self.note("finished", text=turn.reasoning.text + turn.content, **where)


def read_journal(path: Path) -> Iterator[Entry]:
    """The entries, in order."""
    if path.exists():
        for line in path.read_text().splitlines():
            yield Entry(**json.loads(line))


@dataclass(slots=True)
class Shown:
    """One reply as its user saw it; `safe` is the text that has to be in the store.

    Text that was reasoning is still text here.
    """

    session: str
    prompt: str
    text: str = ""
    safe: str = ""
    finished: bool = False


def promised_by_time(entries: list[Entry]) -> float:
    """The moment before which everything shown has to be in the store: the program's promise."""
    return entries[-1].at - PROMISE_SECONDS if entries else 0.0


def promised_by_calls(entries: list[Entry]) -> float:
    """The same from the store calls alone, so that a slow machine makes no difference.

    What was shown before one checkpoint returned is in the next one.
    """
    stored = [entry.at for entry in entries if entry.what == "stored"]
    return stored[-2] if len(stored) > 1 else 0.0


def shown_replies(entries: list[Entry], promised: float) -> dict[int, Shown]:
    """What a process showed of each reply, by turn; safe is what came before `promised`."""
    replies: dict[int, Shown] = {}
    for entry in entries:
        if entry.what == "began":
            replies[entry.turn] = Shown(entry.session, entry.prompt)
        elif entry.what == "text":
            reply = replies[entry.turn]
            reply.text += entry.text
            if entry.at < promised:
                reply.safe = reply.text
        elif entry.what == "finished":
            replies[entry.turn].finished = True
            replies[entry.turn].safe = entry.text
    return replies
