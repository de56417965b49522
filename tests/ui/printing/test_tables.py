"""Tables of commands in windows of every width."""

from __future__ import annotations

import pytest
from prompt_toolkit.utils import get_cwidth

from chatcli.commands.registry import Column, Table
from chatcli.ui.paint import Paint
from chatcli.ui.printing.tables import draw_table

SESSIONS = Table(
    (Column("#", right=True), Column("name"), Column("turns", right=True), Column("preview")),
    (
        ("1", "release-notes", "12", "what is new in the parser, and what was mended"),
        ("10", "日本語の名前", "4", "二番目の文書"),
    ),
)
HELP = Table(
    (Column(""), Column("")),
    (("/new [NAME] [--model MODEL]", "start another session"), ("/quit", "leave the chat")),
    title="Sessions",
)


def drawn(table: Table, width: int) -> list[str]:
    return draw_table(table, Paint(width, colours=False)).replace("\x1b[0m", "").split("\n")


def test_a_wide_window_shows_columns() -> None:
    assert [line.replace("\x1b[1m", "").replace("\x1b[2m", "") for line in drawn(HELP, 60)] == [
        "",
        "Sessions",
        "/new [NAME] [--model MODEL]  start another session",
        "/quit                        leave the chat",
        "",
    ]


def test_a_preview_is_cut_and_everything_else_kept() -> None:
    lines = drawn(SESSIONS, 50)
    assert lines[3] == " 1  release-notes     12  what is new in the…"
    assert lines[4] == "10  日本語の名前       4  二番目の文書"


def test_a_narrow_window_shows_paragraphs() -> None:
    assert drawn(SESSIONS, 30)[1:4] == [
        "1 · release-notes · turns 12",
        "  · what is new in the parser,",
        "  and what was mended",
    ]
    assert drawn(HELP, 30)[2:5] == [
        "/new [NAME] [--model MODEL]",
        "  start another session",
        "/quit  leave the chat",
    ]


def test_a_long_name_is_broken_where_its_parts_meet() -> None:
    table = Table(
        (Column("model"), Column("replies", right=True)),
        (("local/smollm2-135m-instruct", "5"), ("one-two", "12"), ("x" * 30, "1")),
    )
    assert drawn(table, 32)[3:] == [
        "local/smollm2-135m-            5",
        "instruct",
        "one-two                       12",
        f"{'x' * 23}        1",
        "x" * 7,
        "",
    ]


@pytest.mark.parametrize("table", [SESSIONS, HELP])
@pytest.mark.parametrize("width", range(12, 90, 3))
def test_no_line_is_wider_than_the_window(table: Table, width: int) -> None:
    lines = [line.replace("\x1b[1m", "").replace("\x1b[2m", "") for line in drawn(table, width)]
    assert max(map(get_cwidth, lines)) <= width
