"""Sessions are made, changed, ended by hand and by limits, restored and deleted."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from chatcli.core.model import ABOUT, EMPTY_PREVIEW, EndedBy, SessionState
from chatcli.core.ports import NewSession
from chatcli.errors import (
    SessionBusyError,
    SessionEndedError,
    SessionNameTakenError,
    SessionNotFoundError,
    UsageError,
)
from chatcli.storage.sqlite import SqliteStore
from tests.storage.stores import SetClock, contents, exchange, new_session


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def store(path: Path, clock: SetClock) -> Iterator[SqliteStore]:
    store = SqliteStore.open(path, now=clock)
    yield store
    store.close()


def test_a_new_session(store: SqliteStore, clock: SetClock) -> None:
    session = store.create_session(NewSession("fast", "work", "Be brief", {"a": "b"})).session
    assert session.id.startswith("sess_")
    assert len(session.id) == len("sess_") + 12
    assert (session.name, session.model, session.system_prompt) == ("work", "fast", "Be brief")
    assert (session.turns, session.preview, session.state) == (0, EMPTY_PREVIEW, "active")
    assert session.created_at == session.last_activity == clock.seconds
    assert store.list_sessions() == [session] == [store.last_session()]


def test_names_made_up_are_short_and_free(store: SqliteStore) -> None:
    new_session(store, "chat-2")
    names = [new_session(store).name for _ in range(12)]
    assert len({*names, "chat-2"}) == 13
    assert names[0] == "chat-1"
    assert all(len(name) <= len("chat-99") for name in names)
    one_off = NewSession("m", state=SessionState.ENDED, ended_by=EndedBy.ONE_OFF)
    assert store.create_session(one_off).session.name == "one-off-1"


def test_a_name_that_ended_sessions_have_is_not_made_up_again(store: SqliteStore) -> None:
    store.end_session(new_session(store).id)
    assert new_session(store).name == "chat-2"


@pytest.mark.parametrize(
    "name",
    ["", "  ", "-", "-x", "12", "\u0663", "a\nb", "a\tb", "\x1b[31m", "a\u202eb", "x" * 101],
)
def test_what_cannot_be_a_name(store: SqliteStore, name: str) -> None:
    session = new_session(store)
    with pytest.raises(UsageError):
        store.update_session(session.id, name=name)
    if name:
        with pytest.raises(UsageError):
            new_session(store, name)
    assert store.list_sessions() == [session]


def test_an_id_is_no_name(store: SqliteStore) -> None:
    session = new_session(store)
    with pytest.raises(UsageError):
        new_session(store, session.id)


@pytest.mark.parametrize("name", ["my chat", "q3-plan", "Überblick", "日本語", "a" * 100, "%_'\""])
def test_what_can_be_a_name(store: SqliteStore, name: str) -> None:
    session = new_session(store, f" {name} ")
    assert session.name == name
    assert store.find_session(name) == session


def test_active_names_are_unique(store: SqliteStore) -> None:
    work = new_session(store, "work")
    other = new_session(store, "other")
    with pytest.raises(SessionNameTakenError, match="work"):
        new_session(store, "work")
    with pytest.raises(SessionNameTakenError):
        store.update_session(other.id, name="work")
    assert store.update_session(work.id, name="work").name == "work"
    store.end_session(work.id)
    assert store.update_session(other.id, name="work").name == "work"


def test_a_restored_session_whose_name_is_taken_gets_another(store: SqliteStore) -> None:
    first = new_session(store, "work")
    store.end_session(first.id)
    second = new_session(store, "work")
    store.end_session(second.id)
    new_session(store, "work")
    assert store.restore_session(first.id).session.name == "work-2"
    assert store.restore_session(second.id).session.name == "work-3"


def test_restoring_an_active_session_changes_nothing(store: SqliteStore) -> None:
    session = new_session(store, "work")
    assert store.restore_session(session.id, max_active=1).session == session


def test_update_changes_only_what_is_given(store: SqliteStore) -> None:
    session = store.create_session(NewSession("m", "work", options={"temperature": 0})).session
    store.update_session(session.id, model="slow", draft="half a sent")
    changed = store.update_session(session.id, options={"top_p": 0.5, "stop": ["x"]})
    assert (changed.name, changed.model, changed.draft) == ("work", "slow", "half a sent")
    assert changed.options == {"top_p": 0.5, "stop": ["x"]}
    assert store.update_session(session.id, system_prompt="", draft="").draft == ""
    with pytest.raises(SessionNotFoundError):
        store.update_session("sess_000000000000", model="x")


def test_newest_activity_is_first_and_a_tie_keeps_the_order_of_creation(
    store: SqliteStore, clock: SetClock
) -> None:
    one, two, three = (new_session(store) for _ in range(3))
    assert [s.id for s in store.list_sessions()] == [one.id, two.id, three.id]
    clock.seconds += 1
    exchange(store, two, "hello", "hi")
    assert [s.id for s in store.list_sessions()] == [two.id, one.id, three.id]
    store.end_session(two.id)
    assert [s.id for s in store.list_sessions()] == [one.id, three.id]
    assert [s.id for s in store.list_sessions(ended=True)] == [two.id, one.id, three.id]
    last = store.last_session()
    assert last is not None
    assert last.id == one.id


def test_activity_never_goes_back_with_the_clock(store: SqliteStore, clock: SetClock) -> None:
    session = new_session(store)
    before = session.last_activity
    clock.seconds -= 3600
    exchange(store, session, "hello", "hi")
    exchange(store, session, "still", "here")
    assert store.find_session(session.id).last_activity == before
    assert contents(store, session) == ["hello", "hi", "still", "here"]


def test_the_limit_ends_the_longest_idle(store: SqliteStore, clock: SetClock) -> None:
    sessions = []
    for name in ("a", "b", "c"):
        clock.seconds += 1
        sessions.append(new_session(store, name))
    clock.seconds += 1
    exchange(store, sessions[0], "hello", "hi")
    created = store.create_session(NewSession("m", "d"), max_active=3)
    assert [(s.name, s.state, s.ended_by) for s in created.ended] == [("b", "ended", "limit")]
    assert {s.name for s in store.list_sessions()} == {"a", "c", "d"}
    created = store.create_session(NewSession("m", "e"), max_active=2)
    assert [s.name for s in created.ended] == ["c", "a"]
    assert contents(store, sessions[0]) == ["hello", "hi"]
    restored = store.restore_session(sessions[0].id, max_active=2)
    assert [s.name for s in restored.ended] == ["d"]


def test_the_limit_never_ends_a_session_being_written(store: SqliteStore) -> None:
    busy = new_session(store, "busy")
    store.begin_turn(busy.id, "hello")
    created = store.create_session(NewSession("m"), max_active=1)
    assert created.ended == ()
    assert store.find_session("busy").state is SessionState.ACTIVE


def test_a_session_the_limit_ended_comes_back_when_written_to(store: SqliteStore) -> None:
    session = new_session(store, "work")
    store.end_session(session.id, EndedBy.LIMIT)
    new_session(store, "work")
    begun = store.begin_turn(session.id, "hello")
    assert (begun.session.state, begun.session.ended_by) == ("active", None)
    assert begun.session.name == "work-2"


def test_a_session_the_user_ended_takes_no_message(store: SqliteStore) -> None:
    session = new_session(store, "my work")
    ended = store.end_session(session.id)
    assert (ended.state, ended.ended_by) == ("ended", "user")
    assert store.end_session(session.id, EndedBy.LIMIT) == ended
    with pytest.raises(SessionEndedError) as caught:
        store.begin_turn(session.id, "hello")
    assert caught.value.hint == "chatcli restore 'my work'"
    assert store.thread(session.id) == []


def test_a_one_off_session_takes_one_message(store: SqliteStore) -> None:
    new = NewSession("m", state=SessionState.ENDED, ended_by=EndedBy.ONE_OFF)
    session = store.create_session(new, max_active=1).session
    exchange(store, session, "hello", "hi")
    assert store.find_session(session.id).state is SessionState.ENDED
    assert store.list_sessions() == []
    with pytest.raises(SessionEndedError):
        store.begin_turn(session.id, "again")
    store.set_head(session.id, None)
    with pytest.raises(SessionEndedError):
        store.begin_turn(session.id, "again")
    store.restore_session(session.id)
    assert store.begin_turn(session.id, "again").session.state is SessionState.ACTIVE


def test_an_id_chosen_before_is_kept(store: SqliteStore) -> None:
    new = NewSession("m", id="sess_00000000000a")
    assert store.create_session(new).session.id == "sess_00000000000a"
    with pytest.raises(ValueError, match="stored already"):
        store.create_session(new)


def test_purge_leaves_no_text_in_the_file(store: SqliteStore, path: Path) -> None:
    secret = "the-word-nobody-may-find" * 300
    kept = new_session(store)
    exchange(store, kept, "hello", "hi")
    session = new_session(store)
    for _ in range(3):
        exchange(store, session, secret, secret)
    assert store.purge_session(session.id)
    with pytest.raises(SessionNotFoundError):
        store.find_session(session.id)
    # another process looks, for reading an open database past SQLite drops our locks on it
    looking = subprocess.run(["grep", "-r", "nobody-may-find", path.parent], check=False)
    assert looking.returncode == 1
    assert contents(store, kept) == ["hello", "hi"]
    with pytest.raises(SessionNotFoundError):
        store.purge_session(session.id)


def test_purge_takes_the_summaries_along(store: SqliteStore) -> None:
    session, other = new_session(store), new_session(store)
    new = NewSession("m", state=SessionState.ENDED, ended_by=EndedBy.ONE_OFF)
    for about in (session, other):
        aside = store.create_session(replace(new, metadata={ABOUT: about.id})).session
        exchange(store, aside, "all that was said", "in short")
    store.purge_session(session.id)
    left = store.list_sessions(ended=True)
    assert {s.id for s in left} == {other.id, aside.id}
    assert contents(store, aside) == ["all that was said", "in short"]


def test_purge_says_when_a_reader_keeps_the_text_on_disk(store: SqliteStore, path: Path) -> None:
    session = new_session(store)
    exchange(store, session, "hello", "hi")
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM turns").fetchone()
        assert not store.purge_session(session.id)
    other = new_session(store)
    assert store.purge_session(other.id)


def test_a_session_being_written_is_not_purged(store: SqliteStore) -> None:
    session = new_session(store)
    store.begin_turn(session.id, "hello")
    with pytest.raises(SessionBusyError):
        store.purge_session(session.id)
    assert contents(store, session) == ["hello", ""]
