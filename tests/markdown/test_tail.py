from __future__ import annotations

import pytest

from chatcli.markdown import MarkdownStream, Theme


def tail(text: str, *, width: int = 40, rows: int = 8, theme: str = "none") -> list[str]:
    """The unfinished end of a text, as plain lines."""
    stream = MarkdownStream(Theme.detect({}, theme))
    stream.feed(text)
    stream.take(width)
    lines = stream.tail(width, rows)
    assert lines is stream.tail(width, rows)
    return ["".join(part for _, part in line) for line in lines]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("some **bold** te", ["some bold te"]),
        ("done\n\nopen", ["", "open"]),
        ("# Titl", [" " * 18 + "Titl"]),
        ("1. a\n2. b\n3. the th", ["  2 b", "  3 the th"]),
        ("- a\n- b\n  - nested", [" • b", "    • nested"]),
        ("> quoted wo", ["▌ quoted wo"]),
        ("```python\na = 1\nb =", [" b ="]),
        ("```\na\n\n\nb", ["", "", " b"]),
        ("a\n\n```\nb\n``", []),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n| 3 |", [" table, 1 row…"]),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n", [" table, 2 rows…"]),
        ("word " * 20, ["word " * 7 + "word"] * 2 + ["word " * 3 + "word"]),
    ],
)
def test_the_unfinished_end_is_drawn_as_it_looks_by_now(text: str, lines: list[str]) -> None:
    assert tail(text) == lines


@pytest.mark.parametrize(
    "end", ["-", "1", "1.", "*", "**", "`", "``", "#", "##", ">", "=", "|", "---"]
)
def test_half_a_mark_is_not_shown(end: str) -> None:
    assert tail(f"a line\n{end}") == ["a line"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("now **bold te", "now bold te"),
        ("now **", "now"),
        ("use `pip ins", "use pip ins"),
        ("~~gon", "gon"),
        ("`a*b` and **c", "a*b and c"),
        ("2 * 3 and a_b", "2 * 3 and a_b"),
    ],
)
def test_what_is_open_is_shown_as_if_closed(text: str, shown: str) -> None:
    assert tail(text) == [shown]


def test_only_the_last_rows_are_shown() -> None:
    text = " ".join(f"word{number}" for number in range(60))
    assert tail(text, rows=2) == tail(text, rows=50)[-2:]


def test_a_very_long_end_is_shown_as_plain_text() -> None:
    lines = tail("> " + "many **words** and so on " * 200 + "the end")
    assert len(lines) == 8
    assert lines[-1].endswith("the end")


def test_styles_are_those_of_prompt_toolkit() -> None:
    stream = MarkdownStream(Theme("dark"))
    stream.feed("*a* **b** `c` ~~d~~ [e](f)")
    (line,) = stream.tail(80, 8)
    assert [(style, text) for style, text in line if text.isalpha()] == [
        ("italic", "a"),
        ("bold", "b"),
        ("fg:ansibrightcyan", "c"),
        ("strike", "d"),
        ("underline fg:ansibrightblue", "e"),
        ("underline fg:ansibrightblue", "f"),
    ]


def test_code_is_highlighted_in_the_tail_too() -> None:
    stream = MarkdownStream(Theme("dark"))
    stream.feed('```python\n"""open\nstring')
    stream.take(80)
    yellow = "fg:ansiyellow"
    assert stream.tail(80, 8) == [[("", " "), (yellow, '"""open')], [("", " "), (yellow, "string")]]
