"""The chat where there is no capable terminal: line by line, without escape sequences."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from chatcli.errors import ExitCode
from tests.screens.chat import PROGRAM, environment, numbers, open_chat
from tests.screens.pseudo_terminal import terminal_environment
from tests.screens.terminal import Terminal

pytestmark = pytest.mark.screen


def test_a_dumb_terminal_gets_plain_text(tmp_path: Path) -> None:
    with Terminal(PROGRAM, environment=environment(tmp_path, {"TERM": "dumb"})) as chat:
        chat.wait_for(">")
        chat.enter("hello there")
        chat.wait_for("You said: hello there")
        chat.enter("/sessions")
        chat.wait_for("chat-1")
        chat.enter("fail")
        chat.wait_for("hint: set another key")
        chat.enter("words 100000 50 w")
        chat.wait_for("w20")
        chat.key("ctrl-c")
        chat.wait_for("text so far is kept")
        chat.enter("/quit")
        assert chat.wait_exit() == 0
        assert b"\x1b" not in chat.raw


def test_a_dumb_terminal_is_told_what_happens_in_single_lines(tmp_path: Path) -> None:
    with Terminal(PROGRAM, environment=environment(tmp_path, {"TERM": "dumb"})) as chat:
        chat.wait_for("Ctrl-D leaves")
        chat.enter(r"pieces one\r|\ntwo \x1b[31mred")
        chat.wait_for("two ␛[31mred")
        assert "␍" not in chat.text()
        chat.enter("retry")
        chat.wait_for("[overloaded (503); attempt 2 of 4 in 3600 s, Ctrl-C stops]")
        chat.key("ctrl-c")
        chat.wait_for("[stopped]")
        chat.enter("/retry")
        chat.wait_for(lambda: chat.text().count("attempt 2 of 4") == 2)
        chat.key("ctrl-c")
        chat.wait_for(lambda: chat.text().count("[stopped]") == 2)
        chat.enter("/new other")
        chat.wait_for("session other")
        chat.enter("/send chat-1 said to another session")
        chat.wait_for("You said: said to another session")
        chat.enter("/history 1")
        chat.wait_for("session other, obedient/one, 0 turns")
        chat.enter("/quit")
        assert chat.wait_exit() == 0


def test_pipes_get_the_replies_and_nothing_else(tmp_path: Path) -> None:
    done = subprocess.run(
        PROGRAM,
        input="words 5 0 w\n//slash\n/rename piped\n",
        env=terminal_environment(environment(tmp_path)),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert numbers(done.stdout, "w") == list(range(5))
    assert "You said: /slash" in done.stdout
    assert "is now called piped" in done.stdout
    assert "\x1b" not in done.stdout
    assert not done.stderr


def test_a_pipe_is_told_what_failed_and_how(tmp_path: Path) -> None:
    done = subprocess.run(
        PROGRAM,
        input="fail\ncut half of it\nhello\n/switch nowhere\n/nonsense\n/sessions\n",
        env=terminal_environment(environment(tmp_path)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "You said: hello" in done.stdout
    assert "hint: /list --all shows" in done.stderr
    assert "hint: did you mean" in done.stderr
    assert done.returncode == ExitCode.USAGE  # the last line that failed


def test_no_color_keeps_the_interface_and_drops_the_colours(tmp_path: Path) -> None:
    with open_chat(tmp_path, extra={"NO_COLOR": "1"}) as chat:
        chat.enter("say # Title||*text* `code`|")
        chat.wait_for("text code")
        chat.enter("/stats")
        chat.wait_for("Tokens by model")
        coloured = [code for code in range(30, 38) if f"\x1b[{code}m".encode() in chat.raw]
        assert coloured == []
        assert b";3" not in bytes(chat.raw).replace(b"\x1b[?2026h", b"")
