"""Which exception stands for a status, for a wording, and for an error inside a stream."""

from __future__ import annotations

import pytest

from chatcli.backends.faults.mapping import stream_fault
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
from tests.backends.error_answers import ENDPOINT, fault, openai


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
        (505, BadRequestError),
        (999, BadRequestError),
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
            {"code": "exhausted", "error": "Your team has used all available credits or so"},
            QuotaExceededError,
        ),
        (
            403,
            {"code": "x", "error": "Your team does not have any credits yet."},
            QuotaExceededError,
        ),
        (
            403,
            {"reason": "NOT_ENOUGH_BALANCE", "message": "x: not enough balance"},
            QuotaExceededError,
        ),
        (
            403,
            {"code": 30001, "message": "your account balance is insufficient"},
            QuotaExceededError,
        ),
        (400, openai("Access denied", code="Arrearage"), QuotaExceededError),
        (
            429,
            [openai("You exceeded your current quota", status="RESOURCE_EXHAUSTED")],
            RateLimitedError,
        ),
        (400, [openai("API key not valid. Please pass a valid API key.")], AuthenticationError),
        (400, [openai("API key expired. Please renew the API key.")], AuthenticationError),
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
