"""Answers that are no event stream: shown if they are a reply, named if they are not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, strategies as st

from chatcli.backends.answer.reply_assembly import ReplyAssembly
from chatcli.backends.answer.reply_decoder import ReplyDecoder
from chatcli.backends.answer.whole_reply import read_whole
from chatcli.backends.faults.endpoint import Endpoint
from chatcli.core.model import Usage
from chatcli.core.ports import EndPart, ReasoningPart, StreamPart, TextPart, UsagePart
from chatcli.core.text import one_line
from chatcli.errors import (
    BackendError,
    BadResponseError,
    EmptyReplyError,
    ReplyCutOffError,
    ServerFaultError,
    UnknownModelError,
)
from tests.fault_exchange import chunk, usage

ENDPOINT = Endpoint("acme", "http://me:pw@localhost:1234/v1?key=abc", "acme-1")
COMPLETION = {
    "object": "chat.completion",
    "choices": [{"index": 0, "message": {"content": "Hello"}, "finish_reason": "stop"}],
    "usage": usage(12, 3),
}


def whole_reply(
    body: bytes, content_type: str, status: int, endpoint: Endpoint
) -> list[StreamPart]:
    """The parts of a reply that came in one piece (EndPart last)."""
    reply = ReplyAssembly(endpoint)
    read_whole(body, content_type, status, reply)
    return reply.end()


def read(
    body: object, content_type: str = "application/json", status: int = 200
) -> list[StreamPart]:
    """Both ways to read a body must give the same."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    parts = whole_reply(data, content_type, status, ENDPOINT)
    assert decoded(data, content_type, status, ENDPOINT) == parts
    return parts


