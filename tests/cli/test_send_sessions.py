"""Which session `chatcli send` writes in, and what goes to the model with the message."""

from tests.fault_server import FaultServer
from tests.program import Program

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
