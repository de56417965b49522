"""Values that chatcli never writes, as a file changed from outside may hold them, are damage."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from chatcli.errors import StoreRefusedError
from chatcli.storage.sqlite import SqliteStore
from tests.storage.stores import exchange, new_session

COLUMNS = (
    *(f"sessions.{name}" for name in ("created_at", "last_activity", "turns", "unread", "preview")),
    *(f"sessions.{name}" for name in ("model", "system_prompt", "state", "draft", "seen_id")),
    *(f"sessions.{name}" for name in ("metadata", "options", "ended_by")),
    *(f"turns.{name}" for name in ("created_at", "position", "role", "status", "content", "model")),
    *(f"turns.{name}" for name in ("model_used", "finish_reason", "input_tokens", "cost_usd")),
    *(f"turns.{name}" for name in ("first_token_seconds", "total_seconds", "error_kind")),
    *(f"turns.{name}" for name in ("reasoning_text", "reasoning_raw")),
    *(f"leases.{name}" for name in ("host", "pid", "started", "heartbeat")),
)
VALUES = ("1e20", "-1e20", "9e999", "'text'", "x'ff00'", "'[1]'", "'{'", f"'{'[' * 100_000}'")
TIMES = ("turns.created_at", "sessions.created_at", "sessions.last_activity")


@pytest.fixture
def filled(path: Path) -> Iterator[Path]:
    """A database with one whole exchange and one reply being written."""
    store = SqliteStore.open(path)
    session = new_session(store, "work")
    exchange(store, session, "prompt", "reply")
    store.begin_turn(session.id, "another")
    yield path
    store.close()


def look(store: SqliteStore) -> list[str]:
    """What is said where the sessions, their turns and the figures are read and shown."""

    def shown() -> None:
        for session in store.list_sessions(ended=True):
            json.dumps(session.entry())

    def thread() -> None:
        session = store.find_session("work")
        for turn in store.thread(session.id):
            json.dumps([turn.content, turn.created_at, turn.reasoning.text])

    said = []
    steps: tuple[Callable[[], object], ...] = (shown, thread, lambda: store.figures(None))
    for step in steps:
        try:
            step()
        except StoreRefusedError as error:  # any other error fails the test
            said.append(error.message)
    return said


@pytest.mark.parametrize("column", COLUMNS)
def test_a_value_of_the_wrong_kind_is_damage(filled: Path, column: str) -> None:
    table, _, name = column.partition(".")
    reader = SqliteStore.open(filled)
    for value in VALUES:
        with closing(sqlite3.connect(filled)) as connection:
            connection.execute(f"UPDATE {table} SET {name} = {value}")  # noqa: S608 - ours
            connection.commit()
        said = look(reader)
        assert all("is damaged" in message for message in said)
        if column in TIMES:
            assert said, value
    reader.close()
