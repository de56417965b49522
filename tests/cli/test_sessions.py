"""The verbs about sessions, without any server."""

import os
import re
import stat
import sys
from pathlib import Path

import pytest

from tests.program import Program
from tests.screens.terminal import Terminal

CONFIG = """
model = "fake/one"
[backends.fake]
base_url = "http://127.0.0.1:9/v1"
[roles.reviewer]
system = "You review."
model = "fake/careful"
[backends.scripted]
"""


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path, CONFIG)


def test_new_prints_the_id_and_nothing_else(program: Program) -> None:
    result = program.ok("new", "notes")
    assert re.fullmatch(r"sess_[0-9a-f]{12}\n", result.stdout)
    assert result.errors == b""


def test_a_session_has_what_it_was_made_with(program: Program) -> None:
    made = program.ok("new", "notes", "-m", "fake/two", "--meta", "ticket=7", "--json").json
    assert made == {"session_id": made["session_id"], "name": "notes", "model": "fake/two"}
    assert program.ok("model", "notes", "--json").json["model"] == "fake/two"


def test_a_role_gives_prompt_and_model(program: Program) -> None:
    program.ok("new", "review", "--role", "reviewer")
    assert program.ok("system", "review").stdout == "You review.\n"
    assert program.ok("model", "review", "--json").json["model"] == "fake/careful"


def test_options_before_the_verb_count_for_new(program: Program) -> None:
    program.ok("-m", "fake/two", "--system", "Be brief.", "new", "notes")
    assert program.ok("system", "notes").stdout == "Be brief.\n"
    assert program.ok("model", "notes", "--json").json["resolved"] == "fake/two"


def test_list_is_an_array_of_what_the_contract_names(program: Program) -> None:
    program.ok("new", "first")
    program.ok("new", "second")
    sessions = program.ok("list", "--json").json
    assert [s["name"] for s in sessions] == ["second", "first"]
    assert sessions[0].keys() >= {
        "session_id", "name", "model", "turns", "created_at", "last_activity", "preview",
        "state", "unread",
    }  # fmt: skip
    assert sessions[0]["preview"] == "Empty"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", sessions[0]["created_at"])


def test_list_in_a_pipe_is_aligned_text(program: Program) -> None:
    assert program.ok("list").stdout == "no active sessions\n"
    program.ok("new", "notes")
    head, row = program.ok("list").stdout.splitlines()
    assert head.split()[:3] == ["NAME", "MODEL", "TURNS"]
    assert row.split()[:3] == ["notes", "fake/one", "0"]


def test_an_ended_session_is_kept_and_comes_back(program: Program) -> None:
    program.ok("new", "notes")
    assert "ended" in program.ok("end", "notes").stdout
    assert program.ok("list", "--json").json == []
    assert program.sessions()[0]["state"] == "ended"
    assert "active again" in program.ok("restore", "notes").stdout
    assert program.ok("list", "--json").json[0]["name"] == "notes"
    assert "is already active" in program.ok("restore", "notes").stdout


def test_ending_and_restoring_twice_is_said(program: Program) -> None:
    program.ok("new", "notes")
    assert program.ok("end", "notes", "--json").json["state"] == "ended"
    assert program.ok("end", "notes").stdout == "session notes has already ended\n"
    assert program.ok("restore", "notes", "--json").json["state"] == "active"
    assert program.ok("restore", "notes").stdout == "session notes is already active\n"


def test_sessions_of_one_name_are_told_apart(program: Program) -> None:
    old = program.ok("new", "notes").stdout.strip()
    program.ok("end", "notes")
    assert old not in program.ok("list", "--all").stdout
    new = program.ok("new", "notes").stdout.strip()
    text = program.ok("list", "--all").stdout
    assert f"notes ({old})" in text
    assert f"notes ({new})" in text
    assert f"ended sessions of that name: {old}" in program.ok("restore", "notes").stdout
    assert program.ok("restore", old).stdout == (
        "session notes-2 is active again, with 0 turns; another session is called notes now\n"
    )


