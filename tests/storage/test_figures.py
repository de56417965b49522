"""Figures: sums and medians by model and day; what is unknown stays unknown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatcli.core.model import Session, TurnStatus, Usage
from chatcli.core.ports import ReplyEnd
from chatcli.core.stats import Figures, Row
from chatcli.errors import SessionNotFoundError
from chatcli.storage.sqlite import SqliteStore
from tests.storage.stores import WRITER, SetClock, child, new_session

DAY = 86400.0


@pytest.fixture
def clock() -> SetClock:
    return SetClock(1_769_860_000.0)  # 2026-01-31 11:46:40 UTC


@pytest.fixture
def store(path: Path, clock: SetClock) -> Iterator[SqliteStore]:
    store = SqliteStore.open(path, now=clock)
    yield store
    store.close()


def reply(
    store: SqliteStore,
    session: Session,
    model: str,
    usage: Usage | None = None,
    *,
    seconds: tuple[float | None, float | None] = (None, None),
    status: TurnStatus = TurnStatus.COMPLETE,
) -> None:
    """One exchange whose reply has these figures."""
    begun = store.begin_turn(session.id, "prompt", model="asked")
    first, total = seconds
    end = ReplyEnd(
        begun.reply.id,
        status,
        "" if status is TurnStatus.FAILED else "text",
        model_used=model,
        usage=usage,
        first_token_seconds=first,
        total_seconds=total,
    )
    store.finish_reply(end)


def test_no_figures_of_nothing(store: SqliteStore) -> None:
    assert store.figures() == Figures()


def test_sums_and_medians(store: SqliteStore, clock: SetClock) -> None:
    session, other = new_session(store), new_session(store)
    reply(store, session, "a", Usage(10, 20, 0.5), seconds=(1.0, 3.0))  # 10 tokens a second
    reply(store, session, "a", Usage(30, 40, None), seconds=(2.0, 3.0))  # 40
    reply(store, session, "b", None, seconds=(9.0, 10.0))
    clock.seconds += DAY
    reply(store, other, "b", Usage(1, 30, 0.25), seconds=(4.0, 5.0))  # 30
    reply(store, other, "b", status=TurnStatus.FAILED)
    store.end_session(other.id)

    figures = store.figures()
    assert (figures.active_sessions, figures.ended_sessions, figures.total_turns) == (1, 1, 8)
    assert figures.replies_by_status == {"complete": 4, "failed": 1}
    assert figures.total == Row(4, 1, 41, 90, 0.75, 3.0, 30.0)
    assert figures.by_model == {
        "a": Row(2, 0, 40, 60, 0.5, 1.5, 25.0),
        "b": Row(2, 1, 1, 30, 0.25, 6.5, 30.0),
    }
    assert list(figures.by_day) == ["2026-01-31", "2026-02-01"]
    assert figures.by_day["2026-02-01"] == Row(1, 0, 1, 30, 0.25, 4.0, 30.0)

    one = store.figures(other.id)
    assert (one.active_sessions, one.ended_sessions, one.total_turns) == (0, 1, 2)
    assert one.total == figures.by_day["2026-02-01"]
    with pytest.raises(SessionNotFoundError):
        store.figures("sess_000000000000")


def test_unknown_is_none_and_known_nothing_is_zero(store: SqliteStore) -> None:
    session = new_session(store)
    reply(store, session, "")
    assert store.figures().total == Row(1, 1)
    assert list(store.figures().by_model) == ["asked"]
    reply(store, session, "free", Usage(0, 0, 0.0))
    assert store.figures().by_model["free"] == Row(1, 0, 0, 0, 0.0)


def test_a_failed_reply_that_cost_something_counts(store: SqliteStore) -> None:
    reply(store, new_session(store), "a", Usage(10, 0, 0.1), status=TurnStatus.FAILED)
    figures = store.figures()
    assert (figures.total.replies, figures.total.cost_usd, figures.total_turns) == (1, 0.1, 0)


def test_a_reply_in_one_piece_has_the_speed_of_its_whole_time(store: SqliteStore) -> None:
    reply(store, new_session(store), "a", Usage(5, 40, None), seconds=(2.0, 2.0))
    assert store.figures().total.median_tokens_per_second == 20.0


def test_a_reply_that_nobody_writes_counts_as_what_it_is(store: SqliteStore, path: Path) -> None:
    with_text, without = new_session(store), new_session(store)
    with (
        child(WRITER, path, with_text.id, "some text") as one,
        child(WRITER, path, without.id) as two,
    ):
        one.line()
        two.line()
        figures = store.figures()
        assert (figures.replies_by_status, figures.total_turns) == ({"streaming": 2}, 4)
    figures = store.figures()
    assert figures.replies_by_status == {"incomplete": 1, "failed": 1}
    assert figures.total_turns == 2
    assert store.figures(without.id).replies_by_status == {"failed": 1}
