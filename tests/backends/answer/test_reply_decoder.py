"""Bytes of an answer to the parts of a reply: any bytes, in any pieces."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from chatcli.backends.answer.reply_decoder import ReplyDecoder
from chatcli.core.ports import (
    EndPart,
    ReasoningPart,
    TextPart,
)
from chatcli.core.text import one_line
from chatcli.errors import (
    ChatcliError,
)
from tests.backends.heard import ENDPOINT, WHOLE, Heard
from tests.fault_exchange import DONE, chunk, event, stop, text, usage

EVENTS = st.sampled_from(
    [
        *WHOLE,
        text("<think>"),
        text("a</think>\n"),
        text("Hm.\n</th"),
        text("ink>\nb"),
        text("\ud83d"),
        text("\ude00"),
        event(chunk({"reasoning": "hm", "reasoning_details": [{"type": "reasoning.text"}]})),
        event(chunk({"reasoning_content": "\ud83d"})),
        event(chunk({"content": "x"}, usage=usage())),
        event({"choices": [], "usage": usage(9, 9)}),
        event({"error": {"message": "fell over", "code": 500}}),
        event({"error": "no"}),
        b"event: error\ndata: oh\n\n",
        event([1]),
        b"data: {\n\n",
        b": ping\n\n",
        stop(),
        stop("error"),
        stop("length"),
        DONE,
        b"data:[DONE]",
        text("x")[:-1],
        b'{"choices": [{"message": {"content": "whole"}}]}',
        b"<html><title>Sign in</title>",
        b"\xef\xbb\xbf",
        b"\r\n",
        b"plain text",
    ]
)
BODIES = st.lists(EVENTS | st.binary(max_size=6), max_size=8).map(b"".join)


@settings(max_examples=300)
@given(BODIES, st.lists(st.integers(min_value=0), max_size=12))
def test_any_cut_gives_the_same_reply(body: bytes, places: list[int]) -> None:
    edges = [0, *sorted(place % (len(body) + 1) for place in places), len(body)]
    pieces = [body[a:b] for a, b in pairwise(edges)]
    assert Heard(*pieces).summary() == Heard(body).summary()


@settings(max_examples=300)
@given(BODIES)
def test_there_is_one_end_or_one_error_of_ours(body: bytes) -> None:
    heard = Heard(body)
    assert len(heard.of(EndPart)) == (heard.error is None)
    assert heard.error is None or isinstance(heard.error, ChatcliError)
    assert heard.error is None or one_line(heard.error.message) == heard.error.message
    (heard.text + heard.reasoning + heard.raw).encode()
    assert not heard.decoder.close()


@given(
    st.recursive(
        st.none() | st.floats() | st.text(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)
    )
)
def test_any_json_in_the_stream(document: object) -> None:
    heard = Heard(text("Hello"), event(document), stop(), DONE)
    assert heard.text == "Hello"


@pytest.mark.parametrize("last", [DONE, event({"error": "no"})])
@pytest.mark.parametrize("tail", [b"data: [DONE]", b"data:[DONE]\n"])
def test_nothing_after_the_end_is_read_in_whatever_pieces(last: bytes, tail: bytes) -> None:
    body = text("Hello") + last + text(" world").removesuffix(b"\n") + tail
    in_bytes = Heard(*(body[i : i + 1] for i in range(len(body))))
    assert Heard(body).text == in_bytes.text == "Hello"
    assert Heard(body).summary() == in_bytes.summary()


def test_half_an_event_after_the_end_is_no_gap() -> None:
    assert Heard(*WHOLE, stop(), DONE[:9]).notices == []
    assert Heard(*WHOLE, stop(), event({"usage": usage()})[:20]).notices == []


def test_broken_events_are_left_out_and_told_once() -> None:
    broken = b'data: {"choices": [{"delta": {"conte\n\n'
    heard = Heard(text("Hello "), broken, broken, text("world"), stop(), DONE)
    assert (heard.text, heard.finish_reason) == ("Hello world", "stop")
    assert len(heard.notices) == 1
    assert heard.notices[0].startswith("2 broken pieces")


def test_deeply_nested_json_is_a_broken_event() -> None:
    heard = Heard(b"data: " + b"[" * 200_000 + b"\n\n", *WHOLE, stop())
    assert heard.text == "Hello world"
    assert len(heard.notices) == 1


def test_data_that_is_no_chunk_is_ignored() -> None:
    odd = b'data: null\n\ndata: "x"\n\ndata: [1]\n\ndata:\n\ndata: 7\n\ndata: {}\n\n'
    heard = Heard(odd, *WHOLE, stop(), DONE)
    assert (heard.text, heard.notices) == ("Hello world", [])


def test_chunks_without_choices_or_delta_are_ignored() -> None:
    odd = [
        {**chunk(), "choices": []},
        {**chunk(), "choices": None},
        {"id": "x"},
        {"choices": [{"delta": None}]},
        {"choices": [{"index": 0}]},
        chunk({"content": None}),
    ]
    heard = Heard(*map(event, odd), *WHOLE, stop(), DONE)
    assert (heard.text, heard.notices) == ("Hello world", [])


def test_blank_lines_between_events_may_be_forgotten() -> None:
    heard = Heard(*(piece.replace(b"\n\n", b"\n") for piece in (*WHOLE, stop(), DONE)))
    assert (heard.text, heard.finish_reason, heard.notices) == ("Hello world", "stop", [])
    assert (
        Heard(*(piece.replace(b"\n\n", b"\n") for piece in (*WHOLE, stop()))).text == "Hello world"
    )


def test_bytes_that_are_no_utf8_are_replaced() -> None:
    heard = Heard(text("w@rld").replace(b"@", b"\xff\xfe"), stop(), DONE)
    assert heard.text == "w\ufffd\ufffdrld"


def test_separators_of_unicode_stay_in_the_text() -> None:
    document = json.dumps(chunk({"content": "a\u2028b\x85c"}), ensure_ascii=False)
    assert Heard(b"data: " + document.encode() + b"\n\n", DONE).text == "a\u2028b\x85c"


def test_one_event_on_many_lines() -> None:
    lines = json.dumps(chunk({"content": "Hello"}), indent=1).encode().replace(b"\n", b"\ndata: ")
    assert Heard(b"data: " + lines + b"\n\n", DONE).text == "Hello"


def test_the_halves_of_a_character_in_two_chunks() -> None:
    assert Heard(text("ok \ud83d"), text("\ude00 end"), stop()).text == "ok 😀 end"
    thoughts = [event(chunk({"reasoning": half})) for half in ("\ud83d", "\ude00")]
    assert Heard(*thoughts, *WHOLE, stop()).reasoning == "😀"


@pytest.mark.parametrize("last", [(), (text(" end"),)])
def test_half_a_character_is_replaced(last: tuple[bytes, ...]) -> None:
    assert Heard(text("ok \ud83d"), *last, stop()).text == "ok \ufffd" + " end" * len(last)


def test_an_event_of_five_megabytes() -> None:
    stream = text("0123456789" * 500_000) + stop()
    assert (
        len(Heard(*(stream[i : i + 4096] for i in range(0, len(stream), 4096))).text) == 5_000_000
    )


def test_text_of_one_read_is_one_part() -> None:
    parts = ReplyDecoder(ENDPOINT).feed(
        b"".join([*WHOLE, event(chunk({"reasoning": "hm"})), *WHOLE])
    )
    assert parts == [TextPart("Hello world"), ReasoningPart("hm"), TextPart("Hello world")]
