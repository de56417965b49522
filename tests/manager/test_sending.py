"""A message sent through the manager: its reply, events and context, or why it is refused."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from chatcli.core.events import (
    Event,
    ReasoningDelta,
    Retrying,
    TextDelta,
    TurnFinished,
    TurnStarted,
)
from chatcli.core.model import TurnStatus, Usage
from chatcli.core.ports import (
    ChatRequest,
    EndPart,
    ReasoningPart,
    RetryPart,
    StreamPart,
    TextPart,
    UsagePart,
)
from chatcli.errors import (
    SessionEndedError,
    SessionFullError,
    SessionNotFoundError,
)
from tests.fakes import FakeBackend, says
from tests.manager.building import contents, make_manager


def test_a_message_gets_its_reply_and_the_model_that_wrote_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with make_manager(tmp_path) as manager:
            session = manager.create_session("fake/one", "Be brief.")
            reply = await manager.send_message(session, "Hi")
            assert (reply.text, reply.model_used) == ("Hello there", "fake/one")
            assert reply.status is TurnStatus.COMPLETE

    asyncio.run(scenario())


def test_a_reply_can_be_taken_apart_and_asked_like_a_dictionary(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with make_manager(tmp_path) as manager:
            reply = await manager.send_message(manager.create_session("fake/one"), "Hi")
            text, model_used = reply
            assert (text, model_used) == (reply.text, reply.model_used)
            assert (reply["text"], reply["model_used"]) == ("Hello there", "fake/one")

    asyncio.run(scenario())


def test_history_goes_to_the_model_as_system_then_turns(tmp_path: Path) -> None:
    backend = FakeBackend()

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one", "Be brief.")
            await manager.send_message(session, "1?")
            await manager.send_message(session, "2?")

    asyncio.run(scenario())
    assert contents(backend) == [
        ("system", "Be brief."),
        ("user", "1?"),
        ("assistant", "Hello there"),
        ("user", "2?"),
    ]


def test_an_unknown_session_is_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with make_manager(tmp_path) as manager:
            with pytest.raises(SessionNotFoundError):
                await manager.send_message("nobody", "Hi")

    asyncio.run(scenario())


@pytest.mark.parametrize("by_name", [True, False])
def test_a_full_session_is_refused_before_anything_is_written(
    tmp_path: Path, *, by_name: bool
) -> None:
    backend = FakeBackend()

    async def scenario() -> None:
        async with make_manager(tmp_path, backend, max_turns=2) as manager:
            session = manager.create_session("fake/one", name="s")
            await manager.send_message(session, "1?")
            with pytest.raises(SessionFullError):
                await manager.send_message("s" if by_name else session, "2?")
            assert len(manager.get_history(session)) == 2

    asyncio.run(scenario())
    assert len(backend.requests) == 1


def test_an_ended_session_takes_no_message(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with make_manager(tmp_path) as manager:
            session = manager.create_session("fake/one", name="s")
            manager.end_session(session)
            with pytest.raises(SessionEndedError):
                await manager.send_message("s", "Hi")

    asyncio.run(scenario())


def test_a_session_ended_for_room_comes_back_when_it_is_written_to(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with make_manager(tmp_path, max_sessions=1) as manager:
            first = manager.create_session("fake/one", name="first")
            manager.create_session("fake/one", name="second")
            manager.take_notices()
            await manager.send_message(first, "still there?")
            assert [s.name for s in manager.sessions()] == ["first"]
            assert "'second' was ended to make room" in manager.take_notices()[0]

    asyncio.run(scenario())


def test_events_tell_the_whole_story_in_order(tmp_path: Path) -> None:
    backend = FakeBackend(
        plans=[
            [
                RetryPart(1, 3, 0.5, "busy"),
                ReasoningPart("hm"),
                TextPart("a"),
                UsagePart(Usage(3, 1)),
                EndPart("stop"),
            ]
        ]
    )

    async def scenario() -> list[Event]:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one")
            return [e async for e in manager.stream_message(session, "Hi")]

    events = asyncio.run(scenario())
    kinds = [TurnStarted, Retrying, ReasoningDelta, TextDelta, TurnFinished]
    assert [type(e) for e in events] == kinds
    finished = events[-1]
    assert isinstance(finished, TurnFinished)
    assert finished.turn.usage == Usage(3, 1)
    assert finished.turn.reasoning.text == "hm"
    assert finished.turn.first_token_seconds is not None


def test_what_does_not_fit_is_left_out_and_said(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[says("x" * 400)])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend, context_tokens=150) as manager:
            session = manager.create_session("fake/one", "Be brief.")
            for n in range(3):
                reply = await manager.send_message(session, f"{n}?")
            assert any("2 earlier turns" in notice for notice in reply.notices)
            assert len(manager.get_history(session)) == 6

    asyncio.run(scenario())
    assert contents(backend)[0] == ("system", "Be brief.")
    assert len(contents(backend)) == 4


def test_a_prompt_is_in_the_database_before_its_request_leaves(tmp_path: Path) -> None:
    seen: list[str] = []

    class Looking(FakeBackend):
        async def stream(self, request: ChatRequest) -> AsyncGenerator[StreamPart, None]:
            with sqlite3.connect(tmp_path / "chatcli.db") as other:
                seen.extend(row[0] for row in other.execute("SELECT content FROM turns"))
            async for part in FakeBackend.stream(self, request):
                yield part

    async def scenario() -> None:
        async with make_manager(tmp_path, Looking()) as manager:
            await manager.send_message(manager.create_session("fake/one"), "are you there?")

    asyncio.run(scenario())
    assert "are you there?" in seen


@pytest.mark.parametrize("after", ["", "half"])
def test_a_reply_that_the_system_has_no_means_for_is_no_bug(tmp_path: Path, after: str) -> None:
    plan = [TextPart(after)] * bool(after)
    backend = FakeBackend(plans=[[*plan, RuntimeError("can't start new thread")]])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one")
            finished = await manager.submit(session, "hello").finished()
            assert finished.turn.error is not None
            assert finished.turn.error.kind == "shortage"
            assert finished.turn.error.message.startswith("no more thread can be started")
            assert finished.exit_code == (5 if after else 75)

    asyncio.run(scenario())
