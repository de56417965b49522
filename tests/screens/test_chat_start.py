"""The first moments: what is typed before the program is there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.screens.chat import PROGRAM, READY, environment
from tests.screens.terminal import Terminal

pytestmark = pytest.mark.screen

BUSY = """
import array, fcntl, os, termios
from chatcli.ui.early import keep_typing

end = keep_typing()
print("busy", flush=True)
waiting = array.array("i", [0])
while waiting[0] < len("hello\\r"):
    fcntl.ioctl(0, termios.FIONREAD, waiting)
end()
print("kept", os.read(0, 100))
"""


def test_lines_typed_before_the_program_is_loaded_are_sent(tmp_path: Path) -> None:
    with Terminal(PROGRAM, environment=environment(tmp_path)) as chat:
        chat.wait_for(lambda: b"> " in chat.raw)
        chat.enter("early one")
        chat.paste("another\nin two lines")
        chat.key("enter")
        chat.send("a draft")
        chat.wait_for("You said: another in two lines")
        chat.wait_for("> a draft")
        text = chat.text()
        assert text.index("You said: early one") < text.index("You said: another")
        assert text.count("early one") == 2


def test_a_line_typed_before_the_terminal_is_set_is_sent(tmp_path: Path) -> None:
    with Terminal(PROGRAM, environment=environment(tmp_path)) as chat:
        chat.enter("as early as can be")
        chat.wait_for("You said: as early as can be")
        chat.wait_for(READY)


def test_keys_wait_as_they_were_pressed_and_unseen(tmp_path: Path) -> None:
    with Terminal([sys.executable, "-c", BUSY], environment=environment(tmp_path)) as busy:
        busy.wait_for("busy")
        busy.enter("hello")
        busy.wait_for(r"kept b'hello\r'")
        assert busy.text().count("hello") == 1
        assert busy.wait_exit() == 0
