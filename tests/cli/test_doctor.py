"""`chatcli doctor`: each fault it must find, what it advises, and its exit code."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.engine import give_model
from tests.fault_server import FaultServer
from tests.program import Program


def findings(program: Program, code: int = 0, **environment: str) -> dict[str, Any]:
    """The findings by check; the last one of a check counts."""
    result = program.run("doctor", "--json", env=environment)
    assert result.code == code, result
    return {finding["check"]: finding for finding in result.json}


def test_all_right_is_exit_code_0(program: Program) -> None:
    found = findings(program)
    assert {f["status"] for f in found.values()} <= {"ok", "note"}
    assert found.keys() >= {
        *("program", "terminal", "configuration", "data folder", "state folder", "database"),
        *("model", "backend fake", "embedded model"),
    }
    assert "key from backends.fake.api_key" in found["backend fake"]["message"]


def test_for_people_it_is_a_table(program: Program) -> None:
    text = program.ok("doctor").stdout
    assert "CHECK" in text
    assert "backend fake" in text
    assert "sk-secret" not in text


@pytest.mark.parametrize(
    ("scenario", "code", "status"),
    [("status:401", 3, "fault"), ("status:503", 75, "fault"), ("models-404", 0, "note")],
)
def test_a_server_that_refuses(
    program: Program, server: FaultServer, scenario: str, code: int, status: str
) -> None:
    url = server.url_for(scenario)
    program.config_file.write_text(program.config.replace(server.base_url, url))
    found = findings(program, code)
    assert found["backend fake"]["status"] == status


def test_a_server_that_is_not_there(program: Program, server: FaultServer) -> None:
    program.config_file.write_text(program.config.replace(server.base_url, "http://127.0.0.1:1/v1"))
    found = findings(program, 75)
    assert found["backend fake"]["status"] == "fault"
    assert found["backend fake"]["hint"]


def test_a_wrong_configuration_is_the_first_thing_to_put_right(program: Program) -> None:
    program.config_file.write_text("[limits]\nmax_session = 3\n")
    found = findings(program, 2)
    assert found["configuration"]["status"] == "fault"
    assert "max_sessions" in found["configuration"]["hint"]


def test_a_file_that_is_no_database(program: Program) -> None:
    program.database.parent.mkdir()
    program.database.write_text("nothing of ours " * 100)
    assert findings(program, 2)["database"]["status"] == "fault"


def test_a_folder_that_cannot_be_reached(program: Program) -> None:
    found = findings(program, 2, CHATCLI_DATA_DIR=f"/{'x' * 300}/data")
    assert "cannot be accessed" in found["data folder"]["message"]
    assert "cannot be written" in found["database"]["message"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_made(program: Program, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    found = findings(program, 2, CHATCLI_STATE_DIR=str(closed / "deep" / "state"))
    assert found["state folder"]["status"] == "fault"
    assert f"cannot be made: {closed} cannot be written" in found["state folder"]["message"]
    assert found["data folder"]["message"].endswith("(will be made)")


def test_a_configuration_that_is_a_folder(program: Program) -> None:
    program.config_file.unlink()
    program.config_file.mkdir()
    found = findings(program, 2)
    assert "cannot be read: Is a directory" in found["configuration"]["message"]
    assert "CHATCLI_CONFIG" in found["configuration"]["hint"]


def test_a_folder_that_others_can_read(program: Program) -> None:
    program.ok("list")
    program.database.parent.chmod(0o755)
    found = findings(program)
    assert found["data folder"]["status"] == "note"
    assert "chmod 700" in found["data folder"]["hint"]


def test_what_was_learned_about_a_server_is_told(program: Program) -> None:
    program.ok("send", "-m", "fake/rejects-stream-options", "Hi")
    assert "stream_options" in findings(program)["backend fake"]["message"]


def test_proxy_variables_are_named_without_their_values(program: Program) -> None:
    found = findings(program, HTTPS_PROXY="http://user:hunter2@proxy:1")
    assert "HTTPS_PROXY" in found["proxy"]["message"]
    assert "hunter2" not in str(found)


def test_nothing_is_configured_and_nothing_is_there(program: Program) -> None:
    program.config_file.write_text("")
    environment = {"OLLAMA_HOST": "127.0.0.1:1"}
    found = findings(program, 2, **environment)
    assert "chatcli local setup" in found["model"]["hint"]
    assert "nothing needs it" not in found["embedded model"]["message"]
    assert "to get it" in found["embedded model"]["hint"]


@pytest.mark.engine
def test_what_answers_unconfigured_is_named_for_what_it_is(program: Program) -> None:
    program.config_file.write_text("")
    give_model(program.database.parent)
    found = findings(program, OLLAMA_HOST="127.0.0.1:1")
    assert found["model"]["message"].startswith("local/")
    assert found["backend local"]["message"] == "embedded engine: answers, 1 model"


@pytest.mark.engine
def test_a_damaged_model_that_loads_is_found(program: Program) -> None:
    program.config_file.write_text("")
    give_model(program.database.parent)
    (model,) = (program.database.parent / "models").glob("*.gguf")
    damaged = bytearray(model.read_bytes())
    damaged[-1] ^= 1
    model.unlink()
    model.write_bytes(damaged)
    found = findings(program, 2, OLLAMA_HOST="127.0.0.1:1")
    assert found["embedded model"]["status"] == "fault"
    assert "its hash is wrong" in found["embedded model"]["message"]
    assert found["embedded model"]["hint"] == "chatcli local setup"


def test_what_was_learned_about_a_server_is_told_and_can_be_forgotten(program: Program) -> None:
    program.ok("send", "-m", "fake/rejects-temperature", "-o", "temperature=1", "Hi")
    learned = findings(program)["backend fake"]
    assert "temperature" in learned["message"]
    assert "doctor --forget" in learned["hint"]
    assert "forgotten" in program.ok("doctor", "--forget").stdout
    assert "answers" in findings(program)["backend fake"]["message"]
