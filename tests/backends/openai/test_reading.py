"""The limits on a reply's body, by a clock that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from chatcli.backends.answer.reply_decoder import ReplyDecoder
from chatcli.backends.openai.reading import Patience, read_reply
from chatcli.config.model import Timeouts
from chatcli.core.model import Usage
from chatcli.core.ports import StreamPart, UsagePart
from tests.backends.heard import ENDPOINT
from tests.fault_exchange import chunk, event, stop, text, usage


class MovableClock(asyncio.SelectorEventLoop):
    """An event loop whose time can be put forward."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


def test_the_wait_for_usage_begins_at_the_end_and_not_at_the_last_text() -> None:
    clock = MovableClock()

    async def body() -> AsyncIterator[bytes]:
        yield text("Hello")
        clock.ahead += 30  # a server that is busy with something it does not send
        yield stop()
        await asyncio.sleep(0)  # usage comes in a packet of its own
        yield event({**chunk(), "choices": [], "usage": usage()})

    async def read() -> list[StreamPart]:
        patience = Patience(clock.time(), Timeouts(idle=60, end=20))
        return [part async for part in read_reply(body(), ReplyDecoder(ENDPOINT), patience)]

    with asyncio.Runner(loop_factory=lambda: clock) as runner:
        parts = runner.run(read())
    assert UsagePart(Usage(12, 3)) in parts
