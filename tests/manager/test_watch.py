"""What other processes write is seen here, whatever becomes of the sessions it belongs to."""

from __future__ import annotations

import asyncio
from pathlib import Path

from chatcli.core.events import Event, TextDelta, TurnFinished
from chatcli.core.ports import TextPart
from chatcli.manager import Subscription
from tests.fakes import FakeBackend, Step, says
from tests.manager.building import make_manager


async def until(subscription: Subscription, kind: type[Event], session_id: str) -> Event:
    """The next event of that kind in that session."""
    async with asyncio.timeout(20):
        async for event in subscription:
            if isinstance(event, kind) and event.session_id == session_id:
                return event
    raise AssertionError("the subscription has ended")


def test_a_session_deleted_while_it_is_followed_holds_up_no_other(tmp_path: Path) -> None:
    async def scenario() -> Event:
        gate = asyncio.Event()
        plan: list[Step] = [TextPart("one "), gate, *says("two")]
        backend = FakeBackend(plans=[plan, says("still seen")])
        async with make_manager(tmp_path, backend) as writer, make_manager(tmp_path) as reader:
            doomed = writer.create_session("fake/one")
            other = writer.create_session("fake/one")
            reader.watch()
            subscription = reader.subscribe()
            pending = writer.submit(doomed, "1?")
            await until(subscription, TextDelta, doomed.id)
            gate.set()
            await pending.finished()
            writer.purge_session(doomed)
            ended = await until(subscription, TurnFinished, doomed.id)
            await writer.send_message(other, "2?")
            await until(subscription, TurnFinished, other.id)
            return ended

    ended = asyncio.run(scenario())
    assert isinstance(ended, TurnFinished)
    assert ended.elsewhere
