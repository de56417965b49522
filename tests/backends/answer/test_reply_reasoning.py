"""Reasoning and usage of a reply, wherever servers put them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chatcli.core.model import Usage
from chatcli.core.ports import TextWasReasoningPart
from chatcli.errors import EmptyReplyError
from tests.backends.heard import HALF, WHOLE, Heard
from tests.fault_exchange import DONE, chunk, event, stop, text, usage


def test_reasoning_in_a_field_is_kept_with_the_field_s_name() -> None:
    thoughts = [event(chunk({"reasoning_content": piece})) for piece in ("Let me ", "see.")]
    heard = Heard(*thoughts, *WHOLE, stop(), DONE)
    assert (heard.text, heard.reasoning) == ("Hello world", "Let me see.")
    assert json.loads(heard.raw) == {"field": "reasoning_content"}


def test_the_same_reasoning_in_two_fields_counts_once() -> None:
    both = event(chunk({"reasoning_content": "hm", "reasoning": "hm"}))
    assert Heard(both, *WHOLE, stop()).reasoning == "hm"


def test_reasoning_in_tags_split_over_chunks() -> None:
    pieces = ["<thi", "nk>Let me ", "see.</th", "ink>\n\nHello"]
    heard = Heard(*map(text, pieces), stop(), DONE)
    assert (heard.text, heard.reasoning, heard.raw) == ("Hello", "Let me see.", "")


def test_a_stray_closing_tag_after_reasoning_in_a_field() -> None:
    heard = Heard(event(chunk({"reasoning": "hm"})), text("</think>\n\nHello"), stop())
    assert (heard.text, heard.reasoning) == ("Hello", "hm")


def test_reasoning_that_is_only_closed_is_taken_back_if_it_was_given() -> None:
    pieces = [text("Let me "), text("see.</th"), text("ink>\n\nHello"), stop(), DONE]
    heard, at_once = Heard(*pieces), Heard(b"".join(pieces))
    assert heard.summary() == at_once.summary()
    assert (heard.text, heard.reasoning) == ("Hello", "Let me see.")
    assert len(heard.of(TextWasReasoningPart)) == 1
    assert at_once.of(TextWasReasoningPart) == []


def test_after_reasoning_in_a_field_a_closing_tag_is_text() -> None:
    thought = event(chunk({"reasoning": "hm"}))
    for pieces in ([thought, text("So.\n")], [text("So.\n"), thought]):
        heard = Heard(*pieces, text("</think>\n\nHello"), stop())
        assert (heard.text, heard.reasoning) == ("So.\n</think>\n\nHello", "hm")


def test_reasoning_without_an_answer_is_no_reply() -> None:
    heard = Heard(text("Let me see."), text("</think>"), stop(), DONE)
    assert isinstance(heard.error, EmptyReplyError)
    assert "only reasoning" in heard.error.message
    assert heard.reasoning == "Let me see."


def test_reasoning_details_are_put_together() -> None:
    pieces: list[dict[str, Any]] = [
        {"type": "reasoning.text", "text": "Let me ", "index": 0, "format": "acme"},
        {"type": "reasoning.text", "text": "see.", "index": 0},
        {"type": "reasoning.text", "text": "", "index": 0, "signature": "sig"},
        {"type": "reasoning.encrypted", "data": "c2VjcmV0", "index": 1},
        {"type": "reasoning.encrypted", "data": "c2VjcmV0", "index": 1},
    ]
    events = [event(chunk({"content": "", "reasoning_details": [piece]})) for piece in pieces]
    heard = Heard(*events, *WHOLE, stop(), DONE)
    whole = {**pieces[0], "text": "Let me see.", "signature": "sig"}
    assert heard.reasoning == "Let me see."
    assert json.loads(heard.raw) == {"field": "", "reasoning_details": [whole, *pieces[3:]]}


def test_an_empty_list_of_reasoning_details_is_kept() -> None:
    heard = Heard(event(chunk({"content": "a", "reasoning_details": []})), stop(), DONE)
    assert json.loads(heard.raw) == {"field": "", "reasoning_details": []}


def test_reasoning_of_a_cut_off_reply_is_kept() -> None:
    heard = Heard(event(chunk({"reasoning": "hm"})), *HALF)
    assert (heard.reasoning, heard.raw) == ("hm", '{"field":"reasoning"}')


@pytest.mark.parametrize(
    "events",
    [
        (stop(), event({"choices": [], "usage": usage(12, 3)})),
        (stop("stop", usage=usage(12, 3)),),
        (event(chunk({"content": "!"}, usage=usage(12, 2))), stop("stop", usage=usage(12, 3))),
        (
            stop("stop", usage=usage(12, 3)),
            event({"choices": [], "usage": {"prompt_tokens": None}}),
        ),
        (event({"choices": [{"delta": {}, "finish_reason": "stop", "usage": usage(12, 3)}]}),),
    ],
)
def test_usage_is_counted_once_wherever_it_stands(events: tuple[bytes, ...]) -> None:
    assert Heard(*WHOLE, *events, DONE).usage == Usage(12, 3)


def test_without_usage_there_is_no_part_of_it() -> None:
    assert Heard(*WHOLE, stop(), DONE).usage is None


def test_white_space_before_a_lone_closing_tag_is_not_the_answer_s() -> None:
    heard = Heard(text("\n" * 70), text("</think>"), text("Hello"), stop(), DONE)
    assert heard.text == "Hello"
