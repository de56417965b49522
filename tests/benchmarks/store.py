"""`python -m tests.benchmarks.store`: a store of 1,000,000 turns against a small one.

Both have the same 20 active sessions; the large one has 9,980 ended ones besides, and its turns
lie scattered, as if all sessions had been written to in turn. Each line is the processor time
of one step in the small store, in the large one, their ratio, and that of the time on the wall;
the steps of both stores alternate. Below it are single calls on the large store, on the wall.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from chatcli.core.model import TurnStatus
from chatcli.core.ports import ReplyEnd, ReplyText
from chatcli.storage.sqlite import SqliteStore

ACTIVE = 20
ENDED = 9_980
TURNS_PER_SESSION = 100
TEXT = "Some words of a conversation, neither very long nor very short. " * 4
ROUNDS = 60
LIMIT = 1.3

Step = Callable[[Path], None]


def build(path: Path, ended: int) -> None:
    """A database of ACTIVE active and `ended` ended sessions, by the shortest way."""
    SqliteStore.open(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    sessions = ended + ACTIVE
    with connection:
        connection.executemany(
            """
            INSERT INTO sessions (number, id, name, model, system_prompt, state, ended_by,
                created_at, last_activity, turns, unread, preview, head_id, seen_id)
            VALUES (:number, printf('sess_%012x', :number), printf('chat-%d', :number), 'a/model',
                '', :state, :ended_by, :number, :number, :turns, 0, 'Some words of a conversation',
                :head_id, :head_id)
            """,
            (session_row(number, sessions) for number in range(1, sessions + 1)),
        )
        connection.executemany(
            """
            INSERT INTO turns (id, session_id, parent_id, position, role, status, created_at,
                model_used, input_tokens, output_tokens, first_token_seconds, total_seconds,
                content)
            VALUES (:id, printf('sess_%012x', :number), :parent_id, :position, :role, 'complete',
                :id * 60, 'a/model', :id % 977, :id % 479, (:id % 97) / 50.0,
                2 + (:id % 89) / 10.0, :content)
            """,
            turn_rows(sessions),
        )
    connection.close()


def session_row(number: int, sessions: int) -> dict[str, object]:
    """The active sessions are the first ones, spread through the file's oldest pages."""
    state, by = ("active", None) if number <= ACTIVE else ("ended", "limit")
    return {
        "number": number,
        "state": state,
        "ended_by": by,
        "turns": TURNS_PER_SESSION,
        "head_id": (TURNS_PER_SESSION - 1) * sessions + number,
    }


def turn_rows(sessions: int) -> Iterator[dict[str, object]]:
    """Each session's turn 1, then each session's turn 2, and so on."""
    for position in range(1, TURNS_PER_SESSION + 1):
        role = "user" if position % 2 else "assistant"
        for number in range(1, sessions + 1):
            turn_id = (position - 1) * sessions + number
            parent_id = turn_id - sessions if position > 1 else None
            yield {
                "id": turn_id,
                "number": number,
                "parent_id": parent_id,
                "position": position,
                "role": role,
                "content": TEXT,
            }


def open_and_close(path: Path) -> None:
    """What every command begins and ends with."""
    SqliteStore.open(path).close()


def list_sessions(path: Path) -> None:
    """`chatcli list`."""
    store = SqliteStore.open(path)
    assert len(store.list_sessions()) == ACTIVE
    store.close()


def history(path: Path) -> None:
    """`chatcli history chat-7 --limit 20`."""
    store = SqliteStore.open(path)
    assert len(store.thread(store.find_session("chat-7").id, 20)) == 20
    store.close()


def send(path: Path) -> None:
    """`chatcli send -s chat-9`, with a reply in three pieces."""
    store = SqliteStore.open(path)
    session = store.find_session("chat-9")
    begun = store.begin_turn(session.id, "What do you think?")
    for piece in ("I think ", "that this ", "is fast."):
        store.append_text([ReplyText(begun.reply.id, piece)])
    end = ReplyEnd(begun.reply.id, TurnStatus.COMPLETE, "I think that this is fast.")
    store.finish_reply(end)
    store.set_head(session.id, session.head_id)  # the next round finds it as long
    store.close()


STEPS: dict[str, Step] = {
    "open and close": open_and_close,
    "list": list_sessions,
    "history --limit 20": history,
    "send, 3 checkpoints": send,
}


def compare(name: str, step: Step, small: Path, large: Path) -> bool:
    """Print one line; whether the large store keeps the limit."""
    work: dict[Path, list[float]] = {small: [], large: []}
    waiting: dict[Path, list[float]] = {small: [], large: []}
    for number in range(ROUNDS):
        for path in (small, large) if number % 2 else (large, small):
            begin, begin_work = time.perf_counter(), time.process_time()
            step(path)
            work[path].append(time.process_time() - begin_work)
            waiting[path].append(time.perf_counter() - begin)
    one, other = (statistics.median(work[path]) * 1000 for path in (small, large))
    wall = statistics.median(waiting[large]) / statistics.median(waiting[small])
    print(f"{name:22} {one:10.2f} {other:10.2f} {other / one:8.2f} {wall:10.2f}", flush=True)
    return other / one <= LIMIT


def print_calls(path: Path) -> None:
    """The time each call of a reply takes (median), and that of the figures over all."""
    print("milliseconds on the wall")
    store = SqliteStore.open(path)
    session = store.find_session("chat-11")
    times: dict[str, list[float]] = {"begin_turn": [], "append_text": [], "finish_reply": []}
    for _ in range(ROUNDS):
        marks = [time.perf_counter()]
        begun = store.begin_turn(session.id, TEXT)
        marks.append(time.perf_counter())
        store.append_text([ReplyText(begun.reply.id, TEXT)])
        marks.append(time.perf_counter())
        store.finish_reply(ReplyEnd(begun.reply.id, TurnStatus.COMPLETE, TEXT))
        marks.append(time.perf_counter())
        for name, before, after in zip(times, marks, marks[1:], strict=False):
            times[name].append(after - before)
        store.set_head(session.id, session.head_id)
    for name, seconds in times.items():
        print(f"{name:22} {statistics.median(seconds) * 1000:10.2f}")
    before = time.perf_counter()
    store.figures()
    print(f"{'figures of everything':22} {(time.perf_counter() - before) * 1000:10.2f}")
    store.close()


def main() -> int:
    """Build both stores, compare, print."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "small.db", Path(folder) / "large.db"
        begin = time.perf_counter()
        build(small, 0)
        build(large, ENDED)
        size = large.stat().st_size / 2**20
        print(f"built {size:.0f} MiB in {time.perf_counter() - begin:.0f} s")
        print(
            f"{'CPU milliseconds':22} {'small':>10} {'large':>10} {'ratio':>8} {'wall ratio':>10}"
        )
        kept = [compare(name, step, small, large) for name, step in STEPS.items()]
        print_calls(large)
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
