"""Refusals: which error they become, and when a request is sent again."""

from __future__ import annotations

import pytest

from chatcli.core.ports import ChatRequest, RetryPart
from chatcli.errors import (
    AuthenticationError,
    BackendConnectionError,
    BackendError,
    BackendTimeoutError,
    BadRequestError,
    BadResponseError,
    ContextTooLongError,
    OverloadedError,
    PermissionDeniedError,
    QuotaExceededError,
    RateLimitedError,
    UnknownModelError,
)
from tests.backends.openai_case import HI, ask, make_backend, opened, run
from tests.fault_scenarios.overflows import OVERFLOWS
from tests.fault_server import FaultServer


def test_retry_after_is_shown_and_waited_for(server: FaultServer) -> None:
    outcome = ask(server.base_url, "retry-after:1", max_retries=3)
    assert outcome.text == "Hello world"
    (retry,) = outcome.of(RetryPart)
    assert (retry.attempt, retry.attempts, retry.wait_seconds) == (2, 4, 1.0)
    assert "Rate limit reached" in retry.reason
    first, second = server.requests
    assert second.received_at - first.received_at >= 1.0


def test_closing_during_the_countdown_sends_nothing_more(server: FaultServer) -> None:
    async def work() -> RetryPart:
        backend = make_backend(server.base_url, max_retries=3)
        async with opened(backend):
            parts = backend.stream(ChatRequest("retry-after:30", HI))
            part = await anext(parts)
            assert isinstance(part, RetryPart)
            await parts.aclose()
            return part

    assert run(work()).wait_seconds == 30
    assert len(server.requests) == 1


def test_a_server_that_asks_for_too_long_a_wait_gets_none(server: FaultServer) -> None:
    outcome = ask(server.base_url, "retry-after:600", max_retries=3)
    assert isinstance(outcome.error, RateLimitedError)
    assert outcome.error.retry_after == 600
    assert "10 min" in outcome.error.hint
    assert len(server.requests) == 1


def test_a_wait_beyond_the_time_limit_is_not_begun(server: FaultServer) -> None:
    outcome = ask(server.base_url, "retry-after:30", max_retries=3, seconds=5)
    assert isinstance(outcome.error, RateLimitedError)
    assert outcome.parts == []


@pytest.mark.parametrize("scenario", ["no-quota", "no-credit"])
def test_no_money_is_not_waited_for(server: FaultServer, scenario: str) -> None:
    outcome = ask(server.base_url, scenario, max_retries=3)
    assert isinstance(outcome.error, QuotaExceededError)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 529])
def test_a_servers_own_fault_is_tried_again(server: FaultServer, status: int) -> None:
    outcome = ask(server.base_url, f"status-once:{status}", max_retries=1)
    assert outcome.text == "Hello world"
    assert len(outcome.of(RetryPart)) == 1


def test_retries_are_limited(server: FaultServer) -> None:
    outcome = ask(server.base_url, "status:503", max_retries=1)
    assert isinstance(outcome.error, OverloadedError)
    assert len(server.requests) == 2


def test_a_connection_that_was_dropped_unanswered_is_tried_again(server: FaultServer) -> None:
    outcome = ask(server.base_url, "drop-once", max_retries=1)
    assert outcome.text == "Hello world"
    assert "closed the connection" in outcome.of(RetryPart)[0].reason


def test_a_server_that_always_drops_the_connection(server: FaultServer) -> None:
    outcome = ask(server.base_url, "drop")
    assert isinstance(outcome.error, BackendConnectionError)


@pytest.mark.parametrize(
    ("scenario", "kind"),
    [
        ("status:401", AuthenticationError),
        ("status:403", PermissionDeniedError),
        ("status:404", UnknownModelError),
        ("unknown-model", UnknownModelError),
        ("status:422", BadRequestError),
        ("status:504", BackendTimeoutError),
        ("body-timeout-html", BackendTimeoutError),
    ],
)
def test_a_refusal_is_final_and_says_what_to_do(
    server: FaultServer, scenario: str, kind: type[BackendError]
) -> None:
    outcome = ask(server.base_url, scenario, max_retries=3)
    assert isinstance(outcome.error, kind)
    assert outcome.error.hint or kind is BadRequestError
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("scenario", "says"),
    [
        ("string", "bad thing"),
        ("detail", "Input should be a number"),
        ("detail-text", "bad thing"),
        ("gemini", "Bad thing asked"),
        ("xai", "bad thing"),
        ("mistral", "extra_forbidden thing"),
        ("vllm", "bad thing"),
        ("html", "502 Bad Gateway"),
        ("empty", "no reason"),
        ("null", "400"),
        ("truncated", "400"),
        ("not-gzip", "could not be read"),
    ],
)
def test_every_shape_of_error_is_readable(server: FaultServer, scenario: str, says: str) -> None:
    outcome = ask(server.base_url, f"body-{scenario}")
    assert outcome.error is not None
    assert says in outcome.error.message


def test_an_error_page_without_end_is_not_read_to_its_end(server: FaultServer) -> None:
    outcome = ask(server.base_url, "body-endless")
    assert isinstance(outcome.error, OverloadedError)
    assert server.requests[0].wait_gone()


def test_an_error_body_that_breaks_off_is_still_read(server: FaultServer) -> None:
    outcome = ask(server.base_url, "body-cut")
    assert isinstance(outcome.error, AuthenticationError)
    assert "Scripted 401" in outcome.error.message


def test_escape_sequences_in_an_error_are_made_visible(server: FaultServer) -> None:
    outcome = ask(server.base_url, "body-escapes")
    assert outcome.error is not None
    assert "\x1b" not in outcome.error.message
    assert "␛]0;owned" in outcome.error.message


@pytest.mark.parametrize("name", sorted(OVERFLOWS))
def test_a_conversation_that_is_too_long(server: FaultServer, name: str) -> None:
    outcome = ask(server.base_url, f"overflow:{name}")
    assert isinstance(outcome.error, ContextTooLongError)
    assert "/compact" in outcome.error.hint


def test_an_overflow_inside_the_stream(server: FaultServer) -> None:
    assert isinstance(ask(server.base_url, "error-overflow").error, ContextTooLongError)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_tells_the_new_address(server: FaultServer, status: int) -> None:
    outcome = ask(server.base_url, f"redirect:{status}")
    assert isinstance(outcome.error, BadResponseError)
    assert "https://elsewhere.example/v1" in outcome.error.hint
    assert [request.method for request in server.requests] == ["POST"]


def test_an_image_refused_in_the_stream(server: FaultServer) -> None:
    outcome = ask(server.base_url, "text-only-in-stream")
    assert isinstance(outcome.error, BackendError)
    assert "multimodal" in outcome.error.message
