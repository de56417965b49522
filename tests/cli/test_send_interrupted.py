"""`chatcli send` interrupted: signals, and a standard output that takes nothing more."""

import json

import pytest

from tests.fault_server import FaultServer
from tests.program import Program, wait_until


def test_a_reader_that_leaves_sees_no_error_and_the_reply_is_completed(
    program: Program, server: FaultServer
) -> None:
    process = program.start("send", "-s", "notes", "-m", "fake/paced:100", "Hi")
    assert process.stdout
    assert process.stderr
    assert process.stdout.read(2) == b"1 "
    process.stdout.close()
    errors = process.stderr.read()
    assert process.wait() == 0
    assert errors == b"chatcli: session notes created\n"
    kept = program.history("notes")[-1]
    assert kept["status"] == "complete"
    assert kept["content"].split() == [str(n) for n in range(1, 101)]


def test_a_reply_without_end_is_kept_when_its_reader_has_left(program: Program) -> None:
    process = program.start("send", "-q", "-s", "notes", "-m", "fake/endless", "Hi")
    assert process.stdout
    assert process.stderr
    assert process.stdout.read(2) == b"1 "
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 5
    assert program.history("notes")[-1]["content"].startswith("1 2 3 ")


@pytest.mark.parametrize(("name", "code"), [("INT", 130), ("TERM", 143), ("HUP", 129)])
def test_a_signal_stops_the_reply_and_its_text_is_kept(
    program: Program, server: FaultServer, name: str, code: int
) -> None:
    import signal

    process = program.start("send", "-s", "notes", "-m", "fake/stall-after-text", "Hi")
    assert process.stdout
    assert process.stderr
    assert process.stdout.read(14) == b"Half an answer"
    process.send_signal(getattr(signal, f"SIG{name}"))
    assert process.stdout.read() == b"\n"
    errors = process.stderr.read().decode()
    assert process.wait() == code
    assert "Traceback" not in errors
    assert server.requests[-1].wait_gone()
    kept = program.history("notes")[-1]
    assert (kept["status"], kept["content"]) == ("incomplete", "Half an answer")


def test_an_interrupted_reply_has_its_object(program: Program, server: FaultServer) -> None:
    import signal

    process = program.start("send", "--stream-json", "-m", "fake/stall-after-text", "Hi")
    assert process.stdout
    while json.loads(process.stdout.readline())["type"] != "text":
        pass
    process.send_signal(signal.SIGINT)
    last = json.loads(process.stdout.read().splitlines()[-1])
    assert process.wait() == 130
    assert (last["type"], last["status"]) == ("finished", "incomplete")
    assert last["error"]["kind"] == "interrupted"


def test_ctrl_c_before_the_first_text_ends_it_at_once(
    program: Program, server: FaultServer
) -> None:
    import signal

    process = program.start("send", "-s", "notes", "-m", "fake/no-answer", "Hi")
    server.wait_requests(1)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate()
    assert process.returncode == 130
    assert output == b""
    assert errors.endswith(b"error: the reply was stopped before it began\n")
    assert program.history("notes")[0]["content"] == "Hi"


def test_ctrl_c_while_standard_input_is_read_sends_nothing(
    program: Program, server: FaultServer
) -> None:
    import signal
    import subprocess

    process = program.start("send", "-s", "notes", "--json", "Hi", stdin=subprocess.PIPE)
    assert process.stderr
    assert b"waiting" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait() == 130
    assert process.stdout
    assert json.loads(process.stdout.read())["error"]["kind"] == "interrupted"
    assert server.requests == []
    assert program.sessions() == []


def test_a_reader_that_does_not_read_does_not_hold_up_the_reply(
    program: Program, server: FaultServer
) -> None:
    """The reply is complete on disk while its reader has not read a byte of 100 KB."""
    process = program.start("send", "-s", "notes", "-m", "fake/long", "Hi")

    def complete() -> bool:
        found = program.run("history", "notes", "--json")
        turns = found.json if found.code == 0 else []
        return bool(turns) and turns[-1]["status"] == "complete"

    wait_until(complete, "the reply in the store")
    assert process.stdout
    assert len(process.stdout.read()) > 90_000
    assert process.wait() == 0


def test_a_full_disk_behind_standard_output_is_told_and_the_reply_kept(program: Program) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        result = program.run("send", "-s", "notes", "Hi", stdout=full)
    assert result.code == 1
    assert "standard output cannot be written" in result.stderr
    assert program.history("notes")[-1]["status"] == "complete"
