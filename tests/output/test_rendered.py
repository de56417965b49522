"""A reply drawn on a real pseudo-terminal: early, and once."""

import sys

import pytest

from tests.screens.terminal import Terminal

PROGRAM = """
import asyncio, sys
from chatcli.core.events import TextDelta, TurnFinished, TurnStarted
from chatcli.core.model import Role, Session, Turn, TurnStatus
from chatcli.output.rendered import RenderedReply
from chatcli.output.writer import BackgroundWriter

session = Session("sess_000000000001", "notes", "fake/one")
turn = Turn(2, session.id, 1, Role.ASSISTANT, "", TurnStatus.COMPLETE, 0.0, 2)
pieces = {pieces!r}

async def main():
    writer = BackgroundWriter()
    reply = RenderedReply(writer, "none", links=False, stream={stream})
    reply.show(TurnStarted(session.id, 2, session, None, turn))
    for piece in pieces:
        reply.show(TextDelta(session.id, 2, piece))
        await asyncio.to_thread(sys.stdin.readline)
    reply.show(TurnFinished(session.id, 2, turn, session))
    writer.close()
    print("END")

asyncio.run(main())
"""


def play(pieces: list[str], *, stream: bool = True) -> Terminal:
    program = PROGRAM.format(pieces=pieces, stream=stream)
    return Terminal([sys.executable, "-c", program], columns=40, rows=18)


@pytest.mark.screen
def test_the_unfinished_end_is_seen_early_and_stays_once() -> None:
    with play(["The first par", "agraph.\n\nThe sec", "ond one."]) as terminal:
        terminal.wait_for("The first par")
        terminal.send("\r")
        terminal.wait_for("The sec")
        terminal.send("\r")
        terminal.wait_for("ond one.")
        terminal.send("\r")
        terminal.wait_for("END")
        words = " ".join(line for line in terminal.lines() if line).split()
    assert words == ["The", "first", "paragraph.", "The", "second", "one.", "END"]


@pytest.mark.screen
def test_a_long_unfinished_end_takes_a_third_of_the_window_and_leaves_no_row() -> None:
    lines = [f"line {number}" for number in range(50)]
    with play(["```\n" + "\n".join(lines), "\n```\n"]) as terminal:
        terminal.wait_for("line 49")
        terminal.send("\r")
        terminal.send("\r")
        terminal.wait_for("END")
        seen = [line.strip() for line in terminal.lines() if "line" in line]
    assert seen == lines


@pytest.mark.screen
def test_without_streaming_all_comes_at_the_end() -> None:
    with play(["Hello"], stream=False) as terminal:
        terminal.send("\r")
        terminal.wait_for("END")
        assert terminal.text().count("Hello") == 1


@pytest.mark.screen
def test_an_unfinished_end_wider_than_the_window_leaves_no_row() -> None:
    """Deep in a list there is less room than text is laid out in; so the lines are cut."""
    levels = "\n".join(f"{'  ' * level}- lev{level:02}" for level in range(14))
    with play([levels, "\n\nThe end."]) as terminal:
        terminal.wait_for("lev09")
        terminal.send("\r")
        terminal.wait_for("The end.")
        terminal.send("\r")
        terminal.wait_for("END")
        text = "".join(line.strip() for line in terminal.lines())
    assert [text.count(f"lev{level:02}") for level in range(14)] == [1] * 14
