"""How replies end: in order, cut off, or without any text."""

from __future__ import annotations

import pytest

from chatcli.backends.answer.reply_decoder import ReplyDecoder
from chatcli.core.ports import TextPart
from chatcli.errors import (
    BadResponseError,
    ContentFilteredError,
    EmptyReplyError,
    ReplyCutOffError,
)
from tests.backends.heard import ENDPOINT, HALF, WHOLE, Heard
from tests.fault_exchange import DONE, chunk, event, stop, text


def test_a_whole_reply() -> None:
    heard = Heard(*WHOLE, stop(), DONE)
    assert (heard.text, heard.finish_reason, heard.notices) == ("Hello world", "stop", [])


def message(content: str, **more: object) -> bytes:
    return event({"choices": [{"index": 0, "message": {"content": content}, **more}]})


@pytest.mark.parametrize("whole", ["Hello world", "Hello world!", "Hello"])
def test_a_whole_message_behind_the_pieces_of_it_is_not_a_second_one(whole: str) -> None:
    last = (message(whole, finish_reason="stop"), DONE)
    heard = Heard(*WHOLE, *last)
    assert (heard.text, heard.finish_reason) == (max("Hello world", whole), "stop")
    assert Heard(*WHOLE, message(whole, delta={}, finish_reason="stop"), DONE).text == heard.text
    assert Heard(*last).text == whole


def test_pieces_may_be_called_messages() -> None:
    assert Heard(message("ha"), message("ha"), message("haha"), stop(), DONE).text == "hahahaha"


def test_a_clean_end_without_finish_reason_or_done_is_a_cut_off_reply() -> None:
    heard = Heard(*HALF)
    assert heard.text == "Half an answer"
    assert isinstance(heard.error, ReplyCutOffError)


def test_finish_reason_without_done_is_an_end() -> None:
    assert Heard(*WHOLE, stop()).finish_reason == "stop"


@pytest.mark.parametrize("done", [DONE, b"data:[DONE]", b"data: [DONE]", b"data: [DONE]\n"])
def test_done_without_finish_reason_is_an_end(done: bytes) -> None:
    heard = Heard(*WHOLE, done)
    assert (heard.text, heard.finish_reason) == ("Hello world", None)


@pytest.mark.parametrize("done", [DONE, b"data:[DONE]", b"data: [DONE]", b"data: [DONE]\n"])
def test_done_need_not_be_followed_by_the_end_of_the_connection(done: bytes) -> None:
    decoder = ReplyDecoder(ENDPOINT)
    for byte in b"".join([*WHOLE, stop(), done]):
        decoder.feed(bytes([byte]))
    assert decoder.finished
    assert decoder.feed(text("too late")) == []


def test_the_last_event_needs_no_blank_line() -> None:
    assert Heard(*WHOLE, event(chunk({"content": "!"}, "stop")).strip()).text == "Hello world!"


def test_a_body_cut_inside_an_event_is_a_cut_off_reply() -> None:
    heard = Heard(*HALF, text(" and more")[:40])
    assert heard.text == "Half an answer"
    assert isinstance(heard.error, ReplyCutOffError)


def test_an_empty_chunk_and_a_clean_end_is_a_cut_off_reply() -> None:
    assert isinstance(Heard(event(chunk({"content": ""}))).error, ReplyCutOffError)
    assert isinstance(Heard(*HALF, event(chunk({"content": ""}))).error, ReplyCutOffError)


def test_finish_reason_on_every_chunk_does_not_end_the_reply() -> None:
    events = [event(chunk({"content": piece}, "stop")) for piece in ("a", "b", "c")]
    assert Heard(*events, DONE).text == "abc"


@pytest.mark.parametrize(
    "reason", ["length", "content_filter", "eos", "model_context_window_exceeded"]
)
def test_any_finish_reason_is_handed_on(reason: str) -> None:
    assert Heard(*WHOLE, stop(reason), DONE).finish_reason == reason


def test_an_empty_finish_reason_is_none() -> None:
    assert isinstance(Heard(event(chunk({"content": "a"}, ""))).error, ReplyCutOffError)


@pytest.mark.parametrize(
    ("events", "complete"),
    [
        (HALF, False),
        ((*WHOLE, stop()), True),
        ((*WHOLE, DONE), True),
        ((event(chunk({"content": "a"}, "stop")), event(chunk({"content": "b"}, "stop"))), False),
        ((event(chunk({"content": "a"}, "stop")), text("b"), stop()), False),
        ((event({"choices": [{"message": {"content": "whole"}}]})[6:],), True),
        ((b'{"choices": [{"mess',), False),
    ],
)
def test_whether_a_broken_connection_took_anything_away(
    events: tuple[bytes, ...], complete: bool
) -> None:
    decoder = ReplyDecoder(ENDPOINT)
    for piece in events:
        decoder.feed(piece)
    decoder.close()
    assert decoder.complete is complete


