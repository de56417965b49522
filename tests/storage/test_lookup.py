"""A reference finds the session a person means, or says why it cannot."""

from __future__ import annotations

import pytest

from chatcli.core.model import EndedBy, SessionState
from chatcli.core.ports import NewSession
from chatcli.errors import AmbiguousReferenceError, SessionNotFoundError
from chatcli.storage.sqlite import SqliteStore
from tests.storage.stores import new_session


def stored(store: SqliteStore, name: str, identity: str, *, ended: bool = False) -> str:
    """A session with this name and id; returns the id."""
    state = SessionState.ENDED if ended else SessionState.ACTIVE
    by = EndedBy.USER if ended else None
    new = NewSession("m", name, id=identity, state=state, ended_by=by)
    return store.create_session(new).session.id


def test_the_order_of_what_fits(store: SqliteStore) -> None:
    old = stored(store, "alpha", "sess_0000000000aa", ended=True)
    assert store.find_session("alpha").id == old
    assert store.find_session("alp").id == old
    newer = stored(store, "alpha", "sess_0000000000ab", ended=True)
    assert store.find_session("alpha").id == newer
    longer = stored(store, "alphabet", "sess_0000000000bb")
    assert store.find_session("alpha").id == newer  # exact, though ended, before a beginning
    assert store.find_session("alp").id == longer
    active = stored(store, "alpha", "sess_0000000000cc")
    assert store.find_session("alpha").id == active
    assert store.find_session(old).id == old


def test_the_beginning_of_an_id(store: SqliteStore) -> None:
    first = stored(store, "one", "sess_ab0000000000")
    second = stored(store, "two", "sess_ac0000000000", ended=True)
    assert store.find_session("sess_ab").id == first
    assert store.find_session("sess_a").id == first  # the only active one
    assert store.find_session("sess_ac").id == second
    with pytest.raises(SessionNotFoundError):
        store.find_session("sess_")
    with pytest.raises(SessionNotFoundError):
        store.find_session("ab")


def test_several_that_fit_are_named(store: SqliteStore) -> None:
    for number in range(4):
        stored(store, f"plan {number}", f"sess_00000000000{number}")
    with pytest.raises(AmbiguousReferenceError) as caught:
        store.find_session("pl")
    for number in range(4):
        assert f"plan {number} (sess_00000000000{number})" in caught.value.message
    for number in range(4, 9):
        stored(store, f"plan {number}", f"sess_00000000000{number}")
    with pytest.raises(AmbiguousReferenceError) as caught:
        store.find_session("sess_0")
    assert caught.value.message.count("sess_00000") == 5
    assert "…" in caught.value.message


@pytest.mark.parametrize("reference", ["", " ", "%", "_", "a*", "\x00", "\udc80", "nothing"])
def test_nothing_fits(store: SqliteStore, reference: str) -> None:
    new_session(store, "abc")
    with pytest.raises(SessionNotFoundError):
        store.find_session(reference)


def test_a_misspelt_name_is_answered_with_the_nearest(store: SqliteStore) -> None:
    new_session(store, "release-notes")
    new_session(store, "garden")
    with pytest.raises(SessionNotFoundError) as caught:
        store.find_session("relase-notes")
    assert caught.value.hint == "did you mean release-notes?"


def test_a_reference_is_shown_harmless(store: SqliteStore) -> None:
    with pytest.raises(SessionNotFoundError) as caught:
        store.find_session("\x1b]0;title\x07\nsecond line" + "x" * 500)
    assert "\x1b" not in caught.value.message
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 200


def test_accents_may_be_typed_either_way(store: SqliteStore) -> None:
    session = new_session(store, "cafe\u0301")
    assert store.find_session("caf\u00e9").id == session.id
