"""The real program on a pseudo-terminal, with texts that write-ups about terminals use."""

from __future__ import annotations

import re
import sys

import pytest

from tests.program import Program
from tests.screens.terminal import Terminal
from tests.security.controls import raw_controls
from tests.security.hostile import KNOWN

pytestmark = pytest.mark.screen

# no surrogates and no NUL: neither fits into an argument
CORPUS = "\n".join(text for text in KNOWN if not re.search("[\0\ud800-\udfff]", text))
NAME = "x\x1b]0;owned\x07\x9b2J\u202e\U000e0041\r"
_CURSOR = re.compile(r"\x1b\[\d*[AJK]|\r(?=\x1b\[[JK])")
"""How `send` draws over the unfinished end of a reply, and over the seconds of a wait."""


def shown(program: Program, *arguments: str, env: dict[str, str] | None = None) -> str:
    """All that the program writes to its terminal."""
    command = [sys.executable, "-m", "chatcli", *arguments]
    environment = {**program.environ(env), "TERM": "xterm-256color"}
    with Terminal(command, columns=100, environment=environment) as terminal:
        terminal.wait_exit()
        return bytes(terminal.raw).decode("utf-8", "replace").replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("model", "flags"),
    [
        ("repeats", []),
        ("repeats", ["--raw"]),
        ("repeats", ["--stream-json"]),
        ("refuses", []),
        ("breaks-off", ["--no-stream"]),
    ],
)
def test_neither_reply_nor_error_is_obeyed(program: Program, model: str, flags: list[str]) -> None:
    text = shown(program, "send", *flags, "-m", f"fake/{model}", CORPUS)
    assert "owned" in text
    assert raw_controls(_CURSOR.sub("", text)) == []


def test_what_is_stored_is_not_obeyed_either(program: Program) -> None:
    for model in ("repeats", "refuses"):
        program.run("send", "-s", "notes", "-m", f"fake/{model}", CORPUS)
    for command in ("history notes", "history notes --raw", "list"):
        text = shown(program, *command.split())
        assert "owned" in text, command
        assert raw_controls(text) == [], command


def test_a_pipe_gets_the_text_as_the_model_wrote_it(program: Program) -> None:
    assert program.ok("send", CORPUS).output == CORPUS.rstrip("\r\n").encode() + b"\n"
    program.ok("send", "-s", "notes", CORPUS)
    assert CORPUS.rstrip("\n").encode() in program.ok("history", "notes", "--raw").output


@pytest.mark.parametrize(
    "arguments",
    [
        ("history", NAME),
        ("new", NAME),
        ("send", "-m", NAME, "Hi"),
        ("--config", NAME, "config", "path"),
        ("config", "check", NAME),
        (NAME,),
    ],
)
def test_no_name_on_the_command_line_is_obeyed(program: Program, arguments: tuple[str]) -> None:
    text = shown(program, *arguments)
    assert raw_controls(_CURSOR.sub("", text)) == []  # on a slow machine, the seconds are counted


@pytest.mark.parametrize(
    ("variable", "value", "arguments"),
    [
        ("CHATCLI_CONFIG", f"/proc/{NAME}", ["config", "path"]),
        ("CHATCLI_CONFIG", f"/proc/{NAME}", ["list"]),
        ("CHATCLI_DATA_DIR", f"/proc/{NAME}", ["list"]),
        ("CHATCLI_MODEL", NAME, ["config", "show"]),
    ],
)
def test_no_name_in_the_environment_is_obeyed(
    program: Program, variable: str, value: str, arguments: list[str]
) -> None:
    assert raw_controls(shown(program, *arguments, env={variable: value})) == []


def test_the_configuration_is_not_obeyed(program: Program) -> None:
    words = '"\\u001b]0;owned\\u0007\\u009b2J\\u202e"'
    for config in (f"[{words}]\n", f"model = {words}\n", f"[models.{words}]\nmodel = {words}\n"):
        program.config_file.write_text(config)
        for arguments in ("config check", "list"):
            assert raw_controls(shown(program, *arguments.split())) == []


def test_the_chat_obeys_nothing(program: Program) -> None:
    """Its screen is drawn with sequences of its own; those that the texts hold are not there."""
    program.ok("send", "-s", "notes", CORPUS)
    program.run("send", "-s", "notes", "-m", "fake/refuses", CORPUS)
    environment = {**program.environ(), "TERM": "xterm-256color"}
    command = [sys.executable, "-m", "chatcli", "-s", "notes", "-m", f"fake/{NAME}"]
    with Terminal(command, columns=100, environment=environment) as terminal:
        terminal.wait_for_line("No reply: ")
        terminal.wait_for("Message, or /help")
        terminal.key("ctrl-d")
        assert terminal.wait_exit() == 0
        text = bytes(terminal.raw).decode("utf-8", "replace")
    for sequence in (NAME, *CORPUS.split("\n")):
        if raw_controls(sequence) and sequence not in {"\r", "\x1b[c", "\x1b[6n", "\x1b[H"}:
            assert sequence not in text, ascii(sequence)
    assert not re.search("[\x05\x80-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]", text)


def test_the_chat_without_a_capable_terminal_writes_no_sequence_at_all(program: Program) -> None:
    program.ok("send", "-s", "notes", CORPUS)
    program.run("send", "-s", "notes", "-m", "fake/refuses", CORPUS)
    environment = {**program.environ(), "TERM": "dumb"}
    command = [sys.executable, "-m", "chatcli", "-s", "notes"]
    with Terminal(command, columns=100, environment=environment) as terminal:
        terminal.wait_for(">")
        terminal.send("/history\nonce more\n/sessions\n/quit\n")
        assert terminal.wait_exit() == 0
        text = bytes(terminal.raw).decode("utf-8", "replace").replace("\r\n", "\n")
    assert "owned" in text
    assert raw_controls(text) == []
