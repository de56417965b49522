"""One manager used from several event loops, one after the other: `asyncio.run` for each call."""

from __future__ import annotations

import asyncio
from pathlib import Path

from chatcli.core.model import TurnStatus
from chatcli.core.ports import EndPart, TextPart
from tests.fakes import FakeBackend
from tests.manager.building import make_manager, until_text


def test_each_message_has_a_loop_of_its_own(tmp_path: Path) -> None:
    manager = make_manager(tmp_path)
    session = manager.create_session("fake/one")
    for _ in range(3):
        assert asyncio.run(manager.send_message(session, "Hi")).text == "Hello there"
    assert manager.get_session(session).turns == 6
    asyncio.run(manager.close())


def test_text_reaches_the_disk_while_it_comes_on_a_second_loop(tmp_path: Path) -> None:
    plans = ((TextPart("first"), EndPart("stop")), (TextPart("second"), asyncio.Event()))
    manager = make_manager(tmp_path, FakeBackend(plans=plans))
    session = manager.create_session("fake/one")
    asyncio.run(manager.send_message(session, "Hi"))

    async def interrupted() -> None:
        pending = manager.submit(session, "Hi again")
        await asyncio.wait_for(until_text(manager, pending), 30)
        pending.cancel()
        await pending.finished()

    asyncio.run(interrupted())
    assert manager.thread(session)[-1].content == "second"


def test_a_loop_that_ends_first_leaves_no_session_busy(tmp_path: Path) -> None:
    plans = ((TextPart("half"), asyncio.Event()), (TextPart("whole"), EndPart("stop")))
    manager = make_manager(tmp_path, FakeBackend(plans=plans))
    session = manager.create_session("fake/one")

    async def left_alone() -> None:
        pending = manager.submit(session, "Hi")
        manager.submit(session, "never sent")
        await until_text(manager, pending)

    asyncio.run(left_alone())
    turn = manager.thread(session)[-1]
    assert (turn.status, turn.content) == (TurnStatus.INCOMPLETE, "half")

    async def sent() -> str:
        return (await asyncio.wait_for(manager.send_message(session, "Again"), 30)).text

    assert asyncio.run(sent()) == "whole"
    assert manager.get_session(session).turns == 4
