"""Slow and silent servers: every wait has a limit, and every cancel closes the connection."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import pytest

from chatcli.config.model import Timeouts
from chatcli.core.ports import ChatRequest, StreamPart, TextPart, WaitingPart
from chatcli.errors import BackendError, BackendTimeoutError
from tests.backends.openai_case import HI, ask, asked, make_backend, opened, run
from tests.fault_server import FaultServer

SHORT = Timeouts(connect=10, first_token=1.0, idle=1.0)
"""Long enough for a slow machine to send a request, and to get what is not held back."""


def test_comments_are_waited_out_and_shown_as_a_sign_of_life(server: FaultServer) -> None:
    async def work() -> list[StreamPart]:
        parts: list[StreamPart] = []
        async with opened(make_backend(server.base_url)) as backend:
            async for part in backend.stream(ChatRequest("comments-then-text", HI)):
                parts.append(part)
                server.release()
        return parts

    parts = run(work())
    assert isinstance(parts[0], WaitingPart)
    assert parts[0].seconds > 0
    assert "".join(part.text for part in parts if isinstance(part, TextPart)) == "Hello world"


@pytest.mark.parametrize("scenario", ["comments-forever", "no-answer", "stall-after-head"])
def test_no_first_text_has_a_limit(server: FaultServer, scenario: str) -> None:
    outcome = ask(server.base_url, scenario, timeouts=SHORT, max_retries=3)
    assert isinstance(outcome.error, BackendTimeoutError)
    assert "first_token" in outcome.error.hint
    assert len(server.requests) == 1
    assert server.requests[0].wait_gone()


@pytest.mark.parametrize("scenario", ["stall-after-text", "text-then-comments"])
def test_silence_after_some_text_has_a_limit_and_keeps_the_text(
    server: FaultServer, scenario: str
) -> None:
    timeouts = Timeouts(connect=10, first_token=60, idle=0.3)
    outcome = ask(server.base_url, scenario, timeouts=timeouts)
    assert outcome.text == "Half an answer"
    assert isinstance(outcome.error, BackendTimeoutError)
    assert "idle" in outcome.error.hint
    assert server.requests[0].wait_gone()


@pytest.mark.parametrize("configured", [True, False])
def test_the_whole_reply_has_a_limit(server: FaultServer, configured: bool) -> None:
    if configured:
        timeouts = Timeouts(connect=10, first_token=60, idle=60, total=1.5)
        outcome = ask(server.base_url, "endless", timeouts=timeouts)
    else:
        outcome = ask(server.base_url, "endless", seconds=1.5)
    assert outcome.text.startswith("1 2 3 ")
    assert isinstance(outcome.error, BackendTimeoutError)
    assert "total" in outcome.error.hint
    assert "after 1.5 s" in outcome.error.message


def test_no_limits_at_all(server: FaultServer) -> None:
    nothing = Timeouts(connect=0, first_token=0, idle=0)
    assert ask(server.base_url, "paced:20", timeouts=nothing).ended


def test_what_follows_the_end_has_a_limit_of_its_own(server: FaultServer) -> None:
    patient = Timeouts(connect=60, first_token=600, idle=600, end=0.2)
    outcome = ask(server.base_url, "silent-after-finish", timeouts=patient)
    assert (outcome.text, outcome.error) == ("Hello world", None)
    assert server.requests[0].wait_gone()
    assert isinstance(ask(server.base_url, "body-stalls", timeouts=patient).error, BackendError)


def test_a_connection_held_open_after_the_end_is_not_waited_for(server: FaultServer) -> None:
    outcome = ask(server.base_url, "held-open")
    assert outcome.text == "Hello world"
    assert outcome.ended


async def _until_text(parts: AsyncGenerator[StreamPart, None]) -> None:
    async for part in parts:
        if isinstance(part, TextPart):
            return


@pytest.mark.parametrize("scenario", ["endless", "stall-after-text"])
def test_closing_the_generator_closes_the_connection(server: FaultServer, scenario: str) -> None:
    async def work() -> None:
        async with opened(make_backend(server.base_url)) as backend:
            parts = backend.stream(ChatRequest(scenario, HI))
            await _until_text(parts)
            await parts.aclose()
            assert await asyncio.to_thread(server.requests[0].wait_gone)
            assert (await asked(backend, "ok")).text == "Hello world"

    run(work())


@pytest.mark.parametrize(
    "scenario", ["no-answer", "stall-after-head", "stall-after-text", "comments-forever", "endless"]
)
def test_cancelling_closes_the_connection(server: FaultServer, scenario: str) -> None:
    async def work() -> None:
        async with opened(make_backend(server.base_url)) as backend:
            task = asyncio.create_task(asked(backend, scenario))
            await asyncio.to_thread(server.wait_requests, 1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.to_thread(server.requests[0].wait_gone)
            assert (await asked(backend, "ok")).text == "Hello world"

    run(work())


def test_replies_run_side_by_side(server: FaultServer) -> None:
    async def work() -> list[str]:
        async with opened(make_backend(server.base_url)) as backend:
            replies = [asked(backend, f"paced:{10 + number}") for number in range(16)]
            return [outcome.text for outcome in await asyncio.gather(*replies)]

    assert [text.split()[-1] for text in run(work())] == [str(10 + n) for n in range(16)]
    assert len({request.connection for request in server.requests}) == 16


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # a loop that ended closes nothing
def test_one_backend_serves_one_event_loop_after_the_other(server: FaultServer) -> None:
    backend = make_backend(server.base_url)
    assert run(asked(backend, "ok")).ended
    assert run(asked(backend, "ok")).ended

    async def close() -> None:
        async with opened(backend):
            assert (await asked(backend, "ok")).ended

    run(close())


def test_a_cancelled_first_request_does_not_harm_the_next(server: FaultServer) -> None:
    async def work() -> None:
        async with opened(make_backend(server.base_url)) as backend:
            task = asyncio.create_task(asked(backend, "ok"))
            await asyncio.sleep(0)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            assert (await asked(backend, "ok")).ended

    run(work())
