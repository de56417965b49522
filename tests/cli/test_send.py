"""`chatcli send`: every byte of stdout, the lines of stderr, the exit code, what is kept."""

import json
from pathlib import Path

import pytest

from tests.fault_server import FaultServer
from tests.program import Program, wait_until


def prompt(server: FaultServer) -> str:
    """The message of the last request."""
    return str(server.requests[-1].messages[-1]["content"])


# --- output -----------------------------------------------------------------------------------


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


# --- faults -----------------------------------------------------------------------------------


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


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_json_is_whole_where_output_takes_less_than_unicode(
    program: Program, encoding: str
) -> None:
    narrow = {"PYTHONIOENCODING": encoding}
    reply = program.ok("send", "--json", "-m", "scripted/echo", "é 世界", env=narrow)
    assert reply.json["text"] == "(1 message) é 世界"
    assert program.ok("list", "--all", "--json", env=narrow).json[0]["preview"] == "é 世界"


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


# --- the session ------------------------------------------------------------------------------


def test_without_a_session_it_is_a_one_off_that_never_counts(program: Program) -> None:
    program.config_file.write_text(program.config + "[limits]\nmax_sessions = 1\n")
    program.ok("send", "-s", "notes", "Hi")
    result = program.ok("send", "--json", "Hi")
    (active,) = program.ok("list", "--json").json
    assert active["name"] == "notes"
    identity = result.json["session"]["id"]
    assert [t["content"] for t in program.history(identity)] == ["Hi", "Hello world"]


def test_a_named_session_is_created_once_and_goes_on(program: Program, server: FaultServer) -> None:
    assert program.ok("send", "-s", "notes", "one").stderr == "chatcli: session notes created\n"
    assert program.ok("send", "-s", "notes", "two").errors == b""
    assert [m["content"] for m in server.requests[-1].messages] == ["one", "Hello world", "two"]


def test_a_prefix_finds_its_session_and_says_so(program: Program) -> None:
    program.ok("new", "release-notes")
    result = program.ok("send", "-s", "rel", "Hi")
    assert "session release-notes" in result.stderr
    assert len(program.sessions()) == 1


def test_the_variable_names_the_session_and_flags_go_before_it(program: Program) -> None:
    environment = {"CHATCLI_SESSION": "from-variable"}
    program.ok("send", "Hi", env=environment)
    program.ok("send", "-s", "from-flag", "Hi", env=environment)
    program.ok("-s", "from-root", "send", "Hi", env=environment)
    program.ok("send", "-c", "Hi", env=environment)
    turns = {s["name"]: s["turns"] for s in program.sessions()}
    assert turns == {"from-variable": 2, "from-flag": 2, "from-root": 4}


def test_nothing_to_continue_is_exit_code_4(program: Program) -> None:
    assert program.run("send", "-c", "Hi").code == 4


def test_system_prompt_and_role_go_first(program: Program, server: FaultServer) -> None:
    program.ok("send", "-s", "notes", "--system", "Be brief.", "Hi")
    assert server.requests[-1].messages[0] == {"role": "system", "content": "Be brief."}
    program.ok("send", "-s", "notes", "--role", "reviewer", "Hi")
    assert server.requests[-1].messages[0] == {"role": "system", "content": "You review."}
    assert program.run("send", "--role", "reviwer", "Hi").code == 2


def test_options_are_sent_with_their_types(program: Program, server: FaultServer) -> None:
    program.ok("send", "-o", "temperature=0", "-o", 'stop=["x"]', "-o", "user=me", "Hi")
    body = server.requests[-1].json
    assert (body["temperature"], body["stop"], body["user"]) == (0, ["x"], "me")


def test_retry_answers_again_and_continue_goes_on(program: Program, server: FaultServer) -> None:
    program.run("send", "-s", "notes", "-m", "fake/cut-mid-event", "Hi")
    assert program.ok("continue", "notes", "-m", "fake/ok").output == b"Hello world\n"
    contents = [m["content"] for m in server.requests[-1].messages]
    assert contents[:2] == ["Hi", "Half an answer"]
    program.ok("send", "-s", "other", "Hi")
    assert program.ok("retry", "other").output == b"Hello world\n"
    assert [t["content"] for t in program.history("other")] == ["Hi", "Hello world"]


def test_end_can_have_the_model_write_a_summary(program: Program) -> None:
    program.ok("send", "-s", "notes", "Hi")
    summary = program.ok("end", "notes", "--write-summary", "--json").json
    assert summary["summary"] == "Hello world"
    assert summary["first_message"] == "Hi"


# --- standard input ---------------------------------------------------------------------------


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


# --- other processes --------------------------------------------------------------------------


def test_a_busy_session_is_waited_for_or_refused(program: Program, server: FaultServer) -> None:
    first = program.start("send", "-s", "notes", "-m", "fake/stall-after-text", "one")
    server.wait_requests(1)
    refused = program.run("send", "-s", "notes", "--no-wait", "--json", "two")
    assert refused.code == 75
    assert refused.json["error"]["kind"] == "session_busy"
    unfinished = program.run("continue", "notes", "--json")
    assert unfinished.code == 75
    assert unfinished.json["error"]["message"] == (
        "the last reply of session 'notes' is still being written"
    )
    second = program.start("send", "-s", "notes", "-m", "fake/ok", "three")
    assert second.stderr
    assert b"another process is writing a reply in notes" in second.stderr.readline()
    server.release()
    assert first.communicate()[0] == b"Half an answer, and the rest\n"
    assert second.communicate()[0] == b"Hello world\n"
    sent = [m["content"] for m in server.requests[-1].messages]
    assert sent == ["one", "Half an answer, and the rest", "three"]


def test_processes_that_create_one_session_at_once_share_it(program: Program) -> None:
    processes = [program.start("send", "-s", "shared", f"message {n}") for n in range(4)]
    assert [process.wait() for process in processes] == [0] * 4
    turns = program.history("shared")
    assert len(turns) == 8
    assert [t["role"] for t in turns] == ["user", "assistant"] * 4
    assert {t["content"] for t in turns if t["role"] == "user"} == {
        f"message {n}" for n in range(4)
    }


# --- the end ----------------------------------------------------------------------------------


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


def test_no_secret_gets_anywhere(program: Program) -> None:
    program.run("send", "-s", "notes", "-m", "fake/status:401", "Hi")
    program.run("doctor")
    program.run("config", "show", "--json")
    for file in program.folder.rglob("*"):
        if file.is_file() and file != program.config_file:
            assert b"sk-secret" not in file.read_bytes(), file
