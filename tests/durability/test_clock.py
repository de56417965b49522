"""A clock that goes backwards between two turns changes neither their order nor what is sent."""

from __future__ import annotations

from pathlib import Path

from chatcli.storage.sqlite import SqliteStore
from tests.storage.stores import SetClock, contents, exchange, new_session


def test_turns_stay_in_their_order(tmp_path: Path) -> None:
    clock = SetClock(2_000_000.0)
    store = SqliteStore.open(tmp_path / "chatcli.db", now=clock)
    session = new_session(store, "work")
    texts = []
    for number, jump in enumerate((0.0, -90_000.0, 10.0, -1_900_000.0, 5.0)):
        clock.seconds += jump
        exchange(store, session, f"prompt {number}", f"answer {number}")
        texts += [f"prompt {number}", f"answer {number}"]
    begun = store.begin_turn(session.id, "last")
    assert [turn.content for turn in begun.context] == texts
    store.close()

    clock.seconds = 0.0  # and another start, in 1970
    store = SqliteStore.open(tmp_path / "chatcli.db", now=clock)
    assert contents(store, session)[:10] == texts
    assert not store.find_session("work").writing  # the one who wrote it has gone
    exchange(store, session, "next", "answer")
    assert contents(store, session)[-2:] == ["next", "answer"]
    store.close()
