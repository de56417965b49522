"""Rows of the input: where characters stand when long lines are wrapped."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, strategies as st
from prompt_toolkit.utils import get_cwidth

from chatcli.ui.prompt.wrapped_rows import Place, lines_around, moved, places


def as_it_is(character: str) -> str:
    return character


def test_lines_are_cut_at_the_width() -> None:
    assert places("abcd", 3, as_it_is) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]
    assert places("abc", 3, as_it_is)[-1] == Place(1, 0)  # the cursor needs a cell, too
    assert places("a\nb", 3, as_it_is) == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_a_wide_character_is_not_cut_and_a_label_is() -> None:
    assert places("ab日c", 3, as_it_is) == [(0, 0), (0, 1), (1, 0), (1, 2), (2, 0)]
    assert places("aXb", 3, lambda c: "1234" if c == "X" else c) == [(0, 0), (0, 1), (1, 2), (2, 0)]


def test_up_and_down_keep_the_column_where_they_can() -> None:
    found = places("abcdef\ngh\nijklm", 4, as_it_is)  # abcd, ef, gh, ijkl, m
    assert moved(found, 3, 1, 3) == 6  # behind f, where the line ends
    assert moved(found, 5, 1, 3) == 9
    assert moved(found, 9, 1, 3) == 13
    assert moved(found, 10, -1, 0) == 7
    assert moved(found, 2, -1, 2) is None
    assert moved(found, 15, 1, 1) is None


@given(st.text("ab \n日é", max_size=60), st.integers(2, 12))
def test_rows_follow_one_another_and_hold_no_more_than_fits(text: str, width: int) -> None:
    found = places(text, width, as_it_is)
    assert len(found) == len(text) + 1
    assert all(a < b or a.row == b.row for a, b in pairwise(found))
    for character, place in zip(text, found, strict=False):
        assert place.column + max(get_cwidth(character), 0) <= width or character == "\n"


@given(st.text("ab \n日é", max_size=60), st.integers(2, 12), st.integers(-3, 3), st.data())
def test_the_lines_around_are_all_that_a_move_depends_on(
    text: str, width: int, rows: int, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(text)))
    whole = places(text, width, as_it_is)
    column = whole[index].column
    near = lines_around(text, index, rows)
    part = moved(places(text[near], width, as_it_is), index - near.start, rows, column)
    assert (None if part is None else near.start + part) == moved(whole, index, rows, column)
    assert text[near].count("\n") <= 2 * abs(rows)