@pytest.mark.parametrize("blank", [(" ",), ("\n", "\n")])
def test_white_space_waits_for_the_first_letter(blank: tuple[str, ...]) -> None:
    decoder = ReplyDecoder(ENDPOINT)
    for piece in blank:
        assert decoder.feed(text(piece)) == []
    assert decoder.feed(text("a")) == [TextPart("".join([*blank, "a"]))]
    assert isinstance(Heard(*map(text, blank), stop(), DONE).error, EmptyReplyError)


def test_text_that_is_held_back_comes_before_the_error() -> None:
    heard = Heard(text("<thi"))
    assert heard.text == "<thi"
    assert isinstance(heard.error, ReplyCutOffError)


@pytest.mark.parametrize("done", [b"[DONE]", b"[DONE]\n\n", b'data: "[DONE]"\n\n'])
def test_an_end_mark_in_a_wrong_shape_is_one(done: bytes) -> None:
    assert Heard(*WHOLE, done).finish_reason is None


def test_tabs_and_line_ends_inside_a_string_lose_nothing() -> None:
    heard = Heard(b'data: {"choices":[{"delta":{"content":"a\tb"}}]}\n\n', stop(), DONE)
    assert (heard.text, heard.notices) == ("a\tb", [])


def test_a_byte_order_mark_before_each_piece_loses_nothing() -> None:
    assert (
        Heard(*(b"\xef\xbb\xbf" + piece for piece in (*WHOLE, stop(), DONE))).text == "Hello world"
    )


@pytest.mark.parametrize("reason", ["SAFETY", "content_filter: PROHIBITED_CONTENT", "sensitive"])
def test_a_filter_before_any_text_is_named(reason: str) -> None:
    assert isinstance(Heard(stop(reason), DONE).error, ContentFilteredError)


@pytest.mark.parametrize(
    "events", [(stop(), DONE), (DONE,), (text(""), stop(), DONE), (text("\n"), stop())]
)
def test_a_reply_without_text_is_no_reply(events: tuple[bytes, ...]) -> None:
    heard = Heard(*events)
    assert isinstance(heard.error, EmptyReplyError)
    assert "context window" in heard.error.hint


def test_reasoning_alone_is_no_reply() -> None:
    for thought in (event(chunk({"reasoning": "hm"})), text("<think>hm")):
        heard = Heard(thought, stop(), DONE)
        assert heard.reasoning == "hm"
        assert isinstance(heard.error, EmptyReplyError)
        assert "only reasoning" in heard.error.message


def test_reasoning_alone_up_to_the_output_limit() -> None:
    heard = Heard(event(chunk({"reasoning": "hm"})), stop("length"), DONE)
    assert isinstance(heard.error, EmptyReplyError)
    assert "max_tokens" in heard.error.hint


def test_a_filter_that_leaves_no_text() -> None:
    assert isinstance(Heard(stop("content_filter"), DONE).error, ContentFilteredError)


def test_a_refusal_is_shown_as_the_reply() -> None:
    events = [event(chunk({"refusal": piece})) for piece in ("I can't ", "help")]
    heard = Heard(*events, stop(), DONE)
    assert (heard.text, heard.finish_reason) == ("I can't help", "stop")
    assert "refused" in heard.notices[0]


def test_a_tool_call_alone_is_no_reply() -> None:
    heard = Heard(event(chunk({"tool_calls": [{"id": "x"}]})), stop("tool_calls"), DONE)
    assert isinstance(heard.error, EmptyReplyError)
    assert "tool" in heard.error.message


@pytest.mark.parametrize(
    "events",
    [
        (b"data: {\n\n",),
        (b'event: message_start\ndata: {"type": "message_start"}\n\n',),
        (event({"model": "m", "message": {"role": "assistant", "content": "native"}}),),
    ],
)
def test_a_stream_of_something_else_is_a_bad_response(events: tuple[bytes, ...]) -> None:
    heard = Heard(*events)
    assert isinstance(heard.error, BadResponseError)
    assert "base_url" in heard.error.hint


def test_comments_alone_are_a_cut_off_reply() -> None:
    heard = Heard(b": ping\n\n", b": ping\n\n")
    assert isinstance(heard.error, ReplyCutOffError)
    assert heard.decoder.comments == 2
