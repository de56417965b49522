from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings, strategies as st

from chatcli.markdown import MarkdownStream, Theme, render_markdown
from tests.markdown.documents import (
    EXAMPLES,
    defined_first,
    found,
    replies,
    scraps,
    specification,
)

DARK = Theme("dark")
widths = st.integers(20, 130)
seeds = st.integers(0, 10_000)


def streamed(source: str, width: int, seed: int, *, budget: float | None = None) -> str:
    """What a stream prints of a text that comes in random pieces, taken at random times."""
    chance = random.Random(seed)
    stream = MarkdownStream(DARK)
    printed = []
    longest = chance.choice((1, 5, 40) if len(source) < 2_000 else (60, 400, 5_000))
    position = 0
    while position < len(source):
        step = chance.randint(1, longest)
        stream.feed(source[position : position + step])
        position += step
        if chance.random() < 0.5:
            printed.append(stream.take(width, budget))
            assert len(stream.tail(width, 8)) <= 8
    printed.append(stream.finish(width, budget))
    while stream.pending:
        printed.append(stream.finish(width, budget))
    assert stream.tail(width, 8) == []
    return "".join(printed)


@pytest.mark.parametrize("source", EXAMPLES)
def test_an_example_streams_into_what_the_whole_gives(source: str) -> None:
    for seed, width in enumerate((100, 40, 21)):
        assert streamed(source, width, seed) == render_markdown(source, width, DARK)


@given(replies, widths, seeds)
@settings(max_examples=50)
def test_a_reply_streams_into_what_the_whole_gives(source: str, width: int, seed: int) -> None:
    assert streamed(source, width, seed) == render_markdown(source, width, DARK)


@given(scraps, widths, seeds)
@example("# a|b\n-|-\n", 40, 0)
@example("- a\n- b|c\n-|-\n", 40, 0)
def test_scraps_stream_into_what_the_whole_gives(source: str, width: int, seed: int) -> None:
    assert streamed(source, width, seed) == render_markdown(source, width, DARK)


def test_documents_stream_into_what_the_whole_gives() -> None:
    for seed, document in enumerate(found()):
        source, width = defined_first(document), random.Random(seed).randint(30, 120)
        assert streamed(source, width, seed) == render_markdown(source, width, DARK)


def test_the_specification_streams_into_what_the_whole_gives() -> None:
    for seed, example_ in enumerate(specification()):
        source, chance = defined_first(example_), random.Random(seed)
        for width in chance.sample(range(20, 134), 3):
            assert streamed(source, width, seed + width) == render_markdown(source, width, DARK)


def test_a_budget_leaves_the_rest_for_the_next_call() -> None:
    source = "\n\n".join(EXAMPLES)
    stream = MarkdownStream(DARK)
    stream.feed(source)
    first = stream.take(80, 0)
    assert stream.pending
    assert stream.tail(80, 8) == []
    assert first.count("\n") <= 1
    assert streamed(source, 80, 3, budget=0) == render_markdown(source, 80, DARK)


def test_only_what_is_finished_is_printed() -> None:
    stream = MarkdownStream(Theme("none"))
    printed = []
    for text in (
        "# Ti",
        "tle",
        "\n",
        "text",
        " goes on\n",
        "\n",
        "- a\n",
        "- b\n",
        "- c",
        "\n\nend",
    ):
        stream.feed(text)
        printed.append(stream.take(40).strip())
    expected = ["", "", "Title", "", "", "text goes on", "", "• a", "", "• b"]
    assert printed == expected
    assert stream.finish(40) == " • c\n\nend\n"


def test_code_is_printed_line_by_line() -> None:
    stream = MarkdownStream(Theme("none"))
    stream.feed("```text\none\ntwo\n\nthr")
    assert stream.take(40) == " one\n two\n"
    stream.feed("ee\n")
    assert stream.take(40) == "\n three\n"
    stream.feed("```\nafter\n\n")
    assert stream.take(40) == "\n\nafter\n"


def test_a_line_end_or_a_character_may_come_in_two_pieces() -> None:
    stream = MarkdownStream(Theme("none"))
    for text in ("a\r", "\n\r", "\nb \ud83d", "\ude00 \ud83d"):
        stream.feed(text)
    assert stream.finish(40) == "a\n\nb 😀 \N{REPLACEMENT CHARACTER}\n"


def test_a_link_without_its_definition_is_named_when_that_comes() -> None:
    stream = MarkdownStream(Theme("none"))
    stream.feed("see [the docs][d]\n\nmore\n\n")
    assert stream.take(60) == "see [the docs][d]\n\nmore\n"
    stream.feed("[d]: https://example.org/docs\n[unused]: https://example.org\n")
    assert stream.finish(60) == "\n[d]: https://example.org/docs\n"


def test_a_definition_right_behind_is_waited_for() -> None:
    stream = MarkdownStream(Theme("none"))
    stream.feed("see [the docs][d]\n\n")
    assert stream.take(60) == ""
    stream.feed("[d]: https://example.org/docs\n\nmore\n")
    assert stream.take(60) == "see the docs (https://example.org/docs)\n"


def test_another_text_fits_between_blocks_only() -> None:
    stream = MarkdownStream(DARK)
    seen = []
    for text in ("a\n\n", "- b\n- c\n", "\nd\n\n", "```\ne\n", "```\n", "|f|\n|-|\n|g|\n", "\n"):
        stream.feed(text)
        stream.take(40)
        seen.append(stream.between_blocks)
    assert seen == [True, False, True, False, True, False, True]


def test_a_width_may_change_at_any_time() -> None:
    words = [f"w{number:04}" for number in range(400)]
    text = " ".join(words[:200]) + "\n\n- " + "\n- ".join(words[200:300]) + "\n\n```\n"
    source = text + "\n".join(words[300:]) + "\n```\n"
    stream = MarkdownStream(Theme("none"))
    chance = random.Random(1)
    printed = []
    for start in range(0, len(source), 50):
        stream.feed(source[start : start + 50])
        printed.append(stream.take(chance.randint(1, 120), 0))
    while (rest := stream.finish(chance.randint(10, 120), 0)) or stream.pending:
        printed.append(rest)
    assert "".join(printed).replace("•", "").split() == words