def refused(
    body: object, content_type: str = "application/json", status: int = 200
) -> BackendError:
    """What both ways to read a body raise."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(BackendError) as whole:
        whole_reply(data, content_type, status, ENDPOINT)
    with pytest.raises(type(whole.value)) as streamed:
        decoded(data, content_type, status, ENDPOINT)
    assert streamed.value.message == whole.value.message
    return whole.value


def decoded(data: bytes, content_type: str, status: int, endpoint: Endpoint) -> list[StreamPart]:
    decoder = ReplyDecoder(endpoint, content_type=content_type, status=status)
    parts = [part for byte in data for part in decoder.feed(bytes([byte]))]
    return [*parts, *decoder.end()]


@given(st.binary(max_size=30) | st.text(max_size=30).map(str.encode))
def test_no_short_body_is_a_reply(body: bytes) -> None:
    for read_it in (whole_reply, decoded):
        with pytest.raises(BackendError) as refusal:
            read_it(body, "", 200, ENDPOINT)
        assert one_line(refusal.value.message) == refusal.value.message


def test_a_completion_is_the_reply() -> None:
    assert read(COMPLETION) == [TextPart("Hello"), UsagePart(Usage(12, 3)), EndPart("stop")]


def test_a_completion_without_a_finish_reason() -> None:
    assert read({"choices": [{"message": {"content": "Hello"}}]})[-1] == EndPart(None)


def test_a_completion_after_empty_lines() -> None:
    assert read(b"\n\n \n" + json.dumps(COMPLETION).encode())[0] == TextPart("Hello")


def test_a_completion_of_the_completions_api() -> None:
    body = {"object": "text_completion", "choices": [{"text": "Hello", "finish_reason": "stop"}]}
    assert read(body) == [TextPart("Hello"), EndPart("stop")]


def test_a_completion_with_reasoning() -> None:
    message = {"content": "<think>a</think>b", "reasoning": "hm"}
    parts = read({"choices": [{"message": message}]})
    assert "".join(part.text for part in parts if isinstance(part, ReasoningPart)) == "hma"
    assert [part.text for part in parts if isinstance(part, TextPart)] == ["b"]


def test_lines_of_json_are_chunks() -> None:
    lines = [chunk({"content": "Hel"}), chunk({"content": "lo"}), chunk({}, "stop")]
    body = "\n".join(map(json.dumps, lines)).encode()
    assert read(body, "application/x-ndjson") == [TextPart("Hello"), EndPart("stop")]


def test_lines_of_json_without_an_end_are_cut_off() -> None:
    body = b'{"choices": [{"text": "Hel"}]}\n{"choices": [{"text": "lo"}]}'
    assert isinstance(refused(body), ReplyCutOffError)


LINES = b'{"choices": [{"text": "Hel"}]}\n{"choices": [{"text": "lo"}]}\n'
LAST = b'{"choices": [{"text": "!", "finish_reason": "stop"}]}'


def text_of(body: bytes) -> str:
    decoder = ReplyDecoder(ENDPOINT)
    parts = [*decoder.feed(body), *decoder.close()]
    return "".join(part.text for part in parts if isinstance(part, TextPart))


@pytest.mark.parametrize("cut", [b'{"choices": [{"te', b"Internal Server Error"])
def test_lines_of_json_that_break_off_keep_their_text(cut: bytes) -> None:
    assert isinstance(refused(LINES + cut), ReplyCutOffError)
    assert text_of(LINES + cut) == "Hello"


def test_a_broken_line_among_lines_of_json_is_left_out_and_said() -> None:
    body = LINES + b'{"broken": \n' + LINES
    assert isinstance(refused(body), ReplyCutOffError)
    assert text_of(body) == "HelloHello"
    with_end = read(LINES.replace(b"\n", b'\n{"broken": \n', 1) + b"[DONE]")
    assert any(isinstance(part, TextPart) and part.text == "Hello" for part in with_end)


@pytest.mark.parametrize(
    "body",
    [
        LINES + LAST + b"\n[DONE]\n",
        LINES + LAST + b"\n<!-- served by a proxy -->",
        b"[" + LINES.replace(b"\n", b",\n") + LAST + b"]",
        (LINES + LAST).replace(b"\n", b""),
    ],
    ids=["end-mark", "junk-behind", "list", "one-line"],
)
def test_chunks_without_a_stream_around_them(body: bytes) -> None:
    parts = read(body)
    assert parts[0] == TextPart("Hello!")
    assert parts[-1] == EndPart("stop")


def test_a_list_of_chunks_that_breaks_off_keeps_its_text() -> None:
    body = b"[" + LINES.replace(b"\n", b",\n") + b'{"choi'
    assert isinstance(refused(body), ReplyCutOffError)
    assert text_of(body) == "Hello"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_json_in_other_encodings(encoding: str) -> None:
    body = json.dumps(COMPLETION).encode(encoding)
    parts = whole_reply(body, "application/json", 200, ENDPOINT)
    assert parts[0] == TextPart("Hello")


def test_a_body_that_breaks_everywhere_takes_no_long_time() -> None:
    assert isinstance(refused(b"[\n" * 20_000), BadResponseError)


def test_a_completion_without_text_is_no_reply() -> None:
    body = {"choices": [{"message": {"content": ""}, "finish_reason": "stop"}]}
    assert isinstance(refused(body), EmptyReplyError)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"error": {"message": "it fell over"}}, ServerFaultError),
        ({"error": "it fell over"}, ServerFaultError),
        ([{"error": {"message": "it fell over", "status": "INTERNAL"}}], ServerFaultError),
        ({"error": "Unexpected endpoint or method. (POST /x): it fell over"}, UnknownModelError),
        ({"detail": "it fell over"}, ServerFaultError),
    ],
)
def test_an_error_with_status_200(body: object, kind: type[BackendError]) -> None:
    error = refused(body)
    assert type(error) is kind
    assert "it fell over" in error.message


def test_a_web_page_is_named_by_its_title() -> None:
    page = b"<!doctype html><html><head><title>Sign in &amp;\n go on</title></head></html>"
    error = refused(page, "text/html; charset=utf-8")
    assert isinstance(error, BadResponseError)
    assert 'titled "Sign in & go on"' in error.message
    assert "base_url" in error.hint
    assert "http://localhost:1234/v1" in error.hint


def test_advice_shows_no_password_of_the_address() -> None:
    hint = refused(b"<html>").hint
    assert "pw" not in hint
    assert "abc" not in hint


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (b"", "application/json", "answered 200 and nothing else"),
        (b" \n\n", "text/event-stream", "answered 200 and nothing else"),
        (b"upstream connect error", "text/plain", "text/plain: upstream connect error"),
        (b"no type at all", "", "text: no type at all"),
        (b'{"choices": [{"mess', "application/json", "broken"),
        (b'{"hello": "world"}', "application/json", 'no chat completion: {"hello": "world"}'),
        (b'{"choices": null}', "application/json", "no chat completion"),
        (b"[]", "application/json", "no chat completion"),
        (b'{"status": "ok", "message": "Welcome"}', "application/json", "no chat completion"),
        (b"<Error><Code>AccessDenied</Code></Error>", "application/xml", "AccessDenied"),
        (b"\x1b]0;owned\x07", "text/plain", "␛]0;owned␇"),
        (b"\x1f\x8b\x08\x00\x00", "application/json", "compressed data"),
        (b"\x89PNG\r\n\x1a\x00\x00", "image/png", "image/png: bytes that are no text"),
    ],
)
def test_other_bodies_are_named(body: bytes, content_type: str, words: str) -> None:
    error = refused(body, content_type)
    assert isinstance(error, BadResponseError)
    assert words in error.message


def test_no_content() -> None:
    assert "204" in refused(b"", "", 204).message
