"""Reasoning in tags: at the start of an answer, in any pieces, and never elsewhere."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from chatcli.backends.answer.thinking import TAGS, ThinkSplitter
from chatcli.core.ports import ReasoningPart, TextPart

MARKS = [*TAGS, *TAGS.values()]
TEXTS = st.lists(
    st.sampled_from([*MARKS, "\n", " ", "<", "</", "th", "ink>", "[", "answer", "\r\n", " " * 70])
    | st.text(max_size=3)
).map("".join)


def split(*pieces: str) -> tuple[str, str]:
    """The answer and the reasoning in what arrives in these pieces."""
    splitter = ThinkSplitter()
    parts = [part for piece in pieces for part in splitter.feed(piece)]
    parts += splitter.close()
    answer = "".join(part.text for part in parts if isinstance(part, TextPart))
    reasoning = "".join(part.text for part in parts if isinstance(part, ReasoningPart))
    return answer, reasoning


@given(TEXTS, st.lists(st.integers(min_value=0)))
def test_any_cut_gives_the_same_split(text: str, places: list[int]) -> None:
    edges = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    pieces = [text[a:b] for a, b in pairwise(edges)]
    assert split(*pieces) == split(text) == split(*text)


@given(st.sampled_from(sorted(TAGS)), TEXTS.filter(lambda t: not any(m in t for m in MARKS)))
def test_nothing_but_tags_and_the_newlines_after_them_is_taken_out(tag: str, text: str) -> None:
    thought = text.replace("<", "(").replace("[", "(")
    answer, reasoning = split(f"{tag}{thought}{TAGS[tag]}The answer")
    assert answer == "The answer"
    assert reasoning == thought.lstrip("\r\n")


@pytest.mark.parametrize("opening", TAGS)
def test_each_kind_of_tag(opening: str) -> None:
    text = f"{opening}\nLet me see.{TAGS[opening]}\n\nHello"
    assert split(text) == split(*text) == ("Hello", "Let me see.")


@pytest.mark.parametrize(
    ("text", "answer", "reasoning"),
    [
        ("Hello <think>x</think>", "Hello <think>x</think>", ""),
        ("`<think>` begins it", "`<think>` begins it", ""),
        ("\n <think>a</think>b", "b", "a"),
        ("<think></think>b", "b", ""),
        ("<think>a</think>\n<think>b</think>\nc <think>", "c <think>", "ab"),
        ("<think>a</thinking></think>b", "b", "a</thinking>"),
        ("<think>a", "", "a"),
        ("<think>a</thi", "", "a</thi"),
        ("<thi", "<thi", ""),
        ("<thimble", "<thimble", ""),
        ("  indented", "  indented", ""),
        (" \n ", " \n ", ""),
        (" " * 65 + "<think>a</think>", " " * 65 + "<think>a</think>", ""),
        ("", "", ""),
    ],
)
def test_answers(text: str, answer: str, reasoning: str) -> None:
    assert split(text) == split(*text) == (answer, reasoning)


def test_a_closing_tag_at_the_start_is_dropped() -> None:
    assert split("</think>\n\nHello") == ("Hello", "")


def test_a_closing_tag_after_text_stays_text() -> None:
    """The text before it has been shown as the answer already."""
    assert split("Let me see.</think>", "\n\nHello") == ("Let me see.</think>\n\nHello", "")


def test_text_is_not_held_back_once_the_answer_has_begun() -> None:
    splitter = ThinkSplitter()
    assert splitter.feed("H") == [TextPart("H")]
    assert splitter.passing
    assert splitter.feed("<th") == [TextPart("<th")]


def test_only_what_may_be_a_tag_is_held_back() -> None:
    splitter = ThinkSplitter()
    assert splitter.feed("<think>see.</thi") == [ReasoningPart("see.")]
    assert splitter.feed("s") == [ReasoningPart("</this")]
