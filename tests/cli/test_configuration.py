"""The verbs about the configuration, and what a wrong one does to the others."""

import stat
from pathlib import Path

import pytest

from tests.program import Program

CONFIG = """\
model = "fake/one"

[limits]
max_sessions = 7

[backends.fake]
base_url = "http://user:hunter2@127.0.0.1:9/v1"
api_key = "sk-secret"
"""


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path, CONFIG)


def test_path_is_the_file_in_use(program: Program, tmp_path: Path) -> None:
    assert program.ok("config", "path").stdout == f"{program.config_file}\n"
    other = tmp_path / "other.toml"
    assert program.ok("--config", str(other), "config", "path").stdout == f"{other}\n"
    assert program.ok("config", "path", "--config", str(other)).stdout == f"{other}\n"


def test_show_tells_where_each_value_comes_from_and_no_secret(program: Program) -> None:
    shown = program.ok("config", "show", "--json", env={"CHATCLI_MODEL": "fake/two"})
    values = {row["key"]: (row["value"], row["from"]) for row in shown.json}
    assert values["model"] == ("fake/two", "$CHATCLI_MODEL")
    assert values["limits.max_sessions"] == (7, "config.toml:4")
    assert values["limits.max_turns_per_session"] == (50, "default")
    text = shown.stdout + program.ok("config", "show").stdout
    assert "sk-secret" not in text
    assert "hunter2" not in text
    assert "config.toml:4" in text


def test_init_writes_a_private_file_that_is_right_and_keeps_an_old_one(program: Program) -> None:
    fresh = program.folder / "new" / "config.toml"
    environment = {"CHATCLI_CONFIG": str(fresh)}
    assert program.ok("config", "init", env=environment).stdout == f"{fresh}\n"
    assert stat.S_IMODE(fresh.stat().st_mode) == 0o600
    program.ok("config", "check", env=environment)
    before = fresh.read_text()
    assert program.run("config", "init", env=environment).code == 2
    assert fresh.read_text() == before


def test_check_names_every_fault_with_its_line_and_the_nearest_key(program: Program) -> None:
    assert program.ok("config", "check").stdout == f"{program.config_file} has no errors\n"
    program.config_file.write_text('[limits]\nmax_session = 3\n[repl]\ntheme = "blue"\n')
    result = program.run("config", "check")
    assert result.code == 2
    assert f"{program.config_file}:2" in result.stdout
    assert "max_sessions" in result.stdout
    assert f"{program.config_file}:4" in result.stdout
    assert "2 errors" in result.stdout
    faults = program.run("config", "check", "--json").json
    assert [fault["line"] for fault in faults] == [2, 4]


def test_check_warns_of_a_secret_that_others_can_read(program: Program) -> None:
    assert program.ok("config", "check").stderr == ""
    program.config_file.chmod(0o644)
    assert "others can read" in program.ok("config", "check").stderr
    program.config_file.write_text(CONFIG.replace('api_key = "sk-secret"', ""))
    assert "others can read" in program.ok("config", "check").stderr  # a password in base_url
    program.config_file.write_text("[limits]\nmax_sessions = 3\n")
    assert program.ok("config", "check").stderr == ""


def test_a_wrong_configuration_stops_every_verb_with_the_same_error(program: Program) -> None:
    program.config_file.write_text("[limits]\nmax_session = 3\n")
    for arguments in (["list"], ["send", "Hi"], ["config", "show"], ["stats"]):
        result = program.run(*arguments)
        assert result.code == 2, arguments
        assert f"chatcli: error: {program.config_file}:2" in result.stderr
        assert "max_sessions" in result.stderr


def test_a_wrong_variable_stops_nothing_that_names_its_model(program: Program) -> None:
    wrong = {"CHATCLI_MODEL": "nowhere/x"}
    told = program.run("send", "Hi", env=wrong)
    assert (told.code, "$CHATCLI_MODEL" in told.stderr) == (2, True)
    program.ok("new", "notes", "-m", "fake/one", env=wrong)
    program.ok("-m", "fake/one", "new", "others", env=wrong)
    program.config_file.write_text("[limits]\nmax_session = 3\n")
    told = program.run("new", "more", "-m", "fake/one", env=wrong)
    assert "max_sessions" in told.stderr


def test_a_named_file_must_exist(program: Program) -> None:
    result = program.run("--config", "/nowhere/config.toml", "list")
    assert result.code == 2
    assert "there is no configuration file" in result.stderr


def test_a_key_that_others_can_read_is_warned_about(program: Program) -> None:
    program.config_file.chmod(0o644)
    result = program.ok("list")
    assert "chmod 600" in result.stderr
    assert "sk-secret" not in result.stderr


def test_local_status_tells_what_is_missing(program: Program) -> None:
    status = program.run("local", "status", "--json")
    assert status.code in {0, 2}
    assert status.json["ready"] is (status.code == 0)
    assert status.json.keys() >= {"engine_version", "model", "path", "missing", "command"}
