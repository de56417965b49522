"""Reasoning in tags: opened at the start of an answer or only closed, in any pieces."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from chatcli.backends.answer.thinking import TAGS, ThinkSplitter
from chatcli.core.ports import ReasoningPart, TextPart, TextWasReasoningPart
from tests.backends.heard import text_and_reasoning

MARKS = [*TAGS, *TAGS.values()]
TEXTS = st.lists(
    st.sampled_from(
        [*MARKS, "\n", " ", "<", "</", "th", "ink>", "[", "`", "```", "answer", "\r\n", " " * 70]
    )
    | st.text(max_size=3)
).map("".join)


def split(*pieces: str, unopened: bool = False) -> tuple[str, str]:
    """The answer and the reasoning in what arrives in these pieces."""
    splitter = ThinkSplitter(unopened=unopened)
    parts = [part for piece in pieces for part in splitter.feed(piece)]
    return text_and_reasoning([*parts, *splitter.close()])


@given(TEXTS, st.lists(st.integers(min_value=0)))
def test_any_cut_gives_the_same_split(text: str, places: list[int]) -> None:
    edges = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    pieces = [text[a:b] for a, b in pairwise(edges)]
    assert split(*pieces) == split(text) == split(*text) == split(*pieces, unopened=True)


@given(TEXTS)
def test_what_is_tentative_is_all_text_before_the_first_tag(text: str) -> None:
    """It is certain once another part follows it."""
    splitter = ThinkSplitter(unopened=True)
    parts = [*splitter.feed(text), *splitter.close()]
    tentative = [isinstance(part, TextPart) and part.tentative for part in parts]
    assert tentative == sorted(tentative, reverse=True)
    if splitter.unopened:
        assert [
            type(p) for p, is_tentative in zip(parts, tentative, strict=True) if not is_tentative
        ][:1] == [TextWasReasoningPart]


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


@pytest.mark.parametrize("closing", TAGS.values())
def test_all_before_a_lone_closing_tag_was_reasoning(closing: str) -> None:
    text = f"I should greet.\n{closing}\n\nHello"
    assert split(text) == split(*text) == ("Hello", "I should greet.\n")


@pytest.mark.parametrize(
    "reasoning",
    [
        "Let me see.",
        "Use `</b>` here.",
        "```html\n<b>\n```\n",
        "~~~\n```\n~~~\n",
        "- ```py\n  x\n  ```\n",
        'I say "hello" and "bye"',
        "(Right?)",
        "Done!**",
        "one\r\n",
        "a [link] to < and <b>",
        "a ``x ` y`` b",
    ],
)
def test_reasoning_that_a_lone_tag_may_end(reasoning: str) -> None:
    text = f"{reasoning}</think>\n\nHello </think> <think>"
    assert split(text) == split(*text) == ("Hello </think> <think>", reasoning)


@pytest.mark.parametrize(
    "text",
    [
        "Close it with </think> then.",
        "The tag `</think>` ends it.",
        "``a ` </think>`` ends it.",
        'It says "</think>" there.',
        "It says '</think>' there.",
        "It (</think>) ends it.",
        "[</think>](https://example.com)",
        "```\nthought\n</think>\n```\nlike this",
        "  ~~~~ text\n~~~\n</think>\n~~~~",
        "```py\n``` x\n</think>\n",
        "A <think> mark opens,\n</think>\ncloses.",
    ],
)
def test_an_answer_that_talks_about_a_tag_stays(text: str) -> None:
    assert split(text) == split(*text) == (text, "")


def test_after_the_first_tag_the_others_are_text() -> None:
    text = "The </think> tag.\n</think>\nstays"
    assert split(text) == (text, "")
    text = "<think>a</think>b\n</think>\nc"
    assert split(text) == ("b\n</think>\nc", "a")


def test_reasoning_in_a_field_of_its_own_leaves_a_later_tag_alone() -> None:
    splitter = ThinkSplitter(unopened=True)
    assert splitter.feed("Hm</th") == [TextPart("Hm", tentative=True)]
    assert splitter.reasoning_came() == [TextPart("</th")]
    assert splitter.passing


def test_text_is_passed_on_at_once() -> None:
    splitter = ThinkSplitter()
    assert splitter.feed("He < [x]") == [TextPart("He < [x]")]
    assert splitter.feed(" a</th") == [TextPart(" a")]
    assert splitter.feed("e") == [TextPart("</the")]
    assert splitter.feed("<think>") == [TextPart("<think>")]
    assert splitter.passing


def test_only_what_may_be_a_tag_is_held_back() -> None:
    splitter = ThinkSplitter()
    assert splitter.feed("<think>see.</thi") == [ReasoningPart("see.")]
    assert splitter.feed("s") == [ReasoningPart("</this")]
