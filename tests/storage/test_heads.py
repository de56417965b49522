"""Undo, forks and unread marks follow the conversation as it stands."""

from __future__ import annotations

import pytest

from chatcli.core.model import EMPTY_PREVIEW, TurnStatus
from chatcli.core.ports import ReplyEnd
from chatcli.errors import SessionNotFoundError
from chatcli.storage.sqlite import SqliteStore
from tests.storage.stores import contents, exchange, new_session


def test_undo_moves_the_head_and_deletes_nothing(store: SqliteStore) -> None:
    session = new_session(store)
    first = exchange(store, session, "one", "two")
    last = exchange(store, session, "three", "four")
    undone = store.set_head(session.id, first.id)
    assert (undone.turns, undone.preview, undone.unread) == (2, "one", 1)
    assert contents(store, session) == ["one", "two"]
    assert store.turn(last.id).content == "four"
    empty = store.set_head(session.id, None)
    assert (empty.turns, empty.preview, empty.unread) == (0, EMPTY_PREVIEW, 0)
    assert store.thread(session.id) == []
    exchange(store, session, "anew", "yes")
    assert store.find_session(session.id).preview == "anew"
    back = store.set_head(session.id, last.id)
    assert (back.turns, back.preview, back.unread) == (4, "one", 2)


def test_the_head_is_a_turn_of_the_session(store: SqliteStore) -> None:
    one, two = new_session(store), new_session(store)
    reply = exchange(store, one, "hello", "hi")
    for turn_id in (reply.id, 999):
        with pytest.raises(SessionNotFoundError):
            store.set_head(two.id, turn_id)
        with pytest.raises(SessionNotFoundError):
            store.mark_seen(two.id, turn_id)
    assert store.find_session(two.id) == two


def test_unread_counts_replies_that_no_screen_has_shown(store: SqliteStore) -> None:
    session = new_session(store)
    first = exchange(store, session, "one", "two")
    second = exchange(store, session, "three", "four")
    assert store.find_session(session.id).unread == 2
    store.mark_seen(session.id, first.id)
    assert store.find_session(session.id).unread == 1
    store.mark_seen(session.id, second.id)
    store.mark_seen(session.id, first.id)  # never goes back
    seen = store.find_session(session.id)
    assert (seen.unread, seen.seen_id) == (0, second.id)
    begun = store.begin_turn(session.id, "five")
    assert store.find_session(session.id).unread == 0
    store.finish_reply(ReplyEnd(begun.reply.id, TurnStatus.FAILED, ""))
    assert store.find_session(session.id).unread == 1


def test_another_reply_takes_the_place_of_an_unread_one(store: SqliteStore) -> None:
    session = new_session(store)
    exchange(store, session, "one", "two")
    begun = store.begin_turn(session.id, None)
    assert begun.session.unread == 0
    store.finish_reply(ReplyEnd(begun.reply.id, TurnStatus.COMPLETE, "other"))
    assert store.find_session(session.id).unread == 1


def test_a_reply_seen_while_it_is_written_is_not_unread(store: SqliteStore) -> None:
    session = new_session(store)
    begun = store.begin_turn(session.id, "hello")
    store.mark_seen(session.id, begun.reply.id)
    store.finish_reply(ReplyEnd(begun.reply.id, TurnStatus.COMPLETE, "hi"))
    assert store.find_session(session.id).unread == 0
