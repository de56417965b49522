"""One chunk in every shape a server gives it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from chatcli.backends.answer.chunks import plain_text, read_chunk
from chatcli.core.model import Usage
from chatcli.core.ports import ReasoningPart, TextPart
from tests.fault_exchange import chunk, usage

KEYS = st.sampled_from(
    [
        "choices",
        "delta",
        "message",
        "content",
        "text",
        "reasoning",
        "reasoning_content",
        "index",
        "reasoning_details",
        "refusal",
        "usage",
        "error",
        "object",
        "finish_reason",
        "thinking",
        "type",
        "code",
        "x_groq",
        "timings",
        "prompt_tokens",
        "completion_tokens",
        "tool_calls",
    ]
)
WORDS = st.sampled_from(["error", "stop", "text", "thinking", "reasoning.text", "500", ""])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | WORDS
DOCUMENTS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5)
)
CHOICES = st.fixed_dictionaries(
    {"delta": st.dictionaries(KEYS, DOCUMENTS, max_size=4) | DOCUMENTS},
    optional=dict.fromkeys(("index", "finish_reason", "usage", "error"), LEAVES),
)
CHUNKS = st.fixed_dictionaries(
    {"choices": st.lists(CHOICES, max_size=2)},
    optional=dict.fromkeys(("usage", "error", "object", "x_groq", "timings"), DOCUMENTS),
)


@given(DOCUMENTS | CHUNKS, st.sampled_from(["", "message", "error"]))
def test_no_document_is_too_odd(document: object, event: str) -> None:
    read_chunk(document, event)
    plain_text(document)


@given(CHUNKS)
def test_the_short_way_gives_what_the_long_one_does(document: dict[str, Any]) -> None:
    text = plain_text(document)
    if text is not None:
        read = read_chunk(document)
        assert read.parts == ([TextPart(text)] if text else [])
        assert (read.finish_reason, read.usage, read.error, read.refusal) == ("", None, None, "")
        assert read.reasoning_details is None
        assert not read.calls_tool


def test_a_plain_piece_of_text_takes_the_short_way() -> None:
    assert plain_text(chunk({"content": "x"})) == "x"
    assert plain_text(chunk({"role": "assistant", "content": "x", "refusal": None})) == "x"
    assert plain_text(chunk({"content": "x"}, usage=None, error=None)) == "x"


def test_an_empty_list_of_details_takes_the_long_way() -> None:
    """It means something to the server that sent it."""
    assert plain_text(chunk({"content": "x", "reasoning_details": []})) is None


# --- text -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "document",
    [
        chunk({"content": "Hello"}),
        {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}}]},
        {"object": "text_completion", "choices": [{"text": "Hello", "index": 0}]},
        {"choices": [{"delta": None, "text": "Hello"}]},
        chunk({"content": [{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"}]}),
        chunk({"content": ["Hel", "lo"]}),
        chunk({"content": {"type": "text", "text": "Hello"}}),
        {"choices": [{"delta": {"content": "Hello"}, "message": {"content": "all so far"}}]},
        {"choices": [{"index": 1, "delta": {"content": "other"}}, {"delta": {"content": "Hello"}}]},
    ],
)
def test_text(document: object) -> None:
    parts = read_chunk(document).parts
    assert "".join(part.text for part in parts) == "Hello"
    assert all(isinstance(part, TextPart) for part in parts)


@pytest.mark.parametrize(
    "document",
    [
        {**chunk(), "choices": []},
        {**chunk(), "choices": None},
        {"id": "x"},
        {"choices": [None]},
        {"choices": [{"delta": None}]},
        {"choices": [{"index": 0}]},
        chunk({"content": None}),
        chunk({"content": 7}),
        chunk({"content": [{"type": "image_url"}, None, 7]}),
        {"choices": [{"index": 1, "delta": {"content": "another answer"}}]},
        None,
        "x",
        [1],
        7,
    ],
)
def test_nothing(document: object) -> None:
    read = read_chunk(document)
    assert (read.parts, read.error, read.usage, read.finish_reason) == ([], None, None, "")


def test_a_refusal() -> None:
    assert read_chunk(chunk({"refusal": "I can't"})).refusal == "I can't"


def test_a_tool_call() -> None:
    assert read_chunk(chunk({"tool_calls": [{"index": None}]})).calls_tool


# --- reasoning --------------------------------------------------------------------

DETAILS: list[dict[str, Any]] = [
    {"type": "reasoning.text", "text": "Let me see.", "signature": "s", "index": 0},
    {"type": "reasoning.encrypted", "data": "c2VjcmV0", "index": 1},
]


@pytest.mark.parametrize(
    ("delta", "field"),
    [
        ({"reasoning_content": "Let me see."}, "reasoning_content"),
        ({"reasoning": "Let me see.", "content": ""}, "reasoning"),
        ({"reasoning": "Let me see.", "reasoning_content": "Let me see."}, "reasoning_content"),
        ({"reasoning": "Let me see.", "reasoning_content": ""}, "reasoning"),
        ({"reasoning": "Let me see.", "reasoning_details": DETAILS}, "reasoning"),
        ({"reasoning_details": DETAILS}, ""),
        ({"content": [{"type": "thinking", "thinking": "Let me see."}]}, ""),
        (
            {
                "content": [
                    {"type": "thinking", "thinking": [{"type": "text", "text": "Let me see."}]}
                ]
            },
            "",
        ),
    ],
)
def test_reasoning(delta: object, field: str) -> None:
    read = read_chunk(chunk(delta))
    assert read.parts == [ReasoningPart("Let me see.")]
    assert read.reasoning_field == field


def test_thinking_and_text_in_one_list() -> None:
    content = [{"type": "thinking", "thinking": [{"text": "a"}]}, {"type": "text", "text": "b"}]
    assert read_chunk(chunk({"content": content})).parts == [ReasoningPart("a"), TextPart("b")]


@pytest.mark.parametrize("details", [DETAILS, []])
def test_reasoning_details_are_kept_as_they_are(details: list[Any]) -> None:
    assert read_chunk(chunk({"reasoning_details": details})).reasoning_details == details


# --- the end ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "reason"),
    [
        ({"finish_reason": "stop"}, "stop"),
        ({"finish_reason": "eos"}, "eos"),
        ({"finish_reason": ""}, ""),
        ({"finish_reason": None}, ""),
        ({"finish_reason": 7}, ""),
        ({"finishReason": "STOP"}, "STOP"),
    ],
)
def test_finish_reasons(choice: dict[str, Any], reason: str) -> None:
    assert read_chunk({"choices": [{**choice, "delta": {}}]}).finish_reason == reason


# --- usage ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"choices": [], "usage": usage(12, 3)}, Usage(12, 3)),
        (chunk({}, "stop", usage=usage(12, 3)), Usage(12, 3)),
        ({"choices": [{"usage": usage(12, 3)}]}, Usage(12, 3)),
        ({"choices": [], "x_groq": {"usage": usage(12, 3)}}, Usage(12, 3)),
        (chunk(usage={"input_tokens": 12, "output_tokens": 3}), Usage(12, 3)),
        (chunk(usage={"prompt_tokens": "12", "completion_tokens": 3.0}), Usage(12, 3)),
        (chunk(usage={"prompt_tokens": 12, "completion_tokens": None}), Usage(12, None)),
        (chunk(usage={"prompt_tokens": True, "completion_tokens": 3}), Usage(None, 3)),
        (chunk(usage={"prompt_tokens": -1, "completion_tokens": 3}), Usage(None, 3)),
        (chunk(usage={"prompt_tokens": 10**400, "completion_tokens": 3}), Usage(None, 3)),
        (chunk(usage=usage(12, 3, cost=0.25)), Usage(12, 3, 0.25)),
        (chunk(usage=usage(12, 3, cost="0.25")), Usage(12, 3, 0.25)),
        (chunk(usage=usage(12, 3, cost=0)), Usage(12, 3, 0.0)),
        (chunk(timings={"prompt_n": 2, "cache_n": 10, "predicted_n": 3}), Usage(12, 3)),
        (chunk(timings={"prompt_n": 2, "predicted_n": 3}), Usage(None, 3)),
        (chunk(timings={"prompt_n": 2, "predicted_n": 3}, usage=usage(12, 3)), Usage(12, 3)),
        (chunk(usage=None), None),
        (chunk(usage={}), None),
        (chunk(usage=usage(0, 0)), None),
        (chunk(usage={"prompt_tokens": None}), None),
        (chunk(usage=[1]), None),
        (chunk(), None),
    ],
)
def test_usage(document: object, expected: Usage | None) -> None:
    assert read_chunk(document).usage == expected


# --- errors -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "document",
    [
        {"error": {"message": "fell over"}},
        {"error": "fell over"},
        chunk({}, "error", error={"message": "fell over", "code": 502}),
        {"object": "error", "message": "fell over", "code": 400},
        {"object": "Error", "message": {"detail": []}},
        {"detail": "fell over"},
        {"detail": [{"msg": "fell over"}]},
        {"message": "fell over"},
        [{"error": {"message": "fell over"}}],
        {"choices": [{"error": {"message": "fell over"}, "delta": {}}]},
        {"choices": [], "x_groq": {"error": "fell over"}},
    ],
)
def test_errors(document: object) -> None:
    assert read_chunk(document).error is not None


@pytest.mark.parametrize("document", [{"message": "fell over"}, "fell over", None, {}, 7])
def test_an_event_named_error_is_one(document: object) -> None:
    assert read_chunk(document, "error").error


@pytest.mark.parametrize("none", [None, {}, "", False])
def test_an_empty_error_is_none(none: object) -> None:
    read = read_chunk(chunk({"content": "x"}, error=none))
    assert (read.error, read.parts) == (None, [TextPart("x")])
