"""What the shell gets to complete, as its script asks for it."""

import shlex
import subprocess
from pathlib import Path

import pytest

from tests.program import Program

CONFIG = """
model = "fake/one"
[backends.fake]
base_url = "http://127.0.0.1:9/v1"
default_model = "standard"
[roles.reviewer]
system = "You review."
[models.fast]
model = "fake/two"
"""


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path, CONFIG)


def completed(program: Program, line: str, shell: str = "bash") -> list[str]:
    """What is offered for the last word of `line`."""
    words = shlex.split(f"{line}x")  # where it ends with a blank, a word is about to begin
    result = program.ok(
        env={
            "_CHATCLI_COMPLETE": f"complete_{shell}",
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
            "_TYPER_COMPLETE_ARGS": line,
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
        }
    )
    assert result.errors == b""
    return result.stdout.split()


def test_sessions_are_completed_ended_ones_last(program: Program) -> None:
    program.ok("new", "notes")
    program.ok("new", "novel")
    program.ok("end", "novel")
    program.ok("new", "other")
    assert completed(program, "chatcli history no") == ["notes", "novel"]
    assert completed(program, "chatcli send -s no") == ["notes", "novel"]
    assert completed(program, "chatcli -s oth") == ["other"]
    assert completed(program, "chatcli history no", "fish") == ["notes", "novel"]


def test_models_and_roles_are_completed(program: Program) -> None:
    program.ok("new", "notes", "-m", "fake/special")
    assert completed(program, "chatcli send -m fa") == ["fast", "fake/standard", "fake/special"]
    assert completed(program, "chatcli send --role rev") == ["reviewer"]


def test_verbs_are_completed(program: Program) -> None:
    assert completed(program, "chatcli ren") == ["rename"]
    assert completed(program, "chatcli config ch") == ["check"]


def test_nothing_is_made_and_nothing_complained_of(program: Program) -> None:
    program.config_file.write_text("this is no TOML")
    assert completed(program, "chatcli history ") == []
    assert completed(program, "chatcli send -m ") == []
    assert not program.database.exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_is_printed(program: Program, shell: str) -> None:
    script = program.ok("--show-completion", env={"SHELL": f"/bin/{shell}"}).stdout
    assert "_CHATCLI_COMPLETE" in script


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_name_that_a_shell_or_a_terminal_would_obey_is_not_offered(
    program: Program, shell: str
) -> None:
    program.ok("new", "nothing-but-a-name")
    for name in ("no\\$(id)", "no`id`", "no$HOME", "no'id'", 'no"id"', "no\u202eid"):
        program.run("new", name)
    program.ok("new", "other", "-m", "fake/no\x1b]0;owned\x07")
    shown = "".join(completed(program, "chatcli history no", shell))
    assert "nothing-but-a-name" in shown
    assert "id" not in shown
    assert "HOME" not in shown
    assert "owned" not in "".join(completed(program, "chatcli send -m fake/", shell))


def test_a_name_of_several_words_is_one_word_of_the_command_line(program: Program) -> None:
    for name in ("notes (old) & more", "notes 日本"):
        program.ok("new", name)
    offered = completed(program, "chatcli history no")
    script = f"printf '%s,' {' '.join(offered)}"
    assert subprocess.check_output(["bash", "-c", script]).decode() == (
        "notes 日本,notes (old) & more,"
    )
    assert completed(program, "chatcli history no", "fish")[-1] == "more"
    assert completed(program, "chatcli history notes\\ \\(") == offered[2:]


def test_completion_that_cannot_be_installed_says_where(program: Program) -> None:
    home = program.folder / "a-file"
    home.write_text("")
    result = program.run("--install-completion", env={"SHELL": "/bin/bash", "HOME": str(home)})
    assert result.code == 2
    assert f"completion was not installed: {home}" in result.stderr
    assert "hint: chatcli --show-completion" in result.stderr
