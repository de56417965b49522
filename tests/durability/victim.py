"""`python -m tests.durability.victim FOLDER CALL before|after MODEL`: dies at a store call.

The model `words` says numbered words; with `thoughts` the first half turns out to be reasoning.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any, cast

from chatcli.config import BackendConfig, Config
from chatcli.core.ports import (
    ChatRequest,
    EndPart,
    Store,
    StreamPart,
    TextPart,
    TextWasReasoningPart,
)
from chatcli.manager import SessionManager
from chatcli.storage.sqlite import SqliteStore
from tests.durability.journal import Journal
from tests.fakes import FakeBackend, FakeBackends

WORDS = 60
WORD_SECONDS = 0.005
PROMPTS = ("first?", "second?")


class PacedBackend(FakeBackend):
    """Numbered words, one at a time, at the pace of a model."""

    async def stream(self, request: ChatRequest) -> AsyncGenerator[StreamPart, None]:
        self.requests.append(request)
        for number in range(WORDS):
            if number == WORDS // 2 and request.model == "thoughts":
                yield TextWasReasoningPart()
            yield TextPart(f"{number} ")
            await asyncio.sleep(WORD_SECONDS)
        yield EndPart("stop")


class DyingStore:
    """A store whose process is killed just before or after one of its calls."""

    def __init__(self, store: Store, call: int, when: str, journal: Journal) -> None:
        self._store = store
        self._calls = itertools.count(1)
        self._fatal = (call, when)
        self._journal = journal

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._store, name)

        @functools.wraps(method)
        def call(*args: Any, **kwargs: Any) -> Any:
            number = next(self._calls)
            self._die_if((number, "before"))
            result = method(*args, **kwargs)
            if name == "append_text":
                self._journal.note("stored")
            self._die_if((number, "after"))
            return result

        return call

    def _die_if(self, moment: tuple[int, str]) -> None:
        if moment == self._fatal:
            self._journal.note("dying")
            os.kill(os.getpid(), signal.SIGKILL)


async def main(folder: Path, call: int, when: str, model: str) -> None:
    """Send the prompts in one session, showing the replies in the journal."""
    journal = Journal(folder / "journal")
    store = DyingStore(SqliteStore.open(folder / "chatcli.db"), call, when, journal)
    config = Config(backends={"paced": BackendConfig(base_url="http://unused.test/v1")})
    manager = SessionManager(
        store=cast("Store", store), config=config, backends=FakeBackends(PacedBackend("paced"))
    )
    async with manager:
        session = manager.create_session(f"paced/{model}", name="s")
        for prompt in PROMPTS:
            async for event in manager.stream_message(session, prompt):
                journal.note_event(event)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
