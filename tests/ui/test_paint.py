"""Plain text as terminal lines."""

from __future__ import annotations

import re

from hypothesis import given, strategies as st
from prompt_toolkit.utils import get_cwidth

from chatcli.ui.paint import Paint, wrap

PLAIN = Paint(40, colours=False)


def unstyled(text: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def test_words_are_kept_whole_where_they_fit() -> None:
    assert wrap("one two three four", 9) == ["one two", "three", "four"]
    assert wrap("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert wrap("", 10) == [""]


def test_indentation_stays() -> None:
    assert wrap("    return 1", 40) == ["    return 1"]


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=200), st.integers(4, 60))
def test_wrapping_loses_nothing_but_blanks_and_keeps_the_width(text: str, width: int) -> None:
    pieces = wrap(text, width)
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")
    assert all(get_cwidth(piece) <= width or len(piece) == 1 for piece in pieces)


def test_control_characters_are_shown_not_obeyed() -> None:
    drawn = PLAIN.prompt("a \x1b[31mred\x07 one")
    assert "\x07" not in drawn
    assert "\x1b[31m" not in drawn
    assert "␛[31mred␇" in drawn


def test_a_long_prompt_is_shown_by_its_first_lines() -> None:
    drawn = unstyled(PLAIN.prompt("\n".join(f"line {n}" for n in range(100))))
    assert "> line 0\n  line 1\n" in drawn
    assert "line 9\n  … 90 more lines were sent\n" in drawn


def test_a_panel_is_a_bar_and_its_lines() -> None:
    lines = unstyled(PLAIN.panel("No reply", ["what was kept " * 5, ""])).splitlines()
    assert lines[0] == "│ No reply"
    assert all(line.startswith("│ ") for line in lines)
    assert all(get_cwidth(line) <= 40 for line in lines)


def test_colours_are_left_out_on_request() -> None:
    assert "\x1b[31m" in Paint(40).panel("x", [])
    assert "\x1b[3" not in PLAIN.panel("x", ["y"], "warning")


def test_the_rule_fits_the_window() -> None:
    for width in (12, 40, 200):
        lines = unstyled(Paint(width).rule("a name", "backend/model")).splitlines()
        assert get_cwidth(lines[-1]) <= max(width, 30)
