"""Several event loops: one manager on one after the other, a manager each at the same time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chatcli.core.model import TurnStatus
from chatcli.core.ports import EndPart, TextPart
from tests.fakes import FakeBackend
from tests.fault_server import FaultServer
from tests.manager.building import make_manager, until_text
from tests.program import Program

SENDS = """
import asyncio
import sys

from chatcli import SessionManager

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name in {"chatcli.backends.openai.backend", "httpx2"}:
            try:
                asyncio.get_running_loop()
            except RuntimeError:
                print("loaded", name)

sys.meta_path.insert(0, Finder())

async def main():
    async with SessionManager() as manager:
        print((await manager.send_message(manager.create_session("fake/ok"), "Hi")).text)

asyncio.run(main())
"""


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


def test_two_loops_at_the_same_time_need_two_managers(tmp_path: Path) -> None:
    manager = make_manager(tmp_path, FakeBackend(plans=((TextPart("half"), asyncio.Event()),)))
    session = manager.create_session("fake/one")

    async def meanwhile() -> None:
        pending = manager.submit(session, "Hi")
        await asyncio.wait_for(until_text(manager, pending), 30)
        with pytest.raises(RuntimeError, match="one SessionManager per thread"):
            await asyncio.to_thread(asyncio.run, manager.send_message(session, "From a thread"))
        pending.cancel()
        await pending.finished()

    asyncio.run(meanwhile())
    assert [turn["content"] for turn in manager.get_history(session)] == ["Hi", "half"]


def test_managers_in_threads_take_turns_in_a_session(tmp_path: Path) -> None:
    make_manager(tmp_path).create_session("fake/one", name="shared")

    def send(thread: int) -> None:
        async def messages() -> None:
            async with make_manager(tmp_path) as manager:
                for number in range(4):
                    await manager.send_message("shared", f"{thread}.{number}")

        asyncio.run(messages())

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(send, range(3)))
    history = make_manager(tmp_path).get_history("shared")
    assert [turn["role"] for turn in history] == ["user", "assistant"] * 12
    for thread in range(3):
        prompts = [turn["content"] for turn in history[::2]]
        mine = [prompt for prompt in prompts if prompt.startswith(f"{thread}.")]
        assert mine == [f"{thread}.{number}" for number in range(4)]


def test_no_library_is_loaded_on_the_event_loop(tmp_path: Path) -> None:
    """Each takes 40 ms or more, in which nothing that streams could go on."""
    with FaultServer() as server:
        backend = f'[backends.fake]\nbase_url = "{server.base_url}"\napi_key = "k"\n'
        program = Program(tmp_path, backend)
        command = [sys.executable, "-c", SENDS]
        done = subprocess.run(
            command, env=program.environ(), capture_output=True, text=True, timeout=60, check=True
        )
    loaded = [f"loaded {name}" for name in ("chatcli.backends.openai.backend", "httpx2")]
    *lines, text = done.stdout.splitlines()
    assert sorted(lines) == loaded
    assert text == "Hello world"
