"""`python -m tests.stress.worker FOLDER LIFE`: sends messages until it is killed."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

from chatcli.config import BackendConfig, Config
from chatcli.core.ports import ChatRequest, EndPart, StreamPart, TextPart
from chatcli.errors import BackendConnectionError, ChatcliError, OverloadedError
from chatcli.manager import SessionManager
from chatcli.storage.sqlite import SqliteStore
from tests.durability.journal import Journal
from tests.fakes import FakeBackend, FakeBackends

SESSIONS = 50
AT_ONCE = 4
FAULTS = 0.2
"""Share of replies that fail, half of them after some text."""


class MoodyBackend(FakeBackend):
    """Random lengths, paces and faults."""

    async def stream(self, request: ChatRequest) -> AsyncGenerator[StreamPart, None]:
        fault = random.random() if random.random() < FAULTS else 1.0
        if fault < FAULTS / 2:
            raise OverloadedError("too many questions")
        for number in range(random.randrange(1, 120)):
            yield TextPart(f"{number} ")
            await asyncio.sleep(random.random() * 0.02)
            if fault < 1 and random.random() < FAULTS / 2:
                raise BackendConnectionError("the line was cut")
        yield EndPart("stop")


async def keep_sending(manager: SessionManager, journal: Journal, worker: str) -> None:
    """One message after the other into random sessions."""
    for number in range(1_000_000):
        session = f"stress-{random.randrange(SESSIONS)}"
        prompt = f"{worker}:{number}"
        try:
            async for event in manager.stream_message(session, prompt):
                journal.note_event(event)
        except ChatcliError as error:
            journal.note("refused", prompt=prompt, text=error.kind)


async def main(folder: Path, life: str) -> None:
    """Several conversations at once in this process."""
    journal = Journal(folder / f"journal-{life}")
    config = Config(backends={"moody": BackendConfig(base_url="http://unused.test/v1")})
    store = SqliteStore.open(folder / "chatcli.db")
    manager = SessionManager(
        0, 0, store=store, config=config, backends=FakeBackends(MoodyBackend("moody"))
    )
    async with manager:
        await asyncio.gather(
            *(keep_sending(manager, journal, f"{life}.{n}") for n in range(AT_ONCE))
        )


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
