"""The embedded model as a backend: replies, and the model it offers."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest

from chatcli.backends.local.backend import LocalBackend
from chatcli.core.ports import ChatRequest, EndPart, Message, ModelInfo, TextPart
from chatcli.errors import (
    ContextTooLongError,
    UnknownModelError,
)
from tests.backends.local.running_engine import (
    ENDLESS,
    MODEL,
    SHORT,
    busy_slots,
    children,
    local,
    prompt,
)
from tests.backends.openai_case import Outcome, asked, run
from tests.engine import environment, model_file
from tests.program import wait_until

pytestmark = pytest.mark.engine


# --- replies --------------------------------------------------------------------------------


def test_a_reply_streams_and_ends_with_its_usage() -> None:
    async def work() -> Outcome:
        async with local() as backend:
            return await asked(backend, MODEL, prompt(), SHORT)

    outcome = run(work())
    assert outcome.error is None
    assert len(outcome.of(TextPart)) > 3
    assert outcome.usage
    assert outcome.usage.output_tokens == 12
    assert outcome.usage.input_tokens
    assert (outcome.ended, outcome.finish_reason) == (True, "length")
    assert children() == []


@pytest.mark.parametrize("api", ["chat", "completions"])
def test_a_conversation_goes_on_in_the_same_process(api: str) -> None:
    async def work() -> None:
        async with local(api=api) as backend:
            messages = prompt()
            await backend.warm_up()
            processes = children()
            for _ in range(6):
                reply = await asked(backend, MODEL, messages, {**SHORT, "max_tokens": 3})
                assert reply.error is None
                messages = (*messages, Message("assistant", reply.text), *prompt("And?"))
            assert children() == processes

    run(work())


def test_two_replies_are_written_at_once_and_a_third_waits_for_its_turn() -> None:
    order: list[int] = []

    async def one(backend: LocalBackend, number: int) -> bool:
        options = {"max_tokens": 40, "ignore_eos": True}
        async for part in backend.stream(ChatRequest(MODEL, prompt(f"{number}"), options)):
            if isinstance(part, TextPart):
                order.append(number)
        return isinstance(part, EndPart)

    async def work() -> list[bool]:
        async with local() as backend:
            return await asyncio.gather(*(one(backend, number) for number in range(3)))

    assert run(work()) == [True, True, True]
    ends = {number: len(order) - order[::-1].index(number) for number in range(3)}
    alongside = [n for n in range(3) for m in range(3) if n < m and order.index(m) < ends[n]]
    assert alongside, order


def test_stopping_a_reply_stops_the_computing() -> None:
    async def work() -> None:
        async with local(context_size=8192) as backend:
            request = ChatRequest(MODEL, prompt(), ENDLESS)
            async with aclosing(backend.stream(request)) as parts:
                async for part in parts:
                    if isinstance(part, TextPart):
                        break
                assert await asyncio.to_thread(busy_slots) == 1
            await asyncio.to_thread(wait_until, lambda: busy_slots() == 0, "an idle slot")
            assert (await asked(backend, MODEL, prompt(), SHORT)).ended

    run(work())


def test_cancelling_while_it_loads_leaves_the_engine_to_the_others() -> None:
    async def work() -> None:
        async with local() as backend:
            impatient = asyncio.create_task(asked(backend, MODEL, prompt(), SHORT))
            patient = asyncio.create_task(asked(backend, MODEL, prompt(), SHORT))
            await asyncio.to_thread(wait_until, children, "the engine's process")
            impatient.cancel()
            assert (await patient).ended
            assert impatient.cancelled()

    run(work())


def test_a_conversation_longer_than_the_context_is_refused() -> None:
    async def work() -> Outcome:
        async with local(context_size=256) as backend:
            return await asked(backend, MODEL, prompt("word " * 1000))

    assert isinstance(run(work()).error, ContextTooLongError)


def test_a_proxy_in_the_environment_does_not_matter() -> None:
    async def work() -> Outcome:
        async with local() as backend:
            return await asked(backend, MODEL, prompt(), SHORT)

    with environment(HTTP_PROXY="http://127.0.0.1:9", ALL_PROXY="http://127.0.0.1:9", NO_PROXY=""):
        assert run(work()).ended


# --- models ---------------------------------------------------------------------------------


def test_the_model_is_listed_without_starting_anything() -> None:
    async def work() -> None:
        async with local() as backend:
            assert await backend.models() == [ModelInfo(MODEL, 4096)]
            assert children() == []

    run(work())


def test_another_model_is_refused_before_anything_starts() -> None:
    async def work() -> Outcome:
        async with local() as backend:
            return await asked(backend, "gpt-4", prompt())

    error = run(work()).error
    assert isinstance(error, UnknownModelError)
    assert f"local/{MODEL}" in error.hint


def test_a_file_of_the_users_own_goes_by_its_name(tmp_path: Path) -> None:
    own = tmp_path / "My Model.gguf"
    own.symlink_to(model_file())

    async def work() -> Outcome:
        async with local(tmp_path, model_file=str(own), threads=2) as backend:
            assert await backend.models() == [ModelInfo("My Model", 4096)]
            return await asked(backend, "My Model", prompt(), SHORT)

    assert run(work()).ended
