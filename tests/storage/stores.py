"""Stores for the tests of this folder: one to talk to, and others in processes of their own."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chatcli.core.model import Session, Turn, TurnStatus
from chatcli.core.ports import NewSession, ReplyEnd, ReplyText
from chatcli.storage.sqlite import SqliteStore

ROOT = Path(__file__).parents[2]


@dataclass(slots=True)
class SetClock:
    """A clock that stands where a test put it."""

    seconds: float = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


def new_session(store: SqliteStore, name: str = "") -> Session:
    """A stored session without turns."""
    return store.create_session(NewSession("openai/some-model", name)).session


def exchange(store: SqliteStore, session: Session, prompt: str, answer: str) -> Turn:
    """A prompt and its complete reply; returns the reply."""
    begun = store.begin_turn(session.id, prompt)
    store.append_text([ReplyText(begun.reply.id, answer)])
    return store.finish_reply(ReplyEnd(begun.reply.id, TurnStatus.COMPLETE, answer))


def contents(store: SqliteStore, session: Session) -> list[str]:
    """The texts of the conversation."""
    return [turn.content for turn in store.thread(session.id)]


def snapshot(folder: Path) -> dict[str, str]:
    """Every file of a folder with a digest of its bytes."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file()
    }


class Child:
    """A Python process that runs `program`; what it prints is read line by line."""

    def __init__(self, program: str, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def line(self) -> str:
        """The next line it prints; an empty one when it has ended."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def go_on(self) -> None:
        """Let it pass the next `input()`."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        """End it with SIGKILL, as a power cut would."""
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """End it and close its pipes."""
        self.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


@contextmanager
def child(program: str, *arguments: object) -> Iterator[Child]:
    """A process that is gone when the block ends."""
    running = Child(program, *arguments)
    try:
        yield running
    finally:
        running.close()


WRITER = """
import sys
from pathlib import Path
from chatcli.core.ports import ReplyText
from chatcli.storage.sqlite import SqliteStore

store = SqliteStore.open(Path(sys.argv[1]))
begun = store.begin_turn(sys.argv[2], "a prompt")
for text in sys.argv[3:]:
    store.append_text([ReplyText(begun.reply.id, text, "thought ")])
print(begun.reply.id, flush=True)
input()
"""
"""Begins a reply in a session, stores the given pieces, says the reply's id, and waits."""


def filled(path: Path) -> None:
    """A closed database with something in it."""
    store = SqliteStore.open(path)
    session = new_session(store, "work")
    for number in range(20):
        exchange(store, session, f"prompt {number}", "reply " * 200)
    store.close()
