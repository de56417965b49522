"""Long blocks: printed as they come, in parts of a bounded size, and nothing of them lost."""

from __future__ import annotations

import re
from itertools import cycle, islice

import pytest

from chatcli.markdown import MarkdownStream, Theme, render_markdown

PLAIN = Theme("none")
SIZE = 40_000
TEXT = (
    "plain words",
    "and **bold** ones",
    "`code`",
    "a [link](https://example.org)",
    "*soft*, end.",
)


def repeated(*lines: str) -> str:
    """Numbered lines up to the size."""
    numbers = (f"n{number:05} " for number in range(SIZE))
    text = (number.join(line.split("#", 1)) for number, line in zip(numbers, cycle(lines)))
    return "\n".join(islice(text, SIZE // (len(lines[0]) + 7)))


SHAPES = {
    "one line": repeated(*(f"#{text}" for text in TEXT)).replace("\n", " "),
    "lines": repeated(*(f"#{text}" for text in TEXT)),
    "cjk": repeated("#漢字かな交じり文、", "#続きます。").replace("\n", ""),
    "list": repeated("- #item of **a list**"),
    "code": "```python\n" + repeated("x = [1, '#']  # comment", "", "def f():") + "\n```",
    "line of code": "```json\n" + repeated('"#key": [1, 2],').replace("\n", " ") + "\n```",
    "table": "| a | b |\n|---|--:|\n" + repeated("| #cell | `c` |"),
    "quotation": repeated("> #quoted **words**"),
    "item": "- start\n" + repeated("  #within *one item*"),
    "nested": "- start\n" + repeated("  - #nested"),
    "heading": "# " + repeated("#heading").replace("\n", " "),
    "definitions": repeated("[#]: https://example.org") + "\n\nend",
    "blank lines": "a" + "\n" * SIZE + "b",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_long_block_is_whole(shape: str) -> None:
    source = SHAPES[shape]
    stream = MarkdownStream(PLAIN)
    printed = []
    for start in range(0, len(source), 500):
        stream.feed(source[start : start + 500])
        printed.append(stream.take(70, 0.01))
        assert len(stream.tail(70, 8)) <= 8
    while (rest := stream.finish(70, 0.01)) or stream.pending:
        printed.append(rest)
    text = "".join(printed)
    assert re.findall(r"n\d{5}", text) == re.findall(r"n\d{5}", render_markdown(source, 70, PLAIN))
    if shape != "definitions":
        assert re.findall(r"n\d{5}", text) == re.findall(r"n\d{5}", source)
    if shape not in {"quotation", "item", "nested"}:
        assert text == render_markdown(source, 70, PLAIN)


@pytest.mark.parametrize("shape", ["one line", "lines", "cjk", "list", "code", "table"])
def test_a_long_block_is_printed_as_it_comes(shape: str) -> None:
    """Never more than the last part of it waits."""
    source = SHAPES[shape]
    stream = MarkdownStream(PLAIN)
    printed = ""
    for start in range(0, len(source), 1_000):
        stream.feed(source[start : start + 1_000])
        printed += stream.take(70)
        held = start + 1_000 - source.find((re.findall(r"n\d{5}", printed) or ["n00000"])[-1])
        assert held < 30_000 if shape == "table" else held < 6_000


def test_a_piece_of_a_long_reply_is_small() -> None:
    """With a budget, no call returns much more than its share."""
    stream = MarkdownStream(PLAIN)
    stream.feed("\n\n".join(SHAPES.values()))
    longest = 0
    while (part := stream.finish(70, 0)) or stream.pending:
        longest = max(longest, len(part.strip()))
    assert longest <= 80


def test_a_long_paragraph_is_not_a_heading_afterwards() -> None:
    text = "word " * 1_500
    source = f"{text}\nmore\n===\n"
    assert render_markdown(source, 70, PLAIN).endswith("more ===\n")


@pytest.mark.parametrize("start", ["", "**open ", "`open "])
@pytest.mark.parametrize("step", [90, 330, 700])
def test_what_can_be_cut_nowhere_is_printed_all_the_same(start: str, step: int) -> None:
    source = f"{start}{'x' * 20_000}\n\nthe end\n"
    stream = MarkdownStream(PLAIN)
    printed = []
    for position in range(0, len(source), step):
        stream.feed(source[position : position + step])
        printed.append(stream.take(70))
    assert "".join(printed).count("x") > 15_000
    text = "".join([*printed, stream.finish(70)])
    assert text.count("x") == 20_000
    assert text.endswith("the end\n")


BRACKETS = {
    "one line": "[" * SIZE,
    "lines": ("[" * 200 + "\n") * 200,
    "quotation": "> [\n" * (SIZE // 4),
    "pictures": "![" * (SIZE // 2),
    "closed at the end": "[" * SIZE + "]",
}


@pytest.mark.parametrize("shape", BRACKETS)
def test_brackets_without_partners_are_text(shape: str) -> None:
    """Looking for the partner of each took minutes."""
    source = BRACKETS[shape]
    printed = render_markdown(source, 70, PLAIN)
    assert printed.count("[") == source.count("[")


def test_links_in_brackets_and_behind_open_ones_are_links() -> None:
    source = "[[see [docs](https://a.example)]] [0, 1) " + "word " * 99 + "[b](https://b.example)\n"
    printed = render_markdown(source, 70, PLAIN).replace("\n", " ")
    assert "[[see docs (https://a.example)]]" in printed
    assert "b (https://b.example)" in printed
