"""Many processes, one session: one writer at a time, and what a dead one leaves behind."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from collections import defaultdict
from pathlib import Path

import pytest

from chatcli.core.model import TurnStatus
from chatcli.core.ports import ReplyEnd, ReplyText
from chatcli.errors import LeaseLostError, SessionBusyError
from chatcli.storage.sqlite import SqliteStore
from tests.storage.stores import WRITER, Child, SetClock, child, contents, new_session

SENDER = """
import json, sys, time
from pathlib import Path
from chatcli.core.model import TurnStatus
from chatcli.core.ports import ReplyEnd, ReplyText
from chatcli.errors import SessionBusyError
from chatcli.storage.sqlite import SqliteStore

path, session, me = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

def begin(store, prompt):
    while True:
        try:
            return store.begin_turn(session, prompt)
        except SessionBusyError:
            time.sleep(0.001)

for number in range(5):
    store = SqliteStore.open(path, lock_timeout=60)
    begun = begin(store, f"{me}:{number}")
    context = [turn.content for turn in begun.context]
    store.append_text([ReplyText(begun.reply.id, f"to {me}")])
    store.finish_reply(ReplyEnd(begun.reply.id, TurnStatus.COMPLETE, f"to {me}:{number}"))
    store.close()
    print(json.dumps([begun.prompt.content, context]), flush=True)
