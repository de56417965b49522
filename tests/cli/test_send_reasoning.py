"""`chatcli send` to a model whose reasoning is closed and never opened."""

from __future__ import annotations

import json
import os
import signal
import sys

import pytest

from tests.fault_server import FaultServer
from tests.program import Program, wait_until
from tests.screens.terminal import Terminal

THOUGHT = "Let me see.\n\nThey say hello.\n"
NOTE = "the text above was the model's reasoning"


class Piped:
    """A `send` into a pipe; the server goes on once this has been printed."""

    def __init__(self, program: Program, server: FaultServer, after: str, *flags: str) -> None:
        self.process = program.start("send", "-s", "notes", "-m", "fake/qwen3", *flags, "Hi")
        assert self.process.stdout
        self.output = ""
        while after not in self.output:
            piece = os.read(self.process.stdout.fileno(), 4096)
            assert piece, self.output
            self.output += piece.decode()
        server.release()
        rest, errors = self.process.communicate(timeout=60)
        self.output += rest.decode()
        self.errors = errors.decode()


def learn(program: Program, server: FaultServer) -> None:
    """One reply after which the model is known."""
    server.script("think-close-only")
    program.ok("send", "-m", "fake/qwen3", "Hi")


def check_stored(program: Program) -> None:
    turn = program.history("notes")[-1]
    assert (turn["content"], turn["reasoning"]) == ("Hello world", THOUGHT)


def test_what_was_printed_stays_and_the_answer_begins_on_a_new_line(
    program: Program, server: FaultServer
) -> None:
    server.script("think-close-later")
    sent = Piped(program, server, "say hello.")
    assert sent.process.returncode == 0
    assert sent.output == f"{THOUGHT}Hello world\n"
    assert sent.errors.count(NOTE) == 1
    check_stored(program)


def test_a_model_that_is_known_prints_its_answer_alone(
    program: Program, server: FaultServer
) -> None:
    learn(program, server)
    server.script("think-close-later")
    server.release()
    result = program.ok("send", "-s", "notes", "-q", "-m", "fake/qwen3", "Hi")
    assert (result.output, result.errors) == (b"Hello world\n", b"")
    check_stored(program)


def test_a_known_model_that_does_not_think_is_printed_at_the_end_and_forgotten(
    program: Program, server: FaultServer
) -> None:
    learn(program, server)
    assert "unopened_reasoning qwen3 = yes" in program.ok("doctor").stdout.replace("\n", "")
    server.script("answer-later")
    server.release()
    result = program.ok("send", "-q", "-m", "fake/qwen3", "Hi")
    assert result.output == b"Hello,\n\nworld\n"
    assert "unopened_reasoning" not in program.ok("doctor").stdout


def test_a_known_model_that_is_stopped_prints_what_came(
    program: Program, server: FaultServer
) -> None:
    learn(program, server)
    server.script("answer-later")
    process = program.start("send", "-s", "notes", "-q", "-m", "fake/qwen3", "Hi")
    wait_until(
        lambda: (
            "notes" in program.ok("list").stdout
            and program.history("notes")[-1]["content"].startswith("Hello")
        ),
        "the first text in the store",
    )
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert (process.returncode, output) == (130, b"Hello,\n")
    turn = program.history("notes")[-1]
    assert (turn["status"], turn["content"], turn["reasoning"]) == ("incomplete", "Hello,\n\n", "")


@pytest.mark.parametrize("known", [False, True])
def test_without_a_stream_only_the_answer_is_printed(
    program: Program, server: FaultServer, known: bool
) -> None:
    if known:
        learn(program, server)
    server.release()
    server.script("think-close-later", "think-close-later")
    plain = program.ok("send", "-q", "--no-stream", "-m", "fake/qwen3", "Hi")
    assert (plain.output, plain.errors) == (b"Hello world\n", b"")
    reply = program.ok("send", "-s", "notes", "-m", "fake/qwen3", "--json", "Hi").json
    assert (reply["text"], reply["reasoning"]) == ("Hello world", THOUGHT)
    check_stored(program)


def test_the_lines_of_json(program: Program, server: FaultServer) -> None:
    server.script("think-close-later")
    first = Piped(program, server, "say hello.", "--stream-json")
    events = [
        line for line in map(json.loads, first.output.splitlines()) if line["type"] != "started"
    ]
    at = [line["type"] for line in events].index("text_was_reasoning")
    assert "".join(line["text"] for line in events[:at]) == THOUGHT
    assert [(line["type"], line["text"]) for line in events[at + 1 :]] == [
        ("text", "Hello world"),
        ("finished", "Hello world"),
    ]
    server.script("think-close-later", "answer-later")
    known = program.ok("send", "-q", "--stream-json", "-m", "fake/qwen3", "Hi").lines
    assert {line["type"] for line in known} == {"started", "reasoning", "text", "finished"}
    texts = [line["text"] for line in known if line["type"] == "text"]
    assert "".join(texts) == known[-1]["text"] == "Hello world"
    wrong = program.ok("send", "-q", "--stream-json", "-m", "fake/qwen3", "Hi").lines
    tentative = [line["text"] for line in wrong if line.get("tentative")]
    assert "".join(tentative) == "Hello,\n\nworld"
    assert [line["text"] for line in wrong if line["type"] == "text"] == ["Hello,\n\nworld"]
    assert wrong[-1]["reasoning"] == ""


@pytest.mark.screen
def test_on_a_terminal_the_answer_follows_below_a_note(
    program: Program, server: FaultServer
) -> None:
    command = [sys.executable, "-m", "chatcli", "send", "-m", "fake/think-close-later", "Hi"]
    environment = {**program.environ(), "TERM": "xterm-256color"}
    with Terminal(command, columns=90, rows=20, environment=environment) as terminal:
        terminal.wait_for("They say hello.")
        server.release()
        assert terminal.wait_exit() == 0
        assert [line for line in terminal.lines() if line] == [
            "Let me see.",
            f"chatcli: {NOTE}, the answer follows",
            "Hello world",
        ]
