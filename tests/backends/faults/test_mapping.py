"""Error answers in every shape: always a fault, in the server's own words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, strategies as st

from chatcli.backends.faults.mapping import fault_of, stream_fault
from chatcli.core.text import one_line
from chatcli.errors import (
    BadRequestError,
    ContextTooLongError,
    OverloadedError,
    PermissionDeniedError,
    ServerFaultError,
)
from tests.backends.error_answers import ENDPOINT, fault, openai

KEYS = st.sampled_from(
    [
        "error",
        "message",
        "detail",
        "metadata",
        "raw",
        "code",
        "type",
        "param",
        "status",
        "loc",
        "msg",
        "errors",
        "details",
        "retryDelay",
        "headers",
        "Retry-After",
        "n_ctx",
        "availability",
    ]
)

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)

DOCUMENTS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4)
)

HEADERS = st.dictionaries(
    st.sampled_from(
        ["Retry-After", "retry-after-ms", "X-RateLimit-Reset", "Location", "x-request-id"]
    ),
    st.text(max_size=10) | st.sampled_from(["5", "-1", "nan", "1e999", "//[", "Wed, 99 Foo"]),
)


@given(
    st.integers(100, 999),
    HEADERS,
    DOCUMENTS.map(json.dumps).map(str.encode) | st.binary(max_size=20),
)
def test_any_answer_has_its_fault(status: int, headers: dict[str, str], body: bytes) -> None:
    error = fault_of(status, headers, body, ENDPOINT)
    assert error.message
    assert one_line(error.message) == error.message
    assert one_line(error.hint) == error.hint
    assert error.retry_after is None or 0 <= error.retry_after < float("inf")


@given(DOCUMENTS)
def test_any_document_has_its_fault(document: object) -> None:
    error = stream_fault(document, ENDPOINT)
    assert one_line(error.message) == error.message


def test_nested_documents_have_their_fault() -> None:
    deep: object = "deep"
    for _ in range(500):
        deep = {"error": {"metadata": {"raw": [deep]}, "detail": [deep]}}
    assert isinstance(stream_fault(deep, ENDPOINT), ServerFaultError)
    assert isinstance(fault(500, b'{"error":' * 100_000), OverloadedError)


def test_a_long_hostile_message_takes_no_time() -> None:
    for piece in ("a", "1", "*", "sk-", "token ", "model ", "<", "<title", "Bearer 1", "eyJ.", " "):
        message = piece * (200_000 // len(piece))
        assert len(fault(400, openai(message)).message) < 700
        assert len(fault(400, message.encode()).message) < 700


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (openai("bad thing"), "bad thing"),
        ({"error": "bad thing"}, "bad thing"),
        ({"code": "invalid-argument", "error": "bad thing"}, "bad thing"),
        ({"object": "error", "message": "bad thing", "type": "X", "code": 400}, "bad thing"),
        ({"detail": "bad thing"}, "bad thing"),
        ({"detail": [{"loc": ["body", "top_p"], "msg": "too big"}]}, "body.top_p: too big"),
        (
            {"object": "Error", "message": {"detail": [{"loc": ["body"], "msg": "bad"}]}},
            "body: bad",
        ),
        ({"object": "Error", "message": ["bad", "worse"]}, "bad; worse"),
        ([{"error": {"code": 400, "message": "bad thing", "status": "X"}}], "bad thing"),
        ({"message": "bad thing"}, "bad thing"),
        ({"errors": [{"message": "bad thing", "code": 7003}], "success": False}, "bad thing"),
        ({"error": {"message": {"message": "bad thing"}}}, "bad thing"),
        ({"error": {"message": {"text": "bad thing"}}}, "bad thing"),
        ({"error": '{"error": {"message": "bad thing"}}'}, "bad thing"),
        ({"message": '[{"msg": "bad"}, {"msg": "worse"}]'}, "bad; worse"),
        ({"error": "{bad thing}"}, "{bad thing}"),
        ({"__type": "ValidationException", "Message": "bad thing"}, "bad thing"),
        (b'event: error\ndata: {"error": {"message": "bad thing"}}\n\n', "bad thing"),
        (b"data: bad thing", "data: bad thing"),
        (b"bad thing", "bad thing"),
        (b'{"error": {"mess', '{"error": {"mess'),
        (b"<html><title>502 Bad &amp; ugly</title>", 'a web page titled "502 Bad & ugly"'),
        (b"<!DOCTYPE HTML><p>", "a web page"),
        (b"\xff bad", "\ufffd bad"),
        ({"error": {"code": "odd_code"}}, "odd_code"),
        (openai("bad\n\x1b[2J\u202ething"), "bad ␛[2J<U+202E>thing"),
        (openai("litellm.BadRequestError: bad thing"), "litellm.BadRequestError: bad thing"),
    ],
)
def test_words(body: object, words: str) -> None:
    error = fault(422, body)
    assert type(error) is BadRequestError
    assert error.message == f"acme refused the request (422): {words}"


@pytest.mark.parametrize("body", [b"null", b"{}", b"[]", b'""', b" ", {"error": None}])
def test_without_words(body: object) -> None:
    assert fault(422, body).message == "acme refused the request (422)"


def test_long_words_are_cut() -> None:
    assert len(fault(422, openai("bad " * 1000)).message) < 600


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ('{"error": {"message": "out of memory"}}', "Acme: out of memory"),
        ({"error": {"message": "out of memory"}}, "Acme: out of memory"),
        ("out of memory", "Acme: out of memory"),
        (None, "Provider returned error"),
    ],
)
def test_openrouter_s_words_are_the_provider_s(raw: object, words: str) -> None:
    metadata = {"raw": raw, "provider_name": "Acme"}
    error = fault(502, openai("Provider returned error", code=502, metadata=metadata))
    assert error.message == f"acme is overloaded or restarting (502): {words}"


def test_a_server_that_fails_in_a_stream_is_not_said_to_refuse() -> None:
    error = stream_fault({"error": {"message": "it fell over", "code": 500}}, ENDPOINT)
    assert error.message == "acme failed (500): it fell over"


@pytest.mark.parametrize("status", [400, 413])
def test_a_refusal_without_a_reason_is_not_called_too_long_for_sure(status: int) -> None:
    error = fault(status, b"")
    assert isinstance(error, ContextTooLongError)
    assert error.message.startswith(f"acme refused the request ({status}): it gave no reason")


def test_a_proxys_page_about_size_is_not_the_models_word() -> None:
    error = fault(413, b"<html><head><title>413 Request Entity Too Large</title></head></html>")
    assert isinstance(error, ContextTooLongError)
    assert "a proxy before it" in error.message
    assert "client_max_body_size" in error.hint


@pytest.mark.parametrize(
    "said",
    [
        b"<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>",
        b"Client sent an HTTP request to an HTTPS server.\n",
    ],
    ids=["nginx", "go"],
)
def test_plain_http_to_a_tls_port_is_told_what_to_change(said: bytes) -> None:
    assert "must begin with https://" in fault(400, said).hint


def test_a_network_that_wants_a_sign_in_is_not_the_server() -> None:
    error = fault(511, b"<html><title>Hotel</title></html>")
    assert not error.retryable
    assert "sign in" in error.message


def test_a_move_to_another_host_is_not_simply_recommended() -> None:
    same = fault(301, b"", {"Location": "https://api.acme.example/v2/chat/completions"})
    other = fault(307, b"", {"Location": "http://else.example/v1/chat/completions"})
    assert "trust" not in same.hint
    assert "trust" in other.hint


def test_an_error_in_another_encoding_is_read() -> None:
    body = json.dumps(openai("it fell over")).encode("utf-16")
    assert "it fell over" in fault(400, body).message


def test_a_firewalls_page_is_not_taken_for_a_missing_right() -> None:
    error = fault(403, b"<html><head><title>Just a moment...</title></head></html>")
    assert isinstance(error, PermissionDeniedError)
    assert "firewall" in error.hint
    assert "base_url" in error.hint
