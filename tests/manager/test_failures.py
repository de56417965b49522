"""Replies that fail or stop early: what is kept and sent on, when a fallback answers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from chatcli.config import ModelAlias
from chatcli.core.events import (
    Event,
    FellBack,
)
from chatcli.core.model import TurnStatus
from chatcli.errors import (
    BackendError,
    BadRequestError,
)
from tests.fakes import FakeBackend, fails, says
from tests.manager.building import contents, make_manager


def test_a_failure_leaves_no_dangling_turn_in_the_next_request(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[says("one"), fails("no"), says("three")])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one")
            await manager.send_message(session, "1?")
            with pytest.raises(BackendError, match="no"):
                await manager.send_message(session, "2?")
            thread = manager.thread(session)
            assert thread[-1].status is TurnStatus.FAILED
            assert thread[-1].error is not None
            assert thread[-1].error.message == "no"
            assert manager.get_session(session).turns == 2
            await manager.send_message(session, "3?")

    asyncio.run(scenario())
    assert contents(backend) == [("user", "1?"), ("assistant", "one"), ("user", "3?")]


def test_text_before_a_failure_is_kept_and_sent_on(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[fails("cut", after="half a"), says("two")])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one")
            reply = await manager.send_message(session, "1?")
            assert (reply.text, reply.status) == ("half a", TurnStatus.INCOMPLETE)
            await manager.send_message(session, "2?")

    asyncio.run(scenario())
    assert ("assistant", "half a") in contents(backend)


def test_length_is_an_incomplete_reply(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[says("too long", reason="length")])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            reply = await manager.send_message(manager.create_session("fake/one"), "1?")
            assert reply.status is TurnStatus.INCOMPLETE
            assert reply.turn.finish_reason == "length"
            assert reply.turn.error is not None

    asyncio.run(scenario())


def test_a_fallback_answers_in_place_of_a_model_that_cannot(tmp_path: Path) -> None:
    first = FakeBackend("first", [fails("overloaded")])
    second = FakeBackend("second", [says("here")])
    aliases = {"fast": ModelAlias("first/a", fallbacks=("second/b",))}

    async def scenario() -> list[Event]:
        async with make_manager(tmp_path, first, second, models=aliases) as manager:
            session = manager.create_session("fast")
            events = [e async for e in manager.stream_message(session, "Hi")]
            assert manager.thread(session)[-1].model_used == "second/b"
            return events

    events = asyncio.run(scenario())
    [fell] = [e for e in events if isinstance(e, FellBack)]
    assert (fell.failed_model, fell.model, fell.reason) == ("first/a", "second/b", "overloaded")


@pytest.mark.parametrize(
    "plan", [fails("cut", after="half"), [BadRequestError("wrong temperature")]]
)
def test_there_is_no_fallback_after_text_or_for_a_bad_request(
    tmp_path: Path, plan: list[object]
) -> None:
    first = FakeBackend("first", [plan])  # type: ignore[list-item]
    second = FakeBackend("second")
    aliases = {"fast": ModelAlias("first/a", fallbacks=("second/b",))}

    async def scenario() -> None:
        async with make_manager(tmp_path, first, second, models=aliases) as manager:
            async for _ in manager.stream_message(manager.create_session("fast"), "Hi"):
                pass

    asyncio.run(scenario())
    assert second.requests == []
