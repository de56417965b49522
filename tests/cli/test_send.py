"""`chatcli send`: every byte of stdout, the lines of stderr."""

import pytest

from tests.cli.sent import prompt
from tests.fault_server import FaultServer
from tests.program import Program


def test_stdout_is_the_reply_and_nothing_else(program: Program, server: FaultServer) -> None:
    result = program.ok("send", "Hi", "there")
    assert (result.output, result.errors) == (b"Hello world\n", b"")
    assert prompt(server) == "Hi there"


def test_text_arrives_while_it_is_written(program: Program, server: FaultServer) -> None:
    process = program.start("send", "-m", "fake/stall-after-text", "Hi")
    assert process.stdout
    assert process.stdout.read(14) == b"Half an answer"  # the rest is not written yet
    server.release()
    assert process.stdout.read() == b", and the rest\n"
    assert process.wait() == 0


def test_without_streaming_nothing_is_printed_before_the_end(
    program: Program, server: FaultServer
) -> None:
    result = program.ok("send", "--no-stream", "Hi")
    assert result.output == b"Hello world\n"


def test_a_pipe_gets_escape_sequences_as_the_model_wrote_them(program: Program) -> None:
    assert b"\x1b" in program.ok("send", "-m", "fake/escape-codes", "Hi").output


def test_the_object_of_a_reply(program: Program) -> None:
    result = program.ok("send", "-s", "notes", "--json", "Hi")
    reply = result.json
    assert reply["session"] == {"id": reply["session"]["id"], "name": "notes"}
    assert reply["turn"] == program.history("notes")[-1]["id"]
    assert reply["text"] == "Hello world"
    assert reply["reasoning"] == ""
    assert reply["model"] == "fake/ok"
    assert reply["model_used"] == "fake/ok"
    assert reply["status"] == "complete"
    assert reply["finish_reason"] == "stop"
    assert reply["usage"] == {"input_tokens": 12, "output_tokens": 3}
    assert reply["cost_usd"] is None
    assert 0 < reply["seconds"]["first_token"] <= reply["seconds"]["total"]
    assert reply["error"] is None
    assert result.stdout.count("\n") == 1


def test_the_lines_of_a_reply_end_with_the_object(program: Program) -> None:
    lines = program.ok("send", "--stream-json", "-m", "fake/reasoning-content", "Hi").lines
    assert [line["type"] for line in lines][:2] == ["started", "reasoning"]
    assert lines[-1]["type"] == "finished"
    assert lines[-1]["text"] == "".join(x["text"] for x in lines if x["type"] == "text")
    assert lines[-1]["reasoning"] == "".join(x["text"] for x in lines if x["type"] == "reasoning")
    assert lines[0]["session"] == lines[-1]["session"]


def test_retries_and_fallbacks_are_told(program: Program) -> None:
    result = program.ok("send", "-m", "careful", "Hi")
    assert result.output == b"Hello world\n"
    retrying, fallback = result.stderr.splitlines()
    assert retrying.startswith("chatcli: ")
    assert "attempt" in retrying
    assert "asking fake/ok instead" in fallback
    lines = program.ok("send", "-m", "careful", "--stream-json", "-q", "Hi").lines
    kinds = [line["type"] for line in lines]
    assert kinds == ["started", "retrying", "fallback", "text", "finished"]
    assert lines[-1]["model_used"] == "fake/ok"


@pytest.mark.parametrize("fallback", [True, False])
def test_the_usage_of_a_failed_attempt_is_not_that_of_the_reply(
    program: Program, server: FaultServer, fallback: bool
) -> None:
    alias = '[models.other]\nmodel = "fake/error-after-usage"\nfallbacks = ["fake/usage-none"]\n'
    program.config_file.write_text(program.config_file.read_text() + alias)
    if not fallback:
        server.script("error-after-usage", "usage-none")
    reply = program.ok("send", "-m", "other", "--json", "Hi").json
    assert (reply["text"], reply["usage"]) == ("Hello world", None)
    assert len(server.requests) == (3 if fallback else 2)


def test_quiet_leaves_errors_only(program: Program) -> None:
    assert program.ok("send", "-q", "-s", "new", "-m", "careful", "Hi").errors == b""
    result = program.run("send", "-q", "-m", "fake/unknown-model", "Hi")
    assert result.stderr.startswith("chatcli: error: ")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_json_is_whole_where_output_takes_less_than_unicode(
    program: Program, encoding: str
) -> None:
    narrow = {"PYTHONIOENCODING": encoding}
    reply = program.ok("send", "--json", "-m", "scripted/echo", "é 世界", env=narrow)
    assert reply.json["text"] == "(1 message) é 世界"
    assert program.ok("list", "--all", "--json", env=narrow).json[0]["preview"] == "é 世界"