def test_end_sums_up(program: Program) -> None:
    program.ok("new", "notes")
    summary = program.ok("end", "notes", "--summarize", "--json").json
    assert summary["model"] == "fake/one"
    assert summary["turns"] == 0
    assert summary["duration_seconds"] >= 0
    assert summary["first_message"] == ""


def test_purge_deletes_and_nothing_else_does(program: Program) -> None:
    program.ok("new", "notes")
    refused = program.run("end", "notes", "--purge")
    assert refused.code == 2
    assert program.sessions() != []
    program.ok("end", "notes", "--purge", "--yes")
    assert program.sessions() == []


@pytest.mark.screen
@pytest.mark.parametrize(("answer", "left"), [("n\r", 1), ("\r", 1), ("y\r", 0)])
def test_purge_asks_a_person(program: Program, answer: str, left: int) -> None:
    program.ok("new", "notes")
    command = [sys.executable, "-m", "chatcli", "end", "notes", "--purge"]
    with Terminal(command, environment=program.environ()) as terminal:
        terminal.wait_for("permanently? [y/N]")
        terminal.send(answer)
        assert terminal.wait_exit() == 0
    assert len(program.sessions()) == left


def test_a_reference_may_be_a_prefix_or_an_id(program: Program) -> None:
    identity = program.ok("new", "release-notes").stdout.strip()
    assert program.ok("rename", "rel", "notes").stdout == "release-notes is now called notes\n"
    assert "notes" in program.ok("history", identity[:10]).stdout


def test_an_unknown_reference_is_exit_code_4(program: Program) -> None:
    for verb in (["history"], ["end"], ["restore"], ["model"], ["undo"], ["stats"], ["retry"]):
        result = program.run(*verb, "nobody")
        assert result.code == 4, verb
        assert result.output == b""
        assert result.stderr.startswith("chatcli: error: ")
        assert "hint: chatcli list --all" in result.stderr


def test_an_ambiguous_prefix_is_exit_code_4(program: Program) -> None:
    program.ok("new", "notes-a")
    program.ok("new", "notes-b")
    assert program.run("history", "notes").code == 4


def test_a_name_in_use_is_refused(program: Program) -> None:
    program.ok("new", "notes")
    result = program.run("new", "notes")
    assert result.code == 2
    assert "notes" in result.stderr


def test_at_the_limit_the_longest_idle_session_is_ended_with_a_note(program: Program) -> None:
    program.config_file.write_text(CONFIG + "[limits]\nmax_sessions = 2\n")
    program.ok("new", "a")
    program.ok("new", "b")
    result = program.ok("new", "c")
    assert "session 'a' was ended to make room" in result.stderr
    assert len(result.stdout.splitlines()) == 1
    assert [s["name"] for s in program.ok("list", "--json").json] == ["c", "b"]
    assert {s["name"] for s in program.sessions()} == {"a", "b", "c"}


def test_settings_of_a_session_are_kept(program: Program) -> None:
    program.ok("new", "notes")
    assert program.ok("set", "notes", "temperature", "0.2", "--json").json == {"temperature": 0.2}
    program.ok("set", "notes", "stop", '["a"]')
    assert program.ok("set", "notes", "--json").json == {"temperature": 0.2, "stop": ["a"]}
    assert program.run("set", "notes", "messages", "[]").code == 2
    program.ok("set", "notes", "temperature", "--unset")
    assert program.ok("set", "notes", "--json").json == {"stop": ["a"]}
    assert program.ok("set", "notes").stdout.split() == ["PARAMETER", "VALUE", "stop", '["a"]']
    program.ok("system", "notes", "Be brief.")
    program.ok("system", "notes", "--clear")
    assert program.ok("system", "notes").stdout == "this session has no system prompt\n"
    program.ok("system", "notes", "Be brief.")
    program.ok("system", "notes", "")
    assert program.ok("system", "notes").stdout == "this session has no system prompt\n"
    program.ok("model", "notes", "fake/two")
    assert program.ok("list", "--json").json[0]["model"] == "fake/two"


