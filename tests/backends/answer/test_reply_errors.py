"""Errors that a server reports inside its stream, in whatever shape."""

from __future__ import annotations

import pytest

from chatcli.backends.answer.reply_decoder import ReplyDecoder
from chatcli.core.model import Usage
from chatcli.errors import (
    BackendError,
    BadRequestError,
    BadResponseError,
    ContextTooLongError,
    ReplyCutOffError,
    ServerFaultError,
)
from tests.backends.heard import ENDPOINT, HALF, KEY, Heard
from tests.fault_exchange import DONE, chunk, event, stop, usage

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
        (stop("error"), "error of its own"),
    ],
)
def test_an_error_after_text_keeps_the_text(error: bytes, words: str) -> None:
    heard = Heard(*HALF, error)
    assert heard.text == "Half an answer"
    assert isinstance(heard.error, ServerFaultError)
    assert words in heard.error.message


@pytest.mark.parametrize(
    "error",
    [
        b'{"error": {"message": "it fell over"}}\n',
        b'{"error": {"message": "it fell over"}}',
        event({"code": 1301, "msg": "it fell over", "success": False}),
        event({"error_code": 336100, "error_msg": "it fell over"}),
        event({"choices": None, "base_resp": {"status_code": 1000, "status_msg": "it fell over"}}),
        b"data: " + event({"error": "it fell over"}),
    ],
    ids=["bare-line", "bare-end", "code-and-msg", "error-msg", "base-resp", "wrapped-twice"],
)
def test_an_error_in_a_providers_own_shape_is_one(error: bytes) -> None:
    heard = Heard(*HALF, error)
    assert heard.text == "Half an answer"
    assert isinstance(heard.error, ServerFaultError)
    assert "it fell over" in heard.error.message


@pytest.mark.parametrize(
    "said",
    [b"Internal Server Error", b"data: error: Internal Server Error\n\n"],
    ids=["no-event", "no-json"],
)
def test_words_in_place_of_the_rest_are_quoted(said: bytes) -> None:
    heard = Heard(*HALF, said)
    assert heard.text == "Half an answer"
    assert isinstance(heard.error, ReplyCutOffError)
    assert "Internal Server Error" in heard.error.message


def test_half_a_line_is_not_quoted() -> None:
    for cut in (b"dat", b"data: {", b"eve"):
        error = Heard(*HALF, cut).error
        assert error is not None
        assert error.message.endswith("what came is kept")


def test_a_stream_of_another_protocol_is_quoted() -> None:
    error = Heard(event({"type": "content_block_delta", "delta": {"text": "Hi"}})).error
    assert isinstance(error, BadResponseError)
    assert "content_block_delta" in error.message


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
