"""A prompt and its reply: place, limit, context, pieces, endings, retries."""

from __future__ import annotations

import sqlite3

import pytest

from chatcli.core.model import Fault, Reasoning, TurnStatus
from chatcli.core.ports import ReplyEnd, ReplyText
from chatcli.errors import (
    LeaseLostError,
    SessionBusyError,
    SessionError,
    SessionFullError,
    SessionNotFoundError,
    StoreRefusedError,
)
from chatcli.storage.sqlite import SqliteStore
from tests.storage.stores import contents, exchange, new_session


def fail(store: SqliteStore, turn_id: int) -> None:
    """End a reply without any text."""
    error = Fault("overloaded", "the server is overloaded", "try again")
    store.finish_reply(ReplyEnd(turn_id, TurnStatus.FAILED, "", error=error))


def test_a_prompt_is_stored_with_its_empty_reply(store: SqliteStore) -> None:
    session = new_session(store)
    begun = store.begin_turn(session.id, "What is\n  this?", model="fast")
    assert begun.prompt is not None
    assert (begun.prompt.position, begun.prompt.parent_id) == (1, None)
    assert (begun.reply.position, begun.reply.parent_id) == (2, begun.prompt.id)
    assert (begun.reply.status, begun.reply.content) == (TurnStatus.STREAMING, "")
    assert (begun.reply.model, begun.context) == ("fast", ())
    assert begun.session == store.find_session(session.id)
    assert (begun.session.turns, begun.session.preview) == (2, "What is\n  this?")
    assert begun.session.writing
    assert begun.session.head_id == begun.reply.id


def test_the_context_is_all_that_was_before(store: SqliteStore) -> None:
    session = new_session(store)
    exchange(store, session, "one", "two")
    fail(store, store.begin_turn(session.id, "three").reply.id)
    begun = store.begin_turn(session.id, "five")
    assert [turn.content for turn in begun.context] == ["one", "two", "three", ""]
    assert [turn.status for turn in begun.context][-1] is TurnStatus.FAILED
    assert begun.prompt is not None
    assert begun.prompt.parent_id == begun.context[-1].id


def test_a_failed_exchange_does_not_count(store: SqliteStore) -> None:
    session = new_session(store)
    exchange(store, session, "one", "two")
    fail(store, store.begin_turn(session.id, "three").reply.id)
    assert store.find_session(session.id).turns == 2
    assert [turn.position for turn in store.thread(session.id)] == [1, 2, 3, 2]
    begun = store.begin_turn(session.id, "again")
    assert begun.prompt is not None
    assert (begun.prompt.position, begun.reply.position) == (3, 4)


def test_a_full_session_takes_nothing(store: SqliteStore) -> None:
    session = new_session(store)
    exchange(store, session, "one", "two")
    exchange(store, session, "three", "four")  # begins at 2 of 3
    before = store.thread(session.id)
    with pytest.raises(SessionFullError, match="4 turns and the limit is 3"):
        store.begin_turn(session.id, "five", max_turns=3)
    with pytest.raises(SessionFullError):
        store.begin_turn(session.id, "five", max_turns=4)
    assert store.thread(session.id) == before
    assert not store.find_session(session.id).writing
    store.begin_turn(session.id, "five", max_turns=5)


def test_another_reply_fits_into_a_full_session(store: SqliteStore) -> None:
    session = new_session(store)
    exchange(store, session, "one", "two")
    begun = store.begin_turn(session.id, None, max_turns=2)
    assert begun.reply.position == 2


def test_another_reply_stands_beside_the_first(store: SqliteStore) -> None:
    session = new_session(store)
    exchange(store, session, "one", "two")
    first = exchange(store, session, "three", "four")
    begun = store.begin_turn(session.id, None)
    assert begun.prompt is None
    assert [turn.content for turn in begun.context] == ["one", "two", "three"]
    assert (begun.reply.parent_id, begun.reply.position) == (first.parent_id, 4)
    store.finish_reply(ReplyEnd(begun.reply.id, TurnStatus.COMPLETE, "other"))
    assert contents(store, session) == ["one", "two", "three", "other"]
    store.set_head(session.id, first.id)
    assert contents(store, session) == ["one", "two", "three", "four"]
    assert store.turn(begun.reply.id).content == "other"


def test_a_prompt_at_the_head_is_answered(store: SqliteStore) -> None:
    session = new_session(store)
    reply = exchange(store, session, "one", "two")
    store.set_head(session.id, reply.parent_id)
    begun = store.begin_turn(session.id, None)
    assert [turn.content for turn in begun.context] == ["one"]
    assert begun.reply.parent_id == reply.parent_id