def test_stats_are_unknown_rather_than_zero(program: Program) -> None:
    program.ok("new", "notes")
    stats = program.ok("stats", "--json").json
    assert stats["active_sessions"] == 1
    assert stats["max_sessions"] == 20
    assert stats["max_turns_per_session"] == 50
    assert stats["total_turns"] == 0
    assert stats["input_tokens"] is None
    assert stats["cost_usd"] is None
    assert "limit of active sessions" in program.ok("stats").stdout
    of_one = program.ok("stats", "notes").stdout
    assert "tokens read" in of_one
    assert "active sessions" not in of_one


def test_what_comes_from_outside_is_shown_harmless(program: Program) -> None:
    program.ok("new", "a", "-m", "fake/\x1b]0;evil\x07\x9b31m", "--system", "\x1b[2J")
    for verb in (["list"], ["history", "a"], ["model", "a"], ["system", "a"]):
        output = program.ok(*verb).stdout
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", output), verb


def test_files_and_folders_are_private(program: Program) -> None:
    os.umask(0)
    program.ok("new", "notes")
    os.umask(0o022)
    folder = program.database.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(f.stat().st_mode) for f in folder.iterdir() if f.is_file()} == {0o600}


def test_a_data_folder_that_cannot_be_made_is_told(program: Program) -> None:
    result = program.run("new", "notes", env={"CHATCLI_DATA_DIR": "/dev/null/data"})
    assert result.code in {2, 75}
    assert result.stderr.startswith("chatcli: error: ")


def test_a_file_that_is_no_database_is_refused_untouched(program: Program) -> None:
    program.database.parent.mkdir()
    program.database.write_text("not a database, but somebody's notes " * 100)
    before = program.database.read_bytes()
    result = program.run("list")
    assert result.code == 2
    assert result.stderr.startswith("chatcli: error: ")
    assert program.database.read_bytes() == before


def test_a_reader_that_leaves_ends_it_quietly(program: Program) -> None:
    program.ok("new", "notes")
    process = program.start("list", "--json")
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 0


def test_a_full_disk_behind_the_output_is_told(program: Program) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        result = program.run("list", stdout=full)
    assert result.code == 1
    assert "standard output cannot be written: No space left on device" in result.stderr


def test_closed_streams_do_no_harm(program: Program) -> None:
    program.ok("new", "notes")
    result = program.run("list", stdout=None, stderr=None, preexec_fn=lambda: os.closerange(0, 3))
    assert result.code == 1
    assert program.ok("list", "--json").json[0]["name"] == "notes"


@pytest.mark.screen
def test_what_history_has_shown_a_person_is_read(program: Program) -> None:
    for message in ("one", "two"):
        program.ok("send", "-s", "notes", "-m", "scripted/echo", message)

    def unread(*arguments: str) -> int:
        command = [sys.executable, "-m", "chatcli", "history", "notes", *arguments]
        with Terminal(command, environment=program.environ()) as terminal:
            assert terminal.wait_exit() == 0
        return int(program.ok("list", "--json").json[0]["unread"])

    program.ok("history", "notes")
    assert unread("--limit", "2") == 2
    assert unread() == 0


@pytest.mark.screen
def test_a_terminal_gets_a_table(program: Program) -> None:
    program.ok("new", "notes")
    command = [sys.executable, "-m", "chatcli", "list"]
    with Terminal(command, environment=program.environ()) as terminal:
        assert terminal.wait_exit() == 0
        lines = terminal.lines()
    assert lines[0].split()[:3] == ["name", "model", "turns"]
    assert lines[1].split()[:3] == ["notes", "fake/one", "0"]
