"""Nothing is configured: what the program says, and that it harms nothing."""

import sys
from pathlib import Path

import pytest

from tests.fault_server import FaultServer
from tests.program import Program
from tests.screens.terminal import Terminal


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Without configuration, key and local server."""
    return Program(tmp_path, "", {"OLLAMA_HOST": "127.0.0.1:1"})


@pytest.mark.parametrize("arguments", [[], ["send", "Hi"], ["new", "notes"], ["models"]])
def test_one_screen_tells_the_three_ways_to_start(program: Program, arguments: list[str]) -> None:
    result = program.run(*arguments)
    lines = result.stderr.splitlines()
    assert result.code == 2
    assert result.output == b""
    assert lines[0].startswith("chatcli: error: no model is configured")
    assert lines[1].startswith("hint: there are three ways to get started")
    assert ["local setup" in lines[2], "OPENAI_API_KEY" in lines[3], "Ollama" in lines[4]] == [
        True
    ] * 3
    assert program.sessions() == []


def test_a_key_that_is_there_is_one_of_the_ways(program: Program) -> None:
    keys = {"GROQ_API_KEY": "gsk-secret", "GOOGLE_API_KEY": "secret"}
    for code, arguments in ((2, ["send", "Hi"]), (2, ["doctor"])):
        result = program.run(*arguments, env=keys)
        assert result.code == code
        told = result.stdout + result.stderr
        assert "-m groq/MODEL (GROQ_API_KEY is set), or " in told
        assert "-m gemini/MODEL (GOOGLE_API_KEY is set), or " in told
        assert "secret" not in told


def test_as_json_it_is_the_object(program: Program) -> None:
    result = program.run("send", "--json", "Hi")
    assert result.code == 2
    assert result.json["error"]["kind"] == "config"
    assert "chatcli local setup" in result.json["error"]["hint"]


def test_what_needs_no_model_works(program: Program) -> None:
    assert program.ok("list").stdout == "no active sessions\n"
    program.ok("stats")
    program.ok("config", "show")


def test_a_server_on_this_machine_is_used_by_itself(program: Program, server: FaultServer) -> None:
    environment = {"OLLAMA_HOST": f"127.0.0.1:{server.port}"}
    server.script("models-dict", "ok")
    result = program.ok("send", "--json", "Hi", env=environment)
    assert result.json["text"] == "Hello world"
    assert result.json["model"].startswith("ollama/")


def test_a_key_in_the_environment_is_enough(program: Program, server: FaultServer) -> None:
    environment = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": server.base_url}
    result = program.ok("send", "--json", "-m", "openai/ok", "Hi", env=environment)
    assert result.json["text"] == "Hello world"
    assert server.requests[-1].headers["authorization"] == "Bearer sk-test"


@pytest.mark.screen
@pytest.mark.engine
def test_a_person_is_offered_the_embedded_model_and_may_decline(program: Program) -> None:
    command = [sys.executable, "-m", "chatcli", "send", "Hi"]
    with Terminal(command, environment=program.environ()) as terminal:
        terminal.wait_for("[Y/n]")
        terminal.send("n\r")
        assert terminal.wait_exit() == 2
        assert "three ways" in terminal.text()


@pytest.mark.screen
@pytest.mark.engine
def test_what_was_typed_before_the_question_does_not_answer_it(program: Program) -> None:
    with Terminal([sys.executable, "-m", "chatcli"], environment=program.environ()) as terminal:
        terminal.wait_for(lambda: b"> " in terminal.raw)
        terminal.send("yes, hello")
        terminal.wait_for("[Y/n]")
        terminal.send("n\r")
        assert terminal.wait_exit() == 2
        assert "invalid" not in terminal.text()
        assert "three ways" in terminal.text()


@pytest.mark.screen
@pytest.mark.engine
@pytest.mark.parametrize("arguments", [[], ["send", "Hi"], ["new", "notes"]])
@pytest.mark.parametrize(
    ("key", "code", "said"), [("\x03", 130, "[Y/n]"), ("\x04", 2, "three ways")]
)
def test_ctrl_c_leaves_the_question_and_ctrl_d_says_no(
    program: Program, arguments: list[str], key: str, code: int, said: str
) -> None:
    command = [sys.executable, "-m", "chatcli", *arguments]
    with Terminal(command, environment=program.environ()) as terminal:
        terminal.wait_for("[Y/n]:")
        terminal.send(key)
        assert terminal.wait_exit() == code
        assert said in terminal.text()
        assert "unexpected" not in terminal.text()
        assert terminal.raw.endswith(b"\n")
        assert not program.log.exists()


@pytest.mark.screen
@pytest.mark.engine
def test_an_answer_that_is_neither_yes_nor_no_is_asked_for_again(program: Program) -> None:
    command = [sys.executable, "-m", "chatcli", "send", "Hi"]
    with Terminal(command, environment=program.environ()) as terminal:
        terminal.wait_for("[Y/n]:")
        terminal.send("maybe\r")
        terminal.wait_for("please answer y or n")
        terminal.send(" NO \r")
        assert terminal.wait_exit() == 2
