"""A SessionManager on a database of its own, for the tests of this folder."""

from __future__ import annotations

import asyncio
from pathlib import Path

from chatcli.config import BackendConfig, Config, Limits, ModelAlias
from chatcli.core.events import Event, ReasoningDelta, TextDelta, TextWasReasoning
from chatcli.core.model import Session
from chatcli.core.ports import Backend
from chatcli.manager import Activity, PendingReply, SessionManager
from chatcli.storage.sqlite import SqliteStore
from tests.fakes import FakeBackend, FakeBackends


def make_manager(
    folder: Path,
    *backends: Backend,
    max_sessions: int = 20,
    max_turns: int = 50,
    models: dict[str, ModelAlias] | None = None,
    context_tokens: int = 0,
) -> SessionManager:
    """A manager over `folder`'s database; without backends, one that says hello."""
    known = backends or (FakeBackend(),)
    config = Config(
        limits=Limits(context_tokens=context_tokens),
        backends={b.name: BackendConfig(base_url="http://unused.test/v1") for b in known},
        models=models or {},
    )
    return SessionManager(
        max_sessions,
        max_turns,
        store=SqliteStore.open(folder / "chatcli.db"),
        config=config,
        backends=FakeBackends(*known),
    )


async def until_begun(manager: SessionManager, session: Session) -> None:
    """Wait until a reply of this manager has begun in the session."""
    subscription = manager.subscribe()
    while manager.activity(session) is not Activity.WRITING:
        await anext(subscription)
    subscription.close()


async def until_text(manager: SessionManager, pending: PendingReply) -> None:
    """Wait until some text of the reply is in the store."""
    while pending.turn_id is None or not manager.store.turn(pending.turn_id).content:
        await asyncio.sleep(0.005)


def text_and_reasoning(events: list[Event]) -> tuple[str, str]:
    """What the events of a reply amount to."""
    text, reasoning = "", ""
    for event in events:
        match event:
            case TextDelta(text=more):
                text += more
            case ReasoningDelta(text=more):
                reasoning += more
            case TextWasReasoning(text=moved):
                assert moved == text
                text, reasoning = "", reasoning + text
    return text, reasoning


def contents(backend: FakeBackend, request: int = -1) -> list[tuple[str, str]]:
    return [(m.role, m.content) for m in backend.requests[request].messages]
