"""Standard input as the message of `chatcli send`, or behind it."""

from pathlib import Path

import pytest

from tests.cli.sent import prompt
from tests.fault_server import FaultServer
from tests.program import Program


@pytest.mark.parametrize(
    ("arguments", "given", "expected"),
    [
        (["Explain:"], "some text\n", "Explain:\n\nsome text"),
        ([], "only this\n", "only this"),
        (["-"], "forced", "forced"),
        (["Explain:", "-"], "forced\n\n", "Explain:\n\nforced\n"),
        (["--no-stdin", "Hi"], "ignored", "Hi"),
        (["Hi"], "", "Hi"),
        (["Hi"], " \n", "Hi"),
        ([], "\ufeffmarked", "marked"),
    ],
)
def test_standard_input_follows_the_message(
    program: Program, server: FaultServer, arguments: list[str], given: str, expected: str
) -> None:
    assert program.ok("send", *arguments, text=given).errors == b""
    assert prompt(server) == expected


def test_a_file_is_read_and_the_null_device_is_not(
    program: Program, server: FaultServer, tmp_path: Path
) -> None:
    file = tmp_path / "input.txt"
    file.write_text("from a file\n")
    with file.open() as stream:
        program.ok("send", stdin=stream)
    assert prompt(server) == "from a file"
    program.ok("send", "Hi")  # with the null device as standard input
    assert prompt(server) == "Hi"


def test_closed_standard_input_is_not_read(program: Program, server: FaultServer) -> None:
    import os

    program.ok("send", "Hi", stdin=None, preexec_fn=lambda: os.close(0))
    assert prompt(server) == "Hi"


def test_no_message_at_all_is_a_usage_error(program: Program) -> None:
    for result in (program.run("send"), program.run("send", text=" \n")):
        assert result.code == 2
        assert "there is no message" in result.stderr


def test_waiting_for_an_open_pipe_is_told(program: Program, server: FaultServer) -> None:
    import subprocess

    process = program.start("send", "Hi", stdin=subprocess.PIPE)
    assert process.stderr
    assert process.stdin
    assert process.stderr.readline().startswith(b"chatcli: waiting for standard input")
    process.stdin.write(b"late")
    process.stdin.close()
    assert process.wait() == 0
    assert prompt(server) == "Hi\n\nlate"


def test_bytes_that_are_no_text_are_replaced(program: Program, server: FaultServer) -> None:
    result = program.ok("send", text=b"a\xff\xfeb")
    assert prompt(server) == "a\ufffd\ufffdb"
    assert "not valid UTF-8" in result.stderr


def test_too_much_input_is_refused(program: Program, server: FaultServer) -> None:
    result = program.run("send", text=b"x" * 50_000_001)
    assert result.code == 2
    assert "50 MB" in result.stderr
    assert server.requests == []


def test_two_megabytes_are_sent_whole(program: Program, server: FaultServer) -> None:
    text = "wörd " * 400_000
    program.ok("send", text=text)
    assert prompt(server) == text
