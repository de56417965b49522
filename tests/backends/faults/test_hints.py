"""What to do about a fault, and when to try again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chatcli.backends.faults.mapping import fault_of, stream_fault
from chatcli.errors import (
    BadResponseError,
    OverloadedError,
    RateLimitedError,
)
from tests.backends.error_answers import ENDPOINT, KEY, fault, openai


@pytest.mark.parametrize(
    ("headers", "body", "wait"),
    [
        ({"Retry-After": "5"}, b"", 5),
        ({"retry-after": "0.5"}, b"", 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, b"", 0.25),
        ({"Retry-After": "Tue, 14 Nov 2023 22:13:50 GMT"}, b"", 30),
        ({"Retry-After": "Tue, 14 Nov 2023 20:00:00 GMT"}, b"", 0),
        ({"Retry-After": "soon"}, b"", None),
        ({"Retry-After": "nan"}, b"", None),
        ({"Retry-After": "-3"}, b"", 0),
        ({"X-RateLimit-Reset": "1700000060"}, b"", 60),
        ({"X-RateLimit-Reset": "12"}, b"", 12),
        ({}, openai("x", metadata={"headers": {"X-RateLimit-Reset": "1700000060000"}}), 60),
        ({}, openai("x", metadata={"headers": {"Retry-After": 7}}), 7),
        ({}, openai("x", metadata={"retry_after": 7}), 7),
        ({}, openai("x", availability={"retryable": True, "retry_after": 7}), 7),
        ({}, [openai("x", details=[{"@type": "RetryInfo", "retryDelay": "34s"}])], 34),
        ({}, openai("Please try again in 1.5s."), 1.5),
        ({}, openai("Please try again in 7m12s."), 432),
        ({}, openai("Please try again in 250ms."), 0.25),
        ({}, openai("Please try again in 1h2m."), 3720),
        ({}, openai("Please retry after 6 seconds."), 6),
        ({}, openai("Try again in 2 minutes"), 120),
        ({}, openai("Please try again in 1 hour 5 min."), 3900),
        ({}, openai("Please try again in 1h2m3s."), 3723),
        ({}, openai("Please try again in a while."), None),
        ({"Retry-After": "5"}, openai("Please try again in 9s."), 5),
        ({"Retry-After": "1700000007"}, b"", 7),
        ({"Retry-After": "99999999999999999999"}, b"", None),
        ({}, b"", None),
    ],
)
def test_the_wait_a_server_asks_for(
    headers: dict[str, str], body: object, wait: float | None
) -> None:
    error = fault(429, body, headers)
    assert isinstance(error, RateLimitedError)
    assert error.retry_after == (None if wait is None else pytest.approx(wait))


def test_a_wait_without_use_is_not_asked_for() -> None:
    body = openai("You exceeded your quota", code="insufficient_quota")
    error = fault(429, body, {"Retry-After": "1"})
    assert error.retry_after is None
    assert not error.retryable


@pytest.mark.parametrize(
    ("headers", "body", "retryable"),
    [
        ({}, openai("x"), True),
        ({"x-should-retry": "true"}, openai("x"), True),
        ({"X-Should-Retry": "False"}, openai("x"), False),
        ({}, openai("x", availability={"retryable": True}), True),
        ({}, openai("x", availability={"retryable": False}), False),
    ],
)
def test_a_server_may_say_that_trying_again_is_in_vain(
    headers: dict[str, str], body: dict[str, object], retryable: bool
) -> None:
    assert fault(503, body, headers).retryable is retryable
    assert headers or stream_fault(body, ENDPOINT).retryable is retryable


@pytest.mark.parametrize(("wait", "words"), [("5", "5 s"), ("600", "10 min"), ("7200", "2 h")])
def test_a_wait_is_told(wait: str, words: str) -> None:
    assert words in fault(429, b"", {"Retry-After": wait}).hint


def test_a_wrong_key_names_where_it_comes_from_and_never_the_key() -> None:
    error = fault(401, openai(f"Incorrect API key provided: {KEY}"))
    assert error.message == "acme does not accept the key (401): Incorrect API key provided: [key]"
    assert "[backends.acme]" in error.hint
    assert "https://api.acme.example/v1" in error.hint
    assert "pw" not in error.hint


def test_a_key_that_is_missing_is_not_said_to_be_wrong() -> None:
    error = fault_of(401, {}, b"", replace(ENDPOINT, secrets=()))
    assert error.message == "acme requires a key (401)"
    assert "no key was sent: configure one in [backends.acme]" in error.hint


def test_an_unknown_model_and_an_unknown_path_get_different_advice() -> None:
    model = fault(404, openai("The model `acme-1` does not exist", code="model_not_found"))
    path = fault(404, {"detail": "Not Found"})
    page = fault(404, b"<html><title>404 Not Found</title>")
    assert "does not know the model acme-1" in model.message
    assert "chatcli models" in model.hint
    for error in (path, page):
        assert "no chat API at https://api.acme.example/v1" in error.message
        assert "base_url" in error.hint


def test_a_model_that_is_being_loaded() -> None:
    error = fault(503, {"error": {"code": 503, "message": "Loading model"}})
    assert isinstance(error, OverloadedError)
    assert "loading" in error.hint


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("location", "base_url"),
    [
        ("https://new.example/v1/chat/completions", "https://new.example/v1"),
        ("https://new.example/v1/chat/completions/?a=b#c", "https://new.example/v1"),
        ("/v2/chat/completions", "https://api.acme.example/v2"),
        ("https://u:p@new.example/chat/completions", "https://new.example"),
        ("/v2/models", "https://api.acme.example/v2"),
    ],
)
def test_a_redirect_tells_the_new_address(status: int, location: str, base_url: str) -> None:
    error = fault(status, b"", {"Location": location})
    assert type(error) is BadResponseError
    assert f'base_url = "{base_url}"' in error.hint
    assert str(status) in error.message


@pytest.mark.parametrize(
    ("location", "says"),
    [
        ("/login?next=/v1", "https://api.acme.example/login (302), which is no chat API"),
        ("https://api.acme.example/v1/chat/completions", "the address it was asked at"),
        ("file:///v1/chat/completions", "which is no chat API"),
        ("ht!tp://[::bad", "which is no chat API"),
    ],
)
def test_a_redirect_that_leads_nowhere_suggests_no_address(location: str, says: str) -> None:
    error = fault(302, b"", {"Location": location})
    assert type(error) is BadResponseError
    assert says in error.message
    assert "check base_url in [backends.acme] (now https://api.acme.example/v1)" in error.hint


def test_a_request_id_is_named() -> None:
    assert "request id req_123" in fault(500, b"", {"X-Request-Id": "req_123"}).hint
    assert "request id req_123" in fault(422, b"", {"request-id": "req_123"}).hint


@pytest.mark.parametrize("value", ["a\x1b[2Jb", "x y", KEY, "x" * 200])
def test_a_request_id_that_is_none_is_not(value: str) -> None:
    assert "request id" not in fault(500, b"", {"x-request-id": value}).hint
