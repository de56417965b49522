"""Exit code, error line and JSON object of a `chatcli send` that fails."""

import pytest

from tests.fault_server import FaultServer
from tests.program import Program


@pytest.mark.parametrize(
    ("model", "code", "output", "status"),
    [
        ("cut-mid-event", 5, b"Half an answer", "incomplete"),
        ("error-event", 5, None, "incomplete"),
        ("length", 5, None, "incomplete"),
        ("empty-reply", 5, b"", "failed"),
        ("status:401", 3, b"", "failed"),
        ("unknown-model", 3, b"", "failed"),
        ("html-200", 3, b"", "failed"),
        ("no-quota", 3, b"", "failed"),
        ("overflow:openai", 3, b"", "failed"),
        ("status:429", 75, b"", "failed"),
        ("status:503", 75, b"", "failed"),
        ("drop", 75, b"", "failed"),
    ],
)
def test_each_fault_has_its_code_one_line_and_an_object(
    program: Program, model: str, code: int, output: bytes | None, status: str
) -> None:
    result = program.run("send", "-s", "notes", "-m", f"fake/{model}", "-q", "--json", "Hi")
    assert result.code == code
    first, *rest = result.stderr.splitlines()
    assert first.startswith("chatcli: error: ")
    assert len(rest) <= 1
    assert all(line.startswith("hint: ") for line in rest)
    assert "sk-secret" not in result.stderr
    reply = result.json
    assert reply["status"] == status
    assert reply["error"]["message"] in first
    kept = program.history("notes")[-1]
    assert (kept["status"], kept["content"]) == (status, reply["text"])
    assert kept["error"] == reply["error"]
    if output is not None:
        assert reply["text"] == output.decode()


def test_a_reply_beyond_its_time_names_the_limit(program: Program) -> None:
    result = program.run("send", "--timeout", "0.75", "-m", "fake/no-answer", "Hi")
    assert result.code == 75
    assert "the reply was not complete after 0.75 s\nhint: --timeout" in result.stderr


@pytest.mark.parametrize("configured", [True, False])
def test_the_time_of_a_reply_is_that_of_all_models_asked(
    program: Program, server: FaultServer, configured: bool
) -> None:
    slow = '[models.slow]\nmodel = "fake/no-answer"\nfallbacks = ["fake/ok"]\n'
    total = "[timeouts]\ntotal = 0.75\n" if configured else ""
    program.config_file.write_text(program.config_file.read_text() + slow + total)
    limit = [] if configured else ["--timeout", "0.75"]
    result = program.run("send", *limit, "-m", "slow", "Hi")
    assert (result.code, result.output) == (75, b"")
    assert "not complete after 0.75 s" in result.stderr
    assert "instead" not in result.stderr
    assert "ok" not in [request.model for request in server.requests]


def test_what_came_of_an_incomplete_reply_is_printed(program: Program) -> None:
    result = program.run("send", "-m", "fake/cut-mid-event", "Hi")
    assert (result.code, result.output) == (5, b"Half an answer\n")


def test_a_failed_reply_is_no_part_of_the_next_request(
    program: Program, server: FaultServer
) -> None:
    program.run("send", "-s", "notes", "-m", "fake/status:401", "lost")
    program.ok("send", "-s", "notes", "-m", "fake/ok", "again")
    assert [m["content"] for m in server.requests[-1].messages] == ["again"]


def test_a_refusal_before_any_reply_has_the_object_too(program: Program) -> None:
    for flag in ("--json", "--stream-json"):
        result = program.run("send", "-s", "nobody", "--no-create", flag, "Hi")
        assert result.code == 4
        (only,) = result.lines
        assert only["session"] is None
        assert only["turn"] is None
        assert only["text"] == ""
        assert only["status"] == "failed"
        assert only["error"]["kind"] == "session_not_found"
        assert only.get("type", "finished") == "finished"


@pytest.mark.parametrize(
    "wrong",
    [
        ("--bogus", "Hi"),
        ("-o", "temperature", "Hi"),
        ("--timeout", "soon", "Hi"),
        ("-s", "a", "-c", "Hi"),
        ("--stream-json", "Hi"),
        ("--wait",),
    ],
)
def test_a_wrong_command_line_has_the_object_too(program: Program, wrong: tuple[str, ...]) -> None:
    result = program.run("send", "--json", *wrong)
    assert result.code == 2
    assert result.stdout.count("\n") == 1
    assert result.json["status"] == "failed"
    assert result.json["error"]["kind"] == "usage"
    assert result.json["error"]["message"] in result.stderr
    words = program.run("send", "--bogus", "--", "--json")
    assert (words.code, words.output) == (2, b"")


def test_a_wrong_configuration_has_the_object_too(program: Program) -> None:
    program.config_file.write_text("[limits]\nmax_session = 3\n")
    result = program.run("send", "--json", "Hi")
    assert result.code == 2
    assert result.json["error"]["kind"] == "config"
    assert "max_sessions" in result.json["error"]["hint"]


def test_a_full_session_takes_nothing(program: Program, server: FaultServer) -> None:
    program.config_file.write_text(program.config + "[limits]\nmax_turns_per_session = 2\n")
    program.ok("send", "-s", "notes", "one")
    result = program.run("send", "-s", "notes", "two")
    assert result.code == 4
    assert len(server.requests) == 1
    assert len(program.history("notes")) == 2


def test_no_secret_gets_anywhere(program: Program) -> None:
    program.run("send", "-s", "notes", "-m", "fake/status:401", "Hi")
    program.run("doctor")
    program.run("config", "show", "--json")
    for file in program.folder.rglob("*"):
        if file.is_file() and file != program.config_file:
            assert b"sk-secret" not in file.read_bytes(), file
