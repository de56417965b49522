"""Ctrl-C while the program is still being loaded."""

import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.screens.terminal import Terminal

INTERRUPTED = """
import sys

class CtrlC:
    def find_spec(self, name, path=None, target=None):
        if name in {"chatcli.cli.program", "chatcli.cli.repl"}:
            raise KeyboardInterrupt

sys.meta_path.insert(0, CtrlC())
from chatcli.cli import main
main()
"""
"""The program, with a Ctrl-C at a place where a real one would have to be lucky."""


def test_a_verb_ends_without_a_word() -> None:
    command = [sys.executable, "-c", INTERRUPTED, "list"]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.mark.screen
def test_the_chat_leaves_the_terminal_as_it_was(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path)}
    with Terminal([sys.executable, "-c", INTERRUPTED], environment=environment) as chat:
        assert chat.wait_exit() == 130
        assert b"\x1b[?2004h" in chat.raw  # the early prompt was there
        assert "Traceback" not in chat.text()
        flags = termios.tcgetattr(chat.master)[3]
        assert flags & termios.ECHO
        assert flags & termios.ICANON
