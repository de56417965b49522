"""`chatcli send` killed in mid-reply, again and again, in one session."""

from __future__ import annotations

from pathlib import Path

from tests.durability.program_case import WHOLE, Sending, checkpoints, configure
from tests.fault_server import FaultServer
from tests.program import Program, wait_until

KILLS = 10


def kill_after(sending: Sending, program: Program, count: int) -> str:
    """Kill it some time after `count` checkpoints; returns the text that had to be stored.

    What was shown when checkpoint N was the last one is in the one after the next: that one
    was put together when N+1 had been stored. So the speed of the machine does not matter.
    """
    shown, stored = "", 0

    def reached() -> bool:
        nonlocal shown, stored
        assert sending.process.poll() is None
        shown = sending.shown.decode()  # first, so that it was there before the look
        stored = checkpoints(program)
        return bool(shown) and stored >= count

    wait_until(reached, "checkpoints")
    last = stored
    wait_until(lambda: checkpoints(program) >= last + 2, "two more checkpoints")
    sending.kill()
    return shown


def test_ten_kills_lose_nothing_that_was_promised(tmp_path: Path) -> None:
    program = Program(tmp_path)
    with FaultServer() as server:
        configure(program, server)
        promised = []
        for number in range(KILLS):
            sending = Sending(program, f"prompt {number}")
            promised.append(kill_after(sending, program, 1 + number % 3))
        program.ok("send", "-s", "notes", "-m", "fake/ok", "and now?")
        sent = [message["content"] for message in server.requests[-1].messages]
    turns = program.history("notes")
    assert [turn["role"] for turn in turns] == ["user", "assistant"] * (KILLS + 1)
    for number, text in enumerate(promised):
        prompt, reply = turns[2 * number : 2 * number + 2]
        assert text
        assert prompt["content"] == f"prompt {number}"
        assert reply["content"].startswith(text)
        assert WHOLE.startswith(reply["content"])
        assert reply["status"] == "incomplete"
    assert turns[-1]["status"] == "complete"
    assert sent == [turn["content"] for turn in turns[:-1]]