"""


def test_replies_of_six_processes_come_one_after_the_other(store: SqliteStore) -> None:
    session = new_session(store)
    senders = [Child(SENDER, store.path, session.id, name) for name in "abcdef"]
    said = [[json.loads(sender.line()) for _ in range(5)] for sender in senders]
    for sender in senders:
        sender.close()

    turns = store.thread(session.id)
    assert [turn.position for turn in turns] == list(range(1, 61))
    prompts = [turn.content for turn in turns[::2]]
    assert [turn.content for turn in turns[1::2]] == [f"to {prompt}" for prompt in prompts]
    in_order = defaultdict(list)
    for prompt in prompts:
        in_order[prompt[0]].append(prompt)
    assert in_order == {name: [f"{name}:{n}" for n in range(5)] for name in "abcdef"}
    texts = [turn.content for turn in turns]
    for prompt, context in (line for lines in said for line in lines):
        assert context == texts[: texts.index(prompt)]


def test_a_living_process_keeps_its_session(store: SqliteStore) -> None:
    session = new_session(store, "work")
    with child(WRITER, store.path, session.id, "one ", "two") as writer:
        turn_id = int(writer.line())
        with pytest.raises(SessionBusyError, match=f"PID {writer.process.pid}"):
            store.begin_turn(session.id, "me too")
        streaming = store.turn(turn_id)
        assert (streaming.status, streaming.content) == (TurnStatus.STREAMING, "one two")
        assert store.find_session("work").writing


def test_what_a_killed_process_stored_is_kept_and_the_session_goes_on(store: SqliteStore) -> None:
    session = new_session(store)
    with child(WRITER, store.path, session.id, "one ", "two") as writer:
        turn_id = int(writer.line())
        writer.kill()
    shown = store.turn(turn_id)
    assert (shown.status, shown.content) == (TurnStatus.INCOMPLETE, "one two")
    assert shown.reasoning.text == "thought thought "
    assert shown.finish_reason == "interrupted"
    assert shown.error is not None
    assert shown.error.kind == "interrupted"
    before = store.find_session(session.id)
    assert (before.writing, before.turns, before.unread) == (False, 2, 1)

    begun = store.begin_turn(session.id, "go on")
    assert [turn.content for turn in begun.context] == ["a prompt", "one two"]
    assert begun.context[1] == shown
    assert (begun.reply.position, begun.session.unread) == (4, 1)


def test_a_reply_without_text_has_failed(store: SqliteStore) -> None:
    session = new_session(store)
    with child(WRITER, store.path, session.id) as writer:
        turn_id = int(writer.line())
    shown = store.turn(turn_id)
    assert (shown.status, shown.position, shown.finish_reason) == ("failed", 0, "interrupted")
    assert store.find_session(session.id).turns == 0
    begun = store.begin_turn(session.id, "again", max_turns=1)
    assert [turn.status for turn in begun.context] == ["complete", "failed"]
    assert begun.reply.position == 2


def test_ended_sessions_and_limits_see_through_a_dead_writer(store: SqliteStore) -> None:
    session = new_session(store)
    with child(WRITER, store.path, session.id, "text") as writer:
        writer.line()
    undone = store.set_head(session.id, None)
    assert (undone.turns, undone.unread) == (0, 0)
    with child(WRITER, store.path, session.id, "text") as writer:
        writer.line()
    store.purge_session(session.id)
    assert store.list_sessions(ended=True) == []


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_stopped_process_is_alive_and_a_zombie_is_not(path: Path) -> None:
    clock = SetClock()
    store = SqliteStore.open(path, now=clock)
    session = new_session(store)
    with child(WRITER, path, session.id, "text") as writer:
        writer.line()
        os.kill(writer.process.pid, signal.SIGSTOP)
        clock.seconds += 10**9
        assert store.find_session(session.id).writing
        os.kill(writer.process.pid, signal.SIGKILL)
        while store.find_session(session.id).writing:
            pass  # it dies, but is not waited for: a zombie
        store.begin_turn(session.id, "mine now")
    store.close()


def change_leases(path: Path, sql: str) -> None:
    """Write leases as another machine or an earlier process would have."""
    connection = sqlite3.connect(path)
    connection.execute(f"UPDATE leases SET {sql}")  # noqa: S608 - the tests' own words
    connection.commit()
    connection.close()


def test_a_number_that_another_process_has_now_is_no_life(path: Path) -> None:
    store = SqliteStore.open(path)
    session = new_session(store)
    with child(WRITER, path, session.id, "text") as writer:
        writer.line()
        change_leases(path, "started = 'an earlier time'")
        assert not store.find_session(session.id).writing
        store.begin_turn(session.id, "mine now")
    store.close()


def test_another_machine_lives_as_long_as_its_heart_beats(path: Path) -> None:
    clock = SetClock()
    far, near = SqliteStore.open(path, now=clock), SqliteStore.open(path, now=clock)
    lost, kept = new_session(far), new_session(far)
    reply = far.begin_turn(lost.id, "hello").reply
    change_leases(path, "host = 'elsewhere', owner = 'somebody'")
    clock.seconds += 29
    with pytest.raises(SessionBusyError, match="on elsewhere"):
        near.begin_turn(lost.id, "me")
    clock.seconds += 2
    near.begin_turn(lost.id, "me")

    # the other one wakes up: what is its own still goes to disk, the rest is refused
    other = far.begin_turn(kept.id, "hello").reply
    with pytest.raises(LeaseLostError) as caught:
        far.append_text([ReplyText(reply.id, "late"), ReplyText(other.id, "in time")])
    assert caught.value.turn_ids == (reply.id,)
    assert far.turn(other.id).content == "in time"
    with pytest.raises(LeaseLostError):
        far.finish_reply(ReplyEnd(reply.id, TurnStatus.COMPLETE, "late"))
    assert contents(near, lost) == ["hello", "", "me", ""]
    far.close()
    near.close()


def test_a_heartbeat_keeps_a_lease(path: Path) -> None:
    clock = SetClock()
    store = SqliteStore.open(path, now=clock)
    store.begin_turn(new_session(store).id, "hello")
    clock.seconds += 100
    store.heartbeat()
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT heartbeat FROM leases").fetchone() == (clock.seconds,)
    connection.close()
    store.close()


def test_two_stores_of_one_process_exclude_each_other(path: Path) -> None:
    first, second = SqliteStore.open(path), SqliteStore.open(path)
    session = new_session(first)
    reply = first.begin_turn(session.id, "hello").reply
    with pytest.raises(SessionBusyError, match="this process"):
        second.begin_turn(session.id, "me")
    with pytest.raises(LeaseLostError):
        second.append_text([ReplyText(reply.id, "not mine")])
    assert first.turn(reply.id).content == ""
    first.close()
    second.begin_turn(session.id, "me")
    second.close()
