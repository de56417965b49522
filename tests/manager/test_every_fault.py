"""Every way a server can misbehave, from the message to the next request.

Each scenario is asked once. Held against the table: exit code, error, text; then that the store
holds what the last event said, and that the session's next request is sound.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from chatcli.config import BackendConfig, Config
from chatcli.config.model import Retries, Timeouts
from chatcli.core.events import TurnFinished
from chatcli.core.model import TurnStatus
from chatcli.manager import SessionManager
from chatcli.storage.sqlite import SqliteStore
from tests.fault_scenarios.endings_expected import ENDINGS, Ending
from tests.fault_server import FaultServer

AT_ONCE = 8
SHORT = Timeouts(connect=5, first_token=2, idle=2)
"""Long enough for a slow machine to answer, short enough for the scenarios that stall."""
NEEDS_ITS_OWN = {"no-http"}
"""Scenarios that mean something else on a connection over which others were answered."""


def status_of(ending: Ending) -> TurnStatus:
    if not ending.exit_code:
        return TurnStatus.COMPLETE
    return TurnStatus.INCOMPLETE if ending.text else TurnStatus.FAILED


async def ask(manager: SessionManager, scenario: str) -> tuple[TurnFinished, str]:
    """The end of the scenario's reply, and what the session's next request held."""
    backend = "own" if scenario in NEEDS_ITS_OWN else "t"
    session = manager.create_session(f"{backend}/{scenario}", name=scenario)
    finished = await manager.submit(session, "hi").finished()
    following = await manager.send_message(session, "and now?", model="t/echo")
    return finished, following.text


def complaints(
    manager: SessionManager, scenario: str, ending: Ending, asked: tuple[TurnFinished, str]
) -> list[str]:
    """What is not as the table says."""
    finished, following = asked
    turn = finished.turn
    kind = turn.error.kind if turn.error else ""
    sent = "3 messages: and now?" if ending.text else "1 messages: and now?"
    found = {
        "exit code, error, text": ((finished.exit_code, kind, turn.content), ending),
        "status": (turn.status, status_of(ending)),
        "next request": (following, sent),
        "stored": (manager.store.turn(turn.id), turn),
    }
    return [
        f"{scenario}: {what} is {is_!r} instead of {should!r}"
        for what, (is_, should) in found.items()
        if is_ != (tuple(should) if isinstance(should, Ending) else should)
    ]


def test_every_scenario_ends_as_it_should(tmp_path: Path) -> None:
    expected = {name: ending for ending, names in ENDINGS.items() for name in names}

    async def scenario(server: FaultServer) -> list[str]:
        config = Config(
            timeouts=SHORT,
            retries=Retries(max_retries=1, max_wait=1),
            backends={name: BackendConfig(base_url=server.base_url) for name in ("t", "own")},
        )
        store = SqliteStore.open(tmp_path / "chatcli.db")
        places = asyncio.Semaphore(AT_ONCE)
        found: list[str] = []
        async with SessionManager(0, 0, store=store, config=config) as manager:

            async def one(name: str, ending: Ending) -> None:
                async with places:
                    asked = await ask(manager, name)
                found.extend(complaints(manager, name, ending, asked))

            await asyncio.gather(*(one(name, ending) for name, ending in expected.items()))
        return found

    with FaultServer() as server:
        assert asyncio.run(scenario(server)) == []
    assert len(expected) > 80
