"""Replies that are stopped, asked again or continued."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from chatcli.core.events import (
    TextDelta,
)
from chatcli.core.model import TurnStatus
from chatcli.core.ports import (
    TextPart,
)
from chatcli.errors import (
    BackendError,
    StoreError,
)
from tests.fakes import FakeBackend, fails, says
from tests.manager.building import contents, make_manager, until_text


def test_a_stopped_reply_keeps_its_text(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[[TextPart("half"), asyncio.Event()], says("next")])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one")
            pending = manager.submit(session, "1?")
            await until_text(manager, pending)
            assert manager.stop(session)
            finished = await pending.finished()
            assert finished.turn.status is TurnStatus.INCOMPLETE
            assert finished.turn.content == "half"
            assert finished.exit_code == 130
            assert (await manager.send_message(session, "2?")).text == "next"

    asyncio.run(scenario())


def test_closing_the_event_stream_stops_the_reply(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[[TextPart("half"), asyncio.Event()]])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one")
            events = manager.stream_message(session, "1?")
            async for event in events:
                if isinstance(event, TextDelta):
                    break
            await events.aclose()
            last = manager.thread(session)[-1]
            assert (last.content, last.status) == ("half", TurnStatus.INCOMPLETE)

    asyncio.run(scenario())


def test_closing_the_manager_keeps_what_came(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[[TextPart("half"), asyncio.Event()]])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one", name="s")
            await until_text(manager, manager.submit(session, "1?"))

    asyncio.run(scenario())
    assert backend.closed
    reopened = make_manager(tmp_path)
    assert reopened.thread("s")[-1].content == "half"
    reopened.store.close()


def test_retry_answers_the_last_prompt_again_with_the_same_context(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[says("one"), fails("no"), says("two")])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one")
            await manager.send_message(session, "1?")
            with pytest.raises(BackendError):
                await manager.send_message(session, "2?")
            await manager.retry(session).finished()
            history = [t["content"] for t in manager.get_history(session)]
            assert history == ["1?", "one", "2?", "two"]

    asyncio.run(scenario())
    assert contents(backend) == [("user", "1?"), ("assistant", "one"), ("user", "2?")]


def test_an_incomplete_reply_can_be_continued(tmp_path: Path) -> None:
    backend = FakeBackend(plans=[fails("cut", after="one and"), says("two")])

    async def scenario() -> None:
        async with make_manager(tmp_path, backend) as manager:
            session = manager.create_session("fake/one")
            await manager.send_message(session, "count")
            await manager.continue_reply(session).finished()
            assert manager.get_history(session)[-1]["content"] == "two"

    asyncio.run(scenario())
    assert contents(backend)[1] == ("assistant", "one and")


@pytest.mark.parametrize("named", ["value", "id"])
def test_a_reply_can_be_stopped_where_the_store_cannot_be_read(tmp_path: Path, named: str) -> None:
    database = tmp_path / "chatcli.db"

    async def scenario() -> None:
        async with make_manager(tmp_path) as manager:
            await manager.send_message(manager.create_session("fake/one", name="s"), "One")
        backend = FakeBackend(plans=[[TextPart("Half"), asyncio.Event()]])
        async with make_manager(tmp_path, backend) as manager:
            session = manager.get_session("s")
            pending = manager.submit(session, "Hi")
            await until_text(manager, pending)
            waiting = manager.submit(session, "And?")
            whole = database.read_bytes()
            os.truncate(database, 0)  # what is in the log can still be written on
            with pytest.raises(StoreError):
                manager.get_session("s")
            reference = session if named == "value" else session.id
            assert manager.take_back(reference) == "And?"
            assert waiting.done
            assert manager.stop(reference)
            finished = await pending.finished()
            assert (finished.turn.content, finished.turn.status) == ("Half", "incomplete")
            assert finished.turn.error is not None
            assert finished.turn.error.kind == "interrupted"  # not: could not be stored
            database.write_bytes(whole)

    asyncio.run(scenario())
    manager = make_manager(tmp_path)
    assert [turn.content for turn in manager.thread("s")] == ["One", "Hello there", "Hi", "Half"]
    manager.store.close()
