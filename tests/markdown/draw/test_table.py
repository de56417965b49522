from __future__ import annotations

import re

from hypothesis import given, strategies as st

from chatcli.markdown import Theme, render_markdown

PLAIN = Theme("none")

cells = st.lists(st.sampled_from(("word", "漢字", "a-much-longer-word", "**x**")), max_size=6)
tables = st.integers(1, 6).flatmap(
    lambda count: st.lists(st.lists(cells, min_size=count, max_size=count), min_size=1, max_size=5)
)


def table(rows: list[list[str]], aligns: str = "") -> str:
    head, *body = rows
    dashes = ["-" if column >= len(aligns) else aligns[column] for column in range(len(head))]
    lines = [head, [{"c": ":-:", "r": "-:"}.get(side, "-") for side in dashes], *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def test_columns_are_as_wide_as_their_cells() -> None:
    source = table([["a", "b", "c"], ["one", "two", "three"], ["1", "2", "3"]], "lcr")
    assert render_markdown(source, 40, PLAIN).split("\n") == [
        " a     b       c",
        " ───────────────",
        " one  two  three",
        " 1     2       3",
        "",
    ]


def test_cells_are_wrapped_where_the_window_is_narrow() -> None:
    source = table([["name", "what it is"], ["x", "a long description of it"]])
    assert render_markdown(source, 24, PLAIN).split("\n") == [
        " name  what it is",
        " ──────────────────────",
        " x     a long",
        "       description of",
        "       it",
        "",
    ]


def test_a_table_that_does_not_fit_becomes_a_list_of_cells() -> None:
    source = table([["first", "second", "third", "fourth"], ["a", "b", "c", "d d d"]])
    assert render_markdown(source, 16, PLAIN).split("\n") == [
        "first: a",
        "second: b",
        "third: c",
        "fourth: d d d",
        "",
    ]


@given(tables, st.integers(1, 100))
def test_no_width_loses_a_character(rows: list[list[list[str]]], width: int) -> None:
    source = table([[" ".join(cell) or "-" for cell in row] for row in rows])
    printed = render_markdown(source, width, PLAIN)
    body = [word.strip("*") for row in rows[1:] for cell in row for word in cell]
    letters = re.sub(r"[\s─:]", "", printed)
    for character in set("".join(body)):
        assert letters.count(character) >= "".join(body).count(character)


def test_a_long_table_keeps_the_widths_of_its_first_rows() -> None:
    rows = [["head", "x"], *([f"row {number}", "short"] for number in range(2_000))]
    rows.append(["much wider than any row before", "end"])
    lines = render_markdown(table(rows), 80, PLAIN).split("\n")
    assert lines[2] == " row 0     short"
    assert lines[-6:] == [" much      end", " wider", " than any", " row", " before", ""]
