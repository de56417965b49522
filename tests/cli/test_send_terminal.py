"""`chatcli send` on a real pseudo-terminal."""

import re
import sys

import pytest

from tests.fault_server import FaultServer
from tests.program import Program
from tests.screens.terminal import Terminal

pytestmark = pytest.mark.screen


def send(program: Program, *arguments: str) -> Terminal:
    command = [sys.executable, "-m", "chatcli", "send", *arguments]
    environment = {**program.environ(), "TERM": "xterm-256color"}
    return Terminal(command, columns=60, rows=20, environment=environment)


def test_a_reply_is_rendered_and_seen_as_read(program: Program) -> None:
    with send(program, "-s", "notes", "Hi") as terminal:
        assert terminal.wait_exit() == 0
        assert [line for line in terminal.lines() if line] == [
            "chatcli: session notes created",
            "Hello world",
        ]
    assert program.ok("list", "--json").json[0]["unread"] == 0


def test_a_reply_that_goes_into_a_pipe_stays_unread(program: Program) -> None:
    program.ok("send", "-s", "notes", "Hi")
    assert program.ok("list", "--json").json[0]["unread"] == 1


def test_the_unfinished_end_is_shown_and_typing_does_not_disturb_it(
    program: Program, server: FaultServer
) -> None:
    with send(program, "-m", "fake/stall-after-text", "Hi") as terminal:
        terminal.wait_for("Half an answer")
        terminal.send("typed ahead\r\r")
        server.release()
        assert terminal.wait_exit() == 0
        assert [line for line in terminal.lines() if line] == ["Half an answer, and the rest"]


def test_a_silent_wait_is_told_and_counted(program: Program, server: FaultServer) -> None:
    with send(program, "-m", "fake/stall-after-head", "Hi") as terminal:
        terminal.wait_for(re.compile(r"waiting for the first words \d s \(Ctrl-C stops\)"))
        server.release()
        terminal.wait_exit()
        assert "waiting" not in terminal.text()
    with send(program, "-q", "-m", "fake/ok", "Hi") as terminal:
        assert terminal.wait_exit() == 0
        assert b"waiting" not in terminal.raw


def test_no_escape_sequence_of_a_model_is_obeyed(program: Program) -> None:
    for flags in ([], ["--raw"], ["--no-stream"]):
        with send(program, *flags, "-m", "fake/escape-codes", "Hi") as terminal:
            assert terminal.wait_exit() == 0
            assert "␛]0;owned␇" in terminal.text()
            assert b"\x1b]0;owned" not in terminal.raw


def test_no_escape_sequence_of_a_server_s_error_is_obeyed(program: Program) -> None:
    with send(program, "-m", "fake/body-escapes", "Hi") as terminal:
        assert terminal.wait_exit() != 0
        assert "␛" in terminal.text()
        assert b"\x1b]0;" not in terminal.raw


def test_ctrl_c_keeps_the_text_and_the_error_stands_below_it(
    program: Program, server: FaultServer
) -> None:
    with send(program, "-s", "notes", "-m", "fake/stall-after-text", "Hi") as terminal:
        terminal.wait_for("Half an answer")
        terminal.key("ctrl-c")
        assert terminal.wait_exit() == 130
        shown = [line for line in terminal.lines() if line]
    assert shown[1].startswith("Half an answer")
    assert shown[2].startswith("chatcli: error: the reply was stopped")
    assert program.history("notes")[-1]["content"] == "Half an answer"


def test_a_closed_window_keeps_the_text(program: Program, server: FaultServer) -> None:
    with send(program, "-s", "notes", "-m", "fake/stall-after-text", "Hi") as terminal:
        terminal.wait_for("Half an answer")
        terminal.hang_up()
        terminal.process.wait(60)
    kept = program.history("notes")[-1]
    assert (kept["status"], kept["content"]) == ("incomplete", "Half an answer")


def test_a_retry_counts_down_in_one_line_and_leaves_none(program: Program) -> None:
    program.config_file.write_text(program.config.replace("max_wait = 0.2", "max_wait = 3.0"))
    with send(program, "-m", "fake/status:429", "Hi") as terminal:
        terminal.wait_for("s (Ctrl-C stops)")
        assert terminal.wait_exit() == 75
        shown = [line for line in terminal.lines() if line]
    assert shown[0].startswith("chatcli: error: ")
    assert not any("attempt" in line for line in shown)


def test_ctrl_c_ends_the_wait_for_a_retry(program: Program, server: FaultServer) -> None:
    program.config_file.write_text(program.config.replace("max_wait = 0.2", "max_wait = 60.0"))
    with send(program, "-m", "fake/retry-after:50", "Hi") as terminal:
        terminal.wait_for("s (Ctrl-C stops)")
        terminal.key("ctrl-c")
        assert terminal.wait_exit() == 130
    assert len(server.requests) == 1


@pytest.mark.parametrize("name", ["dumb", "unknown", ""])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["send", "Hi"], 0), (["send", "-m", "fake/status:503", "Hi"], 75), (["list", "--all"], 0)],
)
def test_a_terminal_that_can_only_print_gets_plain_text(
    program: Program, name: str, arguments: list[str], code: int
) -> None:
    program.ok("send", "**one**")
    environment = {**program.environ(), "TERM": name}
    command = [sys.executable, "-m", "chatcli", *arguments]
    with Terminal(command, environment=environment) as terminal:
        assert terminal.wait_exit() == code
        assert terminal.text().strip()
        assert b"\x1b" not in terminal.raw


def test_history_is_rendered_and_its_source_is_harmless(program: Program) -> None:
    program.ok("send", "-s", "notes", "-m", "fake/escape-codes", "**bold** \x1b[2J")
    for flags in ([], ["--raw"]):
        command = [sys.executable, "-m", "chatcli", "history", "notes", *flags]
        with Terminal(command, environment=program.environ()) as terminal:
            assert terminal.wait_exit() == 0
            assert "␛]0;owned" in terminal.text()
            assert b"\x1b[2J" not in terminal.raw
            assert b"\x1b]0;" not in terminal.raw
