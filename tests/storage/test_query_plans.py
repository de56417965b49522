"""The hot queries stay fast however much is stored: none reads a whole table."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from chatcli.core.model import EndedBy, TurnStatus
from chatcli.core.ports import NewSession, ReplyEnd, ReplyText
from chatcli.errors import SessionNotFoundError
from chatcli.storage.connection import Database
from chatcli.storage.sqlite import SqliteStore
from tests.storage.stores import exchange, new_session


def run_hot_calls(store: SqliteStore) -> None:
    """Everything that opening, listing, reading and sending do."""
    session = store.create_session(NewSession("m", "work"), max_active=2).session
    exchange(store, session, "hello", "hi")
    store.mark_seen(session.id, exchange(store, session, "and", "so").id)
    begun = store.begin_turn(session.id, None, max_turns=50)
    store.append_text([ReplyText(begun.reply.id, "hi")])
    store.heartbeat()
    store.finish_reply(ReplyEnd(begun.reply.id, TurnStatus.COMPLETE, "hi"))
    store.list_sessions()
    store.last_session()
    for reference in ("work", "wo", session.id, session.id[:8]):
        store.find_session(reference)
    store.end_session(session.id, EndedBy.LIMIT)
    for reference in ("work", "wo", session.id[:8]):
        store.find_session(reference)
    with pytest.raises(SessionNotFoundError):
        store.find_session("nothing of that name")
    store.restore_session(session.id, 2)
    store.set_head(session.id, begun.reply.id)
    store.thread(session.id, 20)
    new_session(store)


def database_of(store: SqliteStore) -> Database:
    assert isinstance(store._database, Database)
    return store._database


def test_no_hot_query_reads_a_whole_table(path: Path) -> None:
    statements: set[str] = set()
    store = SqliteStore.open(path)
    database = database_of(store)
    database._writer.set_trace_callback(statements.add)
    reader = database._take_reader()
    reader.set_trace_callback(statements.add)
    database._give_back(reader)
    run_hot_calls(store)
    store.close()

    connection = sqlite3.connect(path)
    queries = [sql for sql in statements if sql.split()[0] not in {"BEGIN", "COMMIT", "ROLLBACK"}]
    queries = [sql for sql in queries if not sql.startswith(("PRAGMA", "--"))]
    assert len(queries) > 40
    for sql in queries:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
        for step in plan:
            scans = step.startswith("SCAN") and "active_by_activity" not in step
            assert not scans or step.split()[1] in {"path", "leases", "CONSTANT"}, (sql, plan)
            assert "TEMP B-TREE" not in step, (sql, plan)
    connection.close()


def test_the_end_of_a_long_conversation_is_read_alone(store: SqliteStore) -> None:
    session = new_session(store)
    exchange(store, session, "first", "second")
    connection = sqlite3.connect(store.path)
    insert = "INSERT INTO turns (session_id, parent_id, position, role, status, created_at) "
    with connection:
        connection.executemany(
            insert + "VALUES (?, ?, ?, ?, 'complete', 0)",
            [(session.id, n - 1, n, "user" if n % 2 else "assistant") for n in range(3, 10_001)],
        )
        connection.execute("UPDATE sessions SET head_id = 10000, turns = 10000")
    connection.close()
    assert [turn.position for turn in store.thread(session.id, 20)] == list(range(9981, 10_001))

    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    database = database_of(store)
    reader = database._take_reader()
    reader.set_progress_handler(count, 100)
    database._give_back(reader)
    store.thread(session.id, 20)
    assert steps < 50  # hundreds of SQLite's instructions; all turns take thousands
    store.thread(session.id)
    assert steps > 1000
    begun = store.begin_turn(session.id, "next")
    assert (len(begun.context), begun.reply.position) == (10_000, 10_002)
