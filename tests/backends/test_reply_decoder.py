"""Bytes of an answer to the parts of a reply, one test for each thing that servers do."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from chatcli.backends.endpoint import Endpoint
from chatcli.backends.reply_decoder import ReplyDecoder
from chatcli.core.model import Usage
from chatcli.core.ports import (
    EndPart,
    NoticePart,
    ReasoningPart,
    StreamPart,
    TextPart,
    UsagePart,
)
from chatcli.core.text import one_line
from chatcli.errors import (
    BackendError,
    BadRequestError,
    BadResponseError,
    ChatcliError,
    ContentFilteredError,
    ContextTooLongError,
    EmptyReplyError,
    ReplyCutOffError,
    ServerFaultError,
)
from tests.fault_exchange import DONE, chunk, event, stop, text, usage

KEY = "sk-proj-abcdefghijklmnop1234567890"
ENDPOINT = Endpoint("acme", "https://api.acme.example/v1", "acme-1", (KEY,))
HALF = (text("Half an "), text("answer"))
WHOLE = (text("Hello "), text("world"))


class Heard:
    """Everything a decoder gave, fed in these pieces and ended."""

    def __init__(self, *pieces: bytes) -> None:
        self.decoder = ReplyDecoder(ENDPOINT)
        self.parts: list[StreamPart] = []
        self.error: BackendError | None = None
        for piece in pieces:
            self.parts += self.decoder.feed(piece)
        try:
            for part in self.decoder.end():
                self.parts.append(part)
        except BackendError as error:
            self.error = error

    def of(self, kind: type[StreamPart]) -> list[Any]:
        return [part for part in self.parts if isinstance(part, kind)]

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.of(TextPart))

    @property
    def reasoning(self) -> str:
        return "".join(part.text for part in self.of(ReasoningPart))

    @property
    def raw(self) -> str:
        return "".join(part.raw for part in self.of(ReasoningPart))

    @property
    def usage(self) -> Usage | None:
        told = self.of(UsagePart)
        return told[-1].usage if told else None

    @property
    def notices(self) -> list[str]:
        return [part.text for part in self.of(NoticePart)]

    @property
    def finish_reason(self) -> str | None:
        assert self.error is None, self.error
        (end,) = self.of(EndPart)
        assert self.parts[-1] is end
        reason: str | None = end.finish_reason
        return reason

    def summary(self) -> tuple[object, ...]:
        error = self.error and (type(self.error), self.error.message, self.error.hint)
        return self.text, self.reasoning, self.raw, self.usage, self.notices, error


# --- any bytes in any pieces ------------------------------------------------------

EVENTS = st.sampled_from(
    [
        *WHOLE,
        text("<think>"),
        text("a</think>\n"),
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


# --- how streams end --------------------------------------------------------------


def test_a_whole_reply() -> None:
    heard = Heard(*WHOLE, stop(), DONE)
    assert (heard.text, heard.finish_reason, heard.notices) == ("Hello world", "stop", [])


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


def test_text_that_is_held_back_comes_before_the_error() -> None:
    heard = Heard(text("<thi"))
    assert heard.text == "<thi"
    assert isinstance(heard.error, ReplyCutOffError)


# --- errors in the stream ---------------------------------------------------------

RAW = '{"error": {"message": "upstream ran out of memory"}}'
ACME = {"raw": RAW, "provider_name": "Acme"}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (event({"error": {"message": "it fell over", "code": 500}}), "it fell over"),
        (event({"error": "it fell over"}), "it fell over"),
        (b"event: error\n" + event({"message": "it fell over"}), "it fell over"),
        (b"event: error\ndata: it fell over\n\n", "it fell over"),
        (event({"object": "error", "message": "it fell over", "code": 500}), "it fell over"),
        (event([{"error": {"message": "it fell over"}}]), "it fell over"),
        (event({"detail": "it fell over"}), "it fell over"),
        (
            event(
                {
                    **chunk(None, "error"),
                    "error": {"code": 502, "message": "Provider returned error", "metadata": ACME},
                }
            ),
            "Acme: upstream ran out of memory",
        ),
        (stop("error"), "fault of its own"),
    ],
)
def test_an_error_after_text_keeps_the_text(error: bytes, words: str) -> None:
    heard = Heard(*HALF, error)
    assert heard.text == "Half an answer"
    assert isinstance(heard.error, ServerFaultError)
    assert words in heard.error.message


def test_an_error_ends_the_reading() -> None:
    decoder = ReplyDecoder(ENDPOINT)
    decoder.feed(event({"error": "no"}))
    assert decoder.finished


def test_usage_beside_an_error_is_kept() -> None:
    assert Heard(event({"error": "no", "choices": [], "usage": usage(5, 2)})).usage == Usage(5, 2)


def test_an_error_of_null_is_none() -> None:
    heard = Heard(event(chunk({"content": "Hello"}, error=None)), stop(), DONE)
    assert (heard.text, heard.finish_reason) == ("Hello", "stop")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"message": "not multimodal", "code": 400}, BadRequestError),
        ({"message": "x", "type": "exceed_context_size_error"}, ContextTooLongError),
    ],
)
def test_an_error_in_the_stream_has_its_own_kind(error: object, kind: type[BackendError]) -> None:
    assert type(Heard(event({"error": error})).error) is kind


def test_an_error_shows_neither_keys_nor_control_characters() -> None:
    heard = Heard(event({"error": {"message": f"bad \x1b]0;owned\x07 key {KEY}"}}))
    assert heard.error is not None
    assert "bad ␛]0;owned␇ key [key]" in heard.error.message


# --- no text ----------------------------------------------------------------------


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


# --- odd events -------------------------------------------------------------------


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


# --- reasoning and usage ----------------------------------------------------------


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
