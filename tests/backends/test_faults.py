"""Error answers in every shape and wording: the right kind, the server's words, no keys."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given, strategies as st

from chatcli.backends.endpoint import Endpoint
from chatcli.backends.faults import fault_of, stream_fault
from chatcli.core.text import one_line
from chatcli.errors import (
    AuthenticationError,
    BackendError,
    BackendTimeoutError,
    BadRequestError,
    BadResponseError,
    ContentFilteredError,
    ContextTooLongError,
    OverloadedError,
    PermissionDeniedError,
    QuotaExceededError,
    RateLimitedError,
    ServerFaultError,
    UnknownModelError,
)
from tests.fault_scenarios.overflows import OVERFLOWS

KEY = "abcd-EFGH-0123-very-secret"
ENDPOINT = Endpoint("acme", "https://me:pw@api.acme.example/v1?k=v", "acme-1", (KEY,))
NOW = 1_700_000_000.0


def fault(
    status: int, body: object = b"", headers: Mapping[str, str] | None = None
) -> BackendError:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return fault_of(status, headers or {}, data, ENDPOINT, now=NOW)


def openai(message: str, **more: object) -> dict[str, object]:
    return {"error": {"message": message, "type": None, "param": None, "code": None, **more}}


# --- nothing breaks it ------------------------------------------------------------

KEYS = st.sampled_from(
    ["error", "message", "detail", "metadata", "raw", "code", "type", "param", "status", "loc"]
    + ["msg", "errors", "details", "retryDelay", "headers", "Retry-After", "n_ctx", "availability"]
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


# --- the server's words -----------------------------------------------------------


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


# --- kinds ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequestError),
        (401, AuthenticationError),
        (402, QuotaExceededError),
        (403, PermissionDeniedError),
        (404, UnknownModelError),
        (405, UnknownModelError),
        (408, BackendTimeoutError),
        (409, OverloadedError),
        (413, ContextTooLongError),
        (415, BadRequestError),
        (418, BadRequestError),
        (422, BadRequestError),
        (424, BadRequestError),
        (425, OverloadedError),
        (429, RateLimitedError),
        (498, OverloadedError),
        (500, OverloadedError),
        (501, BadRequestError),
        (502, OverloadedError),
        (503, OverloadedError),
        (504, BackendTimeoutError),
        (520, OverloadedError),
        (524, BackendTimeoutError),
        (529, OverloadedError),
        (204, BadResponseError),
        (304, BadResponseError),
    ],
)
def test_kinds_by_status(status: int, kind: type[BackendError]) -> None:
    error = fault(status, openai("so it is"))
    assert type(error) is kind
    assert str(status) in error.message


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (
            429,
            openai("You exceeded your current quota", code="insufficient_quota"),
            QuotaExceededError,
        ),
        (400, openai("Your credit balance is too low to access the API"), QuotaExceededError),
        (429, openai("Insufficient Balance", code="1113"), QuotaExceededError),
        (429, openai("x", type="exceeded_current_quota_error"), QuotaExceededError),
        (
            429,
            [openai("You exceeded your current quota", status="RESOURCE_EXHAUSTED")],
            RateLimitedError,
        ),
        (400, [openai("API key not valid. Please pass a valid API key.")], AuthenticationError),
        (400, {"code": "x", "error": "Incorrect API key provided: sk"}, AuthenticationError),
        (403, openai("Method doesn't allow unregistered callers"), AuthenticationError),
        (400, openai("nope is not a valid model ID"), UnknownModelError),
        (400, openai("Model Not Exist"), UnknownModelError),
        (400, openai("x", code="model_not_found"), UnknownModelError),
        (400, openai("The response was filtered", code="content_filter"), ContentFilteredError),
        (
            403,
            openai("x", metadata={"reasons": ["violence"], "flagged_input": "…"}),
            ContentFilteredError,
        ),
        (400, openai("Invalid 'temperature': 3"), BadRequestError),
        (500, openai("Jinja: something else"), OverloadedError),
    ],
)
def test_kinds_by_words(status: int, body: object, kind: type[BackendError]) -> None:
    assert type(fault(status, body)) is kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"error": {"message": "x", "code": 500}}, ServerFaultError),
        ({"error": {"message": "x", "code": "502"}}, ServerFaultError),
        ({"error": {"message": "x", "code": 503}}, OverloadedError),
        ({"error": {"message": "x", "code": 429}}, RateLimitedError),
        ({"error": {"message": "x", "code": 400}}, BadRequestError),
        ({"error": {"message": "x"}}, ServerFaultError),
        ({"error": {"message": "x", "type": "overloaded_error"}}, OverloadedError),
        ({"error": {"message": "x", "type": "rate_limit_error"}}, RateLimitedError),
        ({"error": {"message": "x", "type": "invalid_request_error"}}, BadRequestError),
        ({"error": {"message": "x", "type": "authentication_error"}}, AuthenticationError),
        ({"error": {"message": "x", "code": "insufficient_quota"}}, QuotaExceededError),
        ({"error": "Unexpected endpoint or method. (POST /x)"}, UnknownModelError),
        ("the stream timed out", BackendTimeoutError),
        (None, ServerFaultError),
    ],
)
def test_kinds_in_a_stream(error: object, kind: type[BackendError]) -> None:
    assert type(stream_fault(error, ENDPOINT)) is kind


# --- a conversation that is too long ----------------------------------------------


@pytest.mark.parametrize("server", OVERFLOWS)
def test_a_conversation_that_is_too_long(server: str) -> None:
    status, body = OVERFLOWS[server]
    error = fault(status, body)
    assert type(error) is ContextTooLongError
    assert "/compact" in error.hint
    assert error.message.startswith("the conversation is too long for acme-1")


@pytest.mark.parametrize(
    ("status", "body", "figures"),
    [
        (
            400,
            openai("maximum context length is 4096 tokens, however you requested 5000"),
            "5000 tokens, the limit is 4096",
        ),
        (
            400,
            openai("maximum context length is 4097 tokens. Your messages resulted in 5000 tokens"),
            "5000 tokens, the limit is 4097",
        ),
        (
            400,
            openai(
                "This model's maximum prompt length is 131072 but the request contains 200000 tokens."
            ),
            "200000 tokens, the limit is 131072",
        ),
        (
            400,
            openai(
                "The input token count (200000) exceeds the maximum number of tokens allowed (131072)."
            ),
            "200000 tokens, the limit is 131072",
        ),
        (
            400,
            openai("x", type="exceed_context_size_error", n_prompt_tokens=5000, n_ctx=4096),
            "5000 tokens, the limit is 4096",
        ),
        (
            400,
            openai("the request (5000 tokens) exceeds the available context size (4096 tokens)"),
            "5000 tokens, the limit is 4096",
        ),
        (
            400,
            {
                "error": "number of tokens to keep from the initial prompt is greater than the context length (4096)"
            },
            "the limit is 4096 tokens",
        ),
        (
            400,
            {
                "message": "prompt contains 5000 tokens, too large for model with 4096 maximum context length"
            },
            "5000 tokens, the limit is 4096",
        ),
        (
            400,
            openai("prompt is too long: 210,000 tokens > 200,000 maximum"),
            "210000 tokens, the limit is 200000",
        ),
        (
            400,
            openai("prompt token count of 5000 exceeds the limit of 4096"),
            "5000 tokens, the limit is 4096",
        ),
        (400, openai("Your request exceeded model token limit: 8192"), "the limit is 8192 tokens"),
        (
            400,
            openai("Current length is 5000 while limit is 4096"),
            "5000 tokens, the limit is 4096",
        ),
        (
            422,
            {
                "error": "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens"
            },
            "5000 tokens, the limit is 4096",
        ),
        (400, openai("max_tokens must be at least 1, got -186."), ""),
        (400, openai("Input is too long for requested model."), ""),
        (403, openai("The total number of tokens exceeds what the model allows"), ""),
        (
            429,
            openai(
                "Request too large. The input or output tokens must be reduced in order to run successfully."
            ),
            "",
        ),
        (
            413,
            openai(
                "Request too large for model on tokens per minute (TPM): Limit 6000, Requested 7000"
            ),
            "7000 tokens, the limit is 6000",
        ),
        (
            400,
            openai("Provider returned error", metadata={"error_type": "context_length_exceeded"}),
            "",
        ),
        (400, b"", ""),
        (413, b"", ""),
    ],
)
def test_overflow_figures(status: int, body: object, figures: str) -> None:
    error = fault(status, body)
    assert type(error) is ContextTooLongError
    assert error.message.startswith(
        f"the conversation is too long for acme-1{figures and ': '}{figures}"
    )


@pytest.mark.parametrize(
    "body",
    [
        openai("Invalid 'user': string too long. Expected a string with maximum length 64"),
        openai(
            "Invalid 'x': string too long. Expected a string with maximum length 9",
            code="string_above_max_length",
        ),
        openai(
            "max_tokens is too large: 100000. This model supports at most 4096 completion tokens"
        ),
        openai("The image exceeds the limit of 20 MB"),
        openai("Image context: wrong size"),
    ],
)
def test_what_is_no_overflow(body: object) -> None:
    assert type(fault(400, body)) is BadRequestError


# --- when to try again ------------------------------------------------------------


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
        ({}, openai("Please try again in a while."), None),
        ({"Retry-After": "5"}, openai("Please try again in 9s."), 5),
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


@pytest.mark.parametrize(("wait", "words"), [("5", "5 s"), ("600", "10 min"), ("7200", "2 h")])
def test_a_wait_is_told(wait: str, words: str) -> None:
    assert words in fault(429, b"", {"Retry-After": wait}).hint


# --- what to do -------------------------------------------------------------------


def test_a_wrong_key_names_where_it_comes_from_and_never_the_key() -> None:
    error = fault(401, openai(f"Incorrect API key provided: {KEY}"))
    assert error.message == "acme does not accept the key (401): Incorrect API key provided: [key]"
    assert "[backends.acme]" in error.hint
    assert "https://api.acme.example/v1" in error.hint
    assert "pw" not in error.hint


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
        ("https://u:p@new.example/login", "https://new.example/login"),
    ],
)
def test_a_redirect_tells_the_new_address(status: int, location: str, base_url: str) -> None:
    error = fault(status, b"", {"Location": location})
    assert type(error) is BadResponseError
    assert f'base_url = "{base_url}"' in error.hint
    assert str(status) in error.message


def test_a_request_id_is_named() -> None:
    assert "request id req_123" in fault(500, b"", {"X-Request-Id": "req_123"}).hint
    assert "request id req_123" in fault(422, b"", {"request-id": "req_123"}).hint


@pytest.mark.parametrize("value", ["a\x1b[2Jb", "x y", KEY, "x" * 200])
def test_a_request_id_that_is_none_is_not(value: str) -> None:
    assert "request id" not in fault(500, b"", {"x-request-id": value}).hint
