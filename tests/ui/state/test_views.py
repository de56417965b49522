"""The numbers of the sessions, and which of very many the toolbar is given."""

from __future__ import annotations

from chatcli.core.model import Session
from chatcli.ui.state.views import MOST_TABS, Views


def views_of(sessions: list[Session], running: set[str] | None = None) -> Views:
    busy = running or set()
    views = Views(waits=busy.__contains__, queued=lambda _: 0, running=lambda: busy)
    views.refresh(sessions)
    return views


def sessions(count: int, *unread: int) -> list[Session]:
    return [
        Session(f"sess_{n:012}", f"s{n}", "fake/one", unread=n in unread)
        for n in range(1, count + 1)
    ]


def test_a_number_stays_and_a_free_one_is_used_again_lowest_first() -> None:
    first = sessions(5)
    views = views_of(first)
    views.refresh([first[0], first[2], first[4]])
    assert [(view.name, view.number) for view in views] == [("s1", 1), ("s3", 3), ("s5", 5)]
    views.refresh([first[0], first[2], first[4], *sessions(8)[5:]])
    assert [view.name for view in views] == ["s1", "s6", "s3", "s7", "s5", "s8"]


def test_all_sessions_stand_in_the_toolbar() -> None:
    tabs, are_all = views_of(sessions(MOST_TABS)).tabs()
    assert are_all
    assert [tab.number for tab in tabs] == list(range(1, MOST_TABS + 1))


def test_of_very_many_sessions_those_that_tell_something_and_the_one_in_view() -> None:
    everything = sessions(5000, 17, 4000)
    views = views_of(everything, running={everything[999].id})
    views.bring_to_front(views.of(everything[4499]))
    tabs, are_all = views.tabs()
    assert not are_all
    assert [tab.name for tab in tabs] == ["s17", "s1000", "s4000", "s4500"]


def test_of_very_many_that_tell_something_the_one_in_view_is_not_left_out() -> None:
    everything = sessions(5000, *range(1, 5001))
    views = views_of(everything)
    views.bring_to_front(views.of(everything[4499]))
    tabs, _ = views.tabs()
    assert [tab.number for tab in tabs] == [*range(1, MOST_TABS + 1), 4500]