def test_nothing_to_answer(store: SqliteStore) -> None:
    session = new_session(store)
    with pytest.raises(SessionError, match="no message to answer"):
        store.begin_turn(session.id, None)
    with pytest.raises(SessionNotFoundError):
        store.begin_turn("sess_000000000000", "hello")


def test_pieces_are_read_while_the_reply_is_written(store: SqliteStore) -> None:
    session = new_session(store)
    reply = store.begin_turn(session.id, "hello").reply
    store.append_text([ReplyText(reply.id, "One ", "hm "), ReplyText(reply.id, "two", "so")])
    store.append_text([ReplyText(reply.id, " three")])
    for turn in (store.turn(reply.id), store.thread(session.id, 1)[0]):
        assert (turn.content, turn.reasoning.text) == ("One two three", "hm so")
        assert turn.status is TurnStatus.STREAMING
    reasoning = Reasoning("hm so", "openai", '{"signature": "x"}')
    end = ReplyEnd(reply.id, TurnStatus.COMPLETE, "One two three.", reasoning=reasoning)
    ended = store.finish_reply(end)
    assert store.turn(reply.id) == ended
    assert (ended.content, ended.reasoning) == ("One two three.", reasoning)


def test_one_reply_at_a_time(store: SqliteStore) -> None:
    session = new_session(store, "work")
    reply = store.begin_turn(session.id, "hello").reply
    with pytest.raises(SessionBusyError, match="work"):
        store.begin_turn(session.id, "me too")
    with pytest.raises(SessionBusyError):
        store.set_head(session.id, None)
    assert contents(store, session) == ["hello", ""]
    fail(store, reply.id)
    assert not store.find_session(session.id).writing
    store.begin_turn(session.id, "me too")


def test_a_reply_ends_once(store: SqliteStore) -> None:
    reply = store.begin_turn(new_session(store).id, "hello").reply
    with pytest.raises(ValueError, match="streaming"):
        store.finish_reply(ReplyEnd(reply.id, TurnStatus.STREAMING, ""))
    store.finish_reply(ReplyEnd(reply.id, TurnStatus.COMPLETE, "hi"))
    for action in (
        lambda: store.append_text([ReplyText(reply.id, "more")]),
        lambda: store.finish_reply(ReplyEnd(reply.id, TurnStatus.COMPLETE, "changed")),
    ):
        with pytest.raises(LeaseLostError) as caught:
            action()
        assert caught.value.turn_ids == (reply.id,)
    assert store.turn(reply.id).content == "hi"


def test_the_last_turns_of_a_thread(store: SqliteStore) -> None:
    session = new_session(store)
    for number in range(5):
        exchange(store, session, f"q{number}", f"a{number}")
    assert [turn.content for turn in store.thread(session.id, 3)] == ["a3", "q4", "a4"]
    assert store.thread(session.id, 0) == store.thread(session.id, -1) == []
    assert len(store.thread(session.id, 10**30)) == 10
    for unknown in ("sess_000000000000", "", "\udc80"):
        with pytest.raises(SessionNotFoundError):
            store.thread(unknown)


def test_a_damaged_turn_refuses_the_next_message(store: SqliteStore) -> None:
    session = new_session(store)
    exchange(store, session, "q", "a")
    with sqlite3.connect(store.path) as other:
        other.execute("UPDATE turns SET role = 'nobody' WHERE role = 'user'")
    other.close()
    for _ in range(2):  # nothing is left behind that says the session is busy
        with pytest.raises(StoreRefusedError, match="damaged"):
            store.begin_turn(session.id, "next")


def test_stored_text_that_was_reasoning_moves_behind_the_reasoning(store: SqliteStore) -> None:
    session = new_session(store)
    reply = store.begin_turn(session.id, "one").reply.id
    other = store.begin_turn(new_session(store).id, "other").reply.id
    store.append_text([ReplyText(reply, "b", "a"), ReplyText(other, "text")])
    store.append_text([ReplyText(reply, "d", "c")])
    moved = [ReplyText(reply, "f", "e"), ReplyText(reply, "h", "g", text_was_reasoning=True)]
    store.append_text(moved)
    store.append_text([ReplyText(reply, "i")])
    turn = store.turn(reply)
    assert (turn.content, turn.reasoning.text) == ("hi", "acebdfg")
    assert (store.turn(other).content, store.turn(other).reasoning.text) == ("text", "")
    store.append_text([ReplyText(reply, "", text_was_reasoning=True)])
    assert store.turn(reply).content == ""
    assert store.turn(reply).reasoning.text == "acebdfghi"
