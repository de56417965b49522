"""A process killed at any step of a turn loses nothing that it had promised to keep."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chatcli.core.model import Role, Turn, TurnStatus
from chatcli.errors import SessionNotFoundError
from tests.durability.journal import Shown, promised_by_calls, read_journal, shown_replies
from tests.fakes import FakeBackend
from tests.manager.building import make_manager

HALVES = tuple("".join(f"{n} " for n in numbers) for numbers in (range(30), range(30, 60)))
WHOLE = "".join(HALVES)
AT_ONCE = 6
MOST_CALLS = 120
"""More store calls than a victim makes, however slow the machine and many its checkpoints."""


def run_victim(folder: Path, call: int, when: str, model: str) -> bool:
    """Whether the process was killed."""
    victim = [sys.executable, "-m", "tests.durability.victim"]
    command = [*victim, str(folder), str(call), when, model]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert done.returncode in {0, -9}, done.stderr.decode()
    return done.returncode == -9


def check_reply(turns: dict[int, Turn], turn_id: int, shown: Shown) -> None:
    reply = turns[turn_id]
    assert reply.parent_id is not None
    assert turns[reply.parent_id].content == shown.prompt
    assert reply.reasoning.text in {"", HALVES[0]}
    kept = reply.reasoning.text + reply.content
    assert WHOLE.startswith(kept)
    assert kept.startswith(shown.safe)
    if shown.finished:
        assert (kept, reply.status) == (WHOLE, TurnStatus.COMPLETE)
    elif kept != WHOLE:
        assert reply.status is (TurnStatus.INCOMPLETE if reply.content else TurnStatus.FAILED)
        assert reply.error is not None


async def check_it_goes_on(folder: Path) -> None:
    """The session takes another message, and its context holds no unanswered prompt."""
    backend = FakeBackend("paced")
    async with make_manager(folder, backend) as manager:
        try:
            session = manager.get_session("s")
        except SessionNotFoundError:
            return  # killed before there was one
        assert not session.writing
        assert (await manager.send_message(session, "and now?")).text == "Hello there"
    roles = [message.role for message in backend.requests[0].messages]
    assert roles == ["user", "assistant"] * (len(roles) // 2) + ["user"]


def check_folder(folder: Path) -> None:
    """Hold the store against what its killed writer had shown, then go on in the session."""
    entries = list(read_journal(folder / "journal"))
    replies = shown_replies(entries, promised_by_calls(entries))
    manager = make_manager(folder)
    if replies:
        thread = manager.thread("s")
        assert [t.role for t in thread] == [Role.USER, Role.ASSISTANT] * (len(thread) // 2)
        for turn_id, shown in replies.items():
            check_reply({turn.id: turn for turn in thread}, turn_id, shown)
    manager.store.close()
    asyncio.run(check_it_goes_on(folder))


@pytest.mark.parametrize("model", ["words", "thoughts"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_everything_promised_is_kept(tmp_path: Path, when: str, model: str) -> None:
    def die(call: int) -> bool:
        folder = tmp_path / str(call)
        folder.mkdir()
        killed = run_victim(folder, call, when, model)
        if killed:
            check_folder(folder)
        return killed

    deaths = [True]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while deaths[-1]:  # until a victim ends by itself
            first = len(deaths)
            assert first < MOST_CALLS
            deaths += pool.map(die, range(first, first + AT_ONCE))
    assert sum(deaths) > 10
