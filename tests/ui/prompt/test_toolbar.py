"""The row of sessions."""

from __future__ import annotations

from hypothesis import given, strategies as st
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.utils import get_cwidth

from chatcli.ui.prompt.toolbar import State, Tab, shortened, toolbar


def text_of(fragments: StyleAndTextTuples) -> str:
    return "".join(fragment[1] for fragment in fragments)


TABS = [
    Tab(1, "api-design", State.WRITING, queued=2, current=True),
    Tab(2, "release-notes", State.UNREAD, unread=3),
    Tab(3, "idle"),
    Tab(4, "broken", State.FAILED, unread=1),
    Tab(5, "held", State.WAITING),
]


def test_number_name_and_state_of_each() -> None:
    assert text_of(toolbar(TABS, 100)) == (
        "1 api-design ▸+2  2 release-notes ●3  3 idle  4 broken ✗●1  5 held ○"
    )


def test_the_state_in_words_for_completion() -> None:
    assert TABS[0].words == "writing, 2 queued"
    assert TABS[1].words == "3 unread"
    assert TABS[3].words == "failed, 1 unread"


def test_it_narrows_with_the_window() -> None:
    assert text_of(toolbar(TABS, 60)) == (
        "1 api-design ▸+2  2 rele… ●3  3 idle  4 brok… ✗●1  5 held ○"
    )
    assert text_of(toolbar(TABS, 50)) == "1 api-design ▸+2  2 ●3  3  4 ✗●1  5 ○"
    assert text_of(toolbar(TABS, 30)) == "1 api-design ▸+2  2 ●3  …"


def test_the_current_session_stays_however_narrow_the_window() -> None:
    row = [*(tab._replace(current=False) for tab in TABS), Tab(6, "here", current=True)]
    assert text_of(toolbar(row, 34)) == "1 ▸+2  2 ●3  4 ✗●1  6 here  …"
    assert text_of(toolbar(row, 20)) == "1 ▸+2  6 here  …"
    assert text_of(toolbar(row, 12)) == "6 here  …"


def test_idle_sessions_left_out_are_hinted_at() -> None:
    row = [Tab(n, f"session{n}", current=n == 9) for n in range(1, 21)]
    assert text_of(toolbar(row, 40)) == "9 session9  …"


def test_sessions_that_were_left_out_before_are_hinted_at() -> None:
    assert text_of(toolbar(TABS[:2], 100, more=True)) == "1 api-design ▸+2  2 release-notes ●3  …"


tabs = st.builds(
    Tab,
    number=st.integers(1, 99),
    name=st.text(min_size=1, max_size=40),
    state=st.sampled_from(State),
    unread=st.integers(0, 9),
    queued=st.integers(0, 9),
    current=st.booleans(),
)


@given(st.lists(tabs, max_size=25), st.integers(5, 200))
def test_it_is_always_narrower_than_the_window(row: list[Tab], width: int) -> None:
    assert get_cwidth(text_of(toolbar(row, width))) < width


def test_a_status_that_is_cut_says_so() -> None:
    line: StyleAndTextTuples = [("class:status", "writing · 12 s"), ("", " · and more")]
    assert text_of(shortened(line, 80)) == "writing · 12 s · and more"
    assert text_of(shortened(line, 20)) == "writing · 12 s · a…"
    assert text_of(shortened(line, 10)) == "writing …"
