"""Messages of one session answered in order, sessions side by side, and other processes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from chatcli.core.events import (
    Event,
    TextDelta,
    TurnFinished,
    TurnStarted,
)
from chatcli.core.ports import (
    EndPart,
    TextPart,
)
from chatcli.errors import (
    ReplyCancelledError,
    SessionBusyError,
)
from tests.fakes import FakeBackend, says
from tests.manager.building import make_manager, until_begun, until_text


def test_messages_of_one_session_are_answered_in_order(tmp_path: Path) -> None:
    gate = asyncio.Event()
    backend = FakeBackend(plans=[[gate, *says("one")], says("two"), says("three")])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one")
            pending = [manager.submit(session, f"{n}?") for n in (1, 2, 3)]
            await until_begun(manager, session)
            assert manager.queued(session) == ("2?", "3?")
            assert manager.take_back(session) == "3?"
            gate.set()
            await asyncio.gather(*(p.finished() for p in pending[:2]))
            with pytest.raises(ReplyCancelledError):
                await pending[2].finished()
            history = [t["content"] for t in manager.get_history(session)]
            assert history == ["1?", "one", "2?", "two"]

    asyncio.run(scenario())


def test_sessions_stream_side_by_side(tmp_path: Path) -> None:
    gate = asyncio.Event()
    slow = FakeBackend("slow", [[TextPart("s"), gate, *says("low")]])
    quick = FakeBackend("quick", [says("quick")])

    async def scenario() -> None:
        async with make_manager(tmp_path, slow, quick) as manager:
            one = manager.submit(manager.create_session("slow/m"), "1?")
            two = manager.submit(manager.create_session("quick/m"), "2?")
            assert (await two.finished()).turn.content == "quick"
            assert not one.done
            gate.set()
            assert (await one.finished()).turn.content == "slow"

    asyncio.run(scenario())


def test_another_manager_in_the_same_session_has_to_wait_its_turn(tmp_path: Path) -> None:
    gate = asyncio.Event()
    holding = FakeBackend(plans=[[TextPart("a"), gate, EndPart("stop")]])

    async def scenario() -> None:
        async with (
            make_manager(tmp_path, holding) as first,
            make_manager(tmp_path) as second,
        ):
            session = first.create_session("fake/one")
            pending = first.submit(session, "1?")
            await until_text(first, pending)
            with pytest.raises(SessionBusyError):
                await second.send_message(session, "2?", wait=0)
            waiting = second.submit(session, "3?")
            gate.set()
            assert (await waiting.finished()).turn.content == "Hello there"
            history = [t["content"] for t in first.get_history(session)]
            assert history == ["1?", "a", "3?", "Hello there"]

    asyncio.run(scenario())


def test_what_another_process_writes_is_published(tmp_path: Path) -> None:
    gate = asyncio.Event()
    backend = FakeBackend(plans=[[TextPart("one "), gate, *says("two")]])

    async def scenario() -> list[Event]:
        async with (
            make_manager(tmp_path, backend) as writer,
            make_manager(tmp_path) as reader,
        ):
            session = writer.create_session("fake/one")
            reader.watch()
            subscription = reader.subscribe()
            pending = writer.submit(session, "1?")
            seen: list[Event] = []
            async with asyncio.timeout(20):
                async for event in subscription:
                    seen.append(event)
                    if isinstance(event, TextDelta):
                        gate.set()
                    if isinstance(event, TurnFinished):
                        break
            await pending.finished()
            return seen

    events = asyncio.run(scenario())
    assert isinstance(events[0], TurnStarted)
    assert events[0].elsewhere
    assert events[0].prompt is not None
    assert events[0].prompt.content == "1?"
    assert "".join(e.text for e in events if isinstance(e, TextDelta)) == "one two"
