"""The real program where a disk, a lock, a home folder or a connection fails it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.durability.program_case import Sending, checkpoints, configure
from tests.fault_server import FaultServer
from tests.program import Program, Result, wait_until
from tests.screens.terminal import Terminal
from tests.storage.stores import snapshot


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


@pytest.fixture
def program(tmp_path: Path, server: FaultServer) -> Program:
    program = Program(tmp_path)
    configure(program, server)
    return program


def check_refusal(result: Result, code: int, words: str) -> None:
    """One line that says what is wrong, one that says what to do, and no traceback."""
    assert result.code == code, result
    first, *rest = result.stderr.splitlines()
    assert first.startswith("chatcli: error: ")
    assert words in first
    assert [line[:6] for line in rest] == ["hint: "]


def test_a_database_that_another_program_has_locked(program: Program, server: FaultServer) -> None:
    program.ok("send", "-s", "notes", "one")
    other = sqlite3.connect(program.database, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    waiting = [program.start("send", "-s", "notes", "two"), program.start("new", "other")]
    assert len(program.history("notes")) == 2  # reading goes on
    results = [(p.communicate(timeout=60), p.returncode) for p in waiting]
    for (output, errors), code in results:
        check_refusal(Result(code, output, errors), 75, "another program has locked the database")
    other.execute("ROLLBACK")
    other.close()
    assert len(server.requests) == 1  # nothing was sent that could not be kept
    program.ok("send", "-s", "notes", "three")
    assert [turn["content"] for turn in program.history("notes")][::2] == ["one", "three"]


def test_a_newer_database_is_left_untouched(program: Program) -> None:
    program.ok("send", "-s", "notes", "one")
    with sqlite3.connect(program.database) as writer:
        writer.execute("PRAGMA user_version = 999")
    writer.close()
    before = snapshot(program.database.parent)
    for arguments in (["send", "-s", "notes", "two"], ["list"], ["history", "notes"]):
        check_refusal(program.run(*arguments), 2, "was written by a newer chatcli")
    assert snapshot(program.database.parent) == before


READ_ONLY = "mount --bind $DATA $DATA && mount -o remount,bind,ro $DATA"
FULL = """
kept=$(mktemp -d) && cp -a $DATA/. $kept && mount -t tmpfs -o size=1m none $DATA || exit 99
cp -a $kept/. $DATA && rm -r $kept || exit 99
for size in 4096 1; do dd if=/dev/zero bs=$size >> $DATA/ballast; done 2> /dev/null || true
"""


def run_on(disk: str, program: Program, *arguments: str) -> Result:
    """Run it on a disk of its own, which nobody else sees and which goes with the process."""
    setup = f'DATA="$1"; shift; {{ {disk}\n}} || exit 99; exec "$@"'
    inside = ["unshare", "-rm", "sh", "-c", setup, "sh", str(program.database.parent)]
    command = [*inside, sys.executable, "-m", "chatcli", *arguments]
    done = subprocess.run(
        command, env=program.environ(), capture_output=True, check=False, timeout=60
    )
    if done.returncode == 99 or b"unshare" in done.stderr:
        pytest.skip("no mounts for this user here")
    return Result(done.returncode, done.stdout, done.stderr)


def check_reading(disk: str, program: Program) -> None:
    """What only reads prints what it prints anywhere."""
    before = snapshot(program.database.parent)
    for arguments in (["history", "notes"], ["list"], ["stats", "--json"], ["models"]):
        result = run_on(disk, program, *arguments)
        assert (result.code, result.stderr) == (0, "")
        if arguments[0] != "list":  # its ages
            assert result.output == program.ok(*arguments).output
    if disk is READ_ONLY:
        assert snapshot(program.database.parent) == before


@pytest.mark.parametrize(
    ("disk", "code", "words"), [(READ_ONLY, 2, "read-only"), (FULL, 75, "full")]
)
def test_a_disk_that_is_read_only_or_full_can_be_read(
    program: Program, disk: str, code: int, words: str
) -> None:
    program.ok("send", "-s", "notes", "one")
    check_reading(disk, program)
    for arguments in (["send", "-s", "notes", "two"], ["rename", "notes", "x"], ["doctor"]):
        result = run_on(disk, program, *arguments)
        if arguments == ["doctor"]:
            assert result.code == code
            assert words in result.stdout
        else:
            check_refusal(result, code, words)
    assert len(program.history("notes")) == 2


@pytest.mark.parametrize("disk", [READ_ONLY, FULL])
def test_what_a_killed_process_left_can_be_read_there(program: Program, disk: str) -> None:
    sending = Sending(program, "one")
    wait_until(lambda: checkpoints(program) >= 1, "the first text in the store")
    sending.kill()
    if disk is FULL:  # all that was said is in the log, and its index has to be made anew
        program.database.with_name("chatcli.db-shm").unlink()
    result = run_on(disk, program, "history", "notes", "--json")
    assert (result.code, result.stderr) == (0, "")
    assert [turn["status"] for turn in result.json] == ["complete", "incomplete"]
    assert result.json == program.history("notes")


def test_a_home_folder_that_is_lost(program: Program) -> None:
    names = ("CHATCLI_DATA_DIR", "CHATCLI_STATE_DIR", "CHATCLI_CONFIG")
    folders = ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")
    lost = dict.fromkeys((*names, *folders), "") | {"HOME": "/proc/nowhere"}
    address = program.config_file.read_text().partition('base_url = "')[2].partition('"')[0]
    lost |= {"OPENAI_BASE_URL": address, "OPENAI_API_KEY": "k", "CHATCLI_MODEL": "openai/ok"}
    check_refusal(program.run("send", "Hi", env=lost, cwd=program.folder), 2, "")
    named = {"CHATCLI_DATA_DIR": str(program.database.parent)}
    kept = {**lost, **named, "CHATCLI_CONFIG": str(program.config_file)}
    assert program.ok("send", "Hi", env=kept).output == b"Hello world\n"


def test_a_disk_that_gets_full_in_mid_reply(program: Program) -> None:
    resource = pytest.importorskip("resource")
    if not hasattr(resource, "prlimit"):
        pytest.skip("no limit can be set from outside")
    sending = Sending(program, "one")
    wait_until(lambda: checkpoints(program) >= 1, "the first text in the store")
    resource.prlimit(sending.process.pid, resource.RLIMIT_FSIZE, (1, 1))
    code, shown, errors = sending.end()
    assert "is full" in errors
    assert "Traceback" not in errors
    assert code == 5
    kept = program.history("notes")[-1]
    assert kept["status"] == "incomplete"
    assert shown.startswith(kept["content"])
    program.ok("send", "-s", "notes", "-m", "fake/ok", "two")


def test_a_full_disk_in_mid_reply_is_one_json_object(program: Program) -> None:
    resource = pytest.importorskip("resource")
    if not hasattr(resource, "prlimit"):
        pytest.skip("no limit can be set from outside")
    sending = Sending(program, "one", "--json")
    wait_until(lambda: checkpoints(program) >= 1, "the first text in the store")
    resource.prlimit(sending.process.pid, resource.RLIMIT_FSIZE, (1, 1))
    code, printed, errors = sending.end()
    said = json.loads(printed)
    assert (code, said["status"], said["error"]["kind"]) == (5, "incomplete", "store")
    assert said["text"].startswith(program.history("notes")[-1]["content"])
    assert len(errors.splitlines()) == 2


@pytest.mark.screen
def test_the_chat_does_not_promise_what_a_full_disk_did_not_take(program: Program) -> None:
    resource = pytest.importorskip("resource")
    if not hasattr(resource, "prlimit"):
        pytest.skip("no limit can be set from outside")
    command = [sys.executable, "-m", "chatcli", "-s", "notes", "-m", "fake/endless:50"]
    environment = {**program.environ(), "TERM": "xterm-256color"}
    with Terminal(command, columns=100, environment=environment) as chat:
        chat.wait_for("Message, or /help")
        chat.enter("one")
        wait_until(lambda: checkpoints(program) >= 1, "the first text in the store")
        resource.prlimit(chat.process.pid, resource.RLIMIT_FSIZE, (1, 1))
        chat.wait_for("Incomplete: the end of the reply could not be stored")
        chat.wait_for("What is stored of it stays; /continue goes on")
        assert not any("text so far is kept" in line for line in chat.lines())


@pytest.mark.screen
def test_the_chat_can_be_stopped_and_left_where_the_database_cannot_be_read(
    program: Program,
) -> None:
    program.ok("send", "-s", "notes", "one")
    command = [sys.executable, "-m", "chatcli", "-s", "notes", "-m", "fake/endless:50"]
    environment = {**program.environ(), "TERM": "xterm-256color"}
    with Terminal(command, columns=100, environment=environment) as chat:
        chat.wait_for("Message, or /help")
        chat.enter("two")
        wait_until(lambda: checkpoints(program) >= 1, "the first text in the store")
        os.truncate(program.database, 0)
        chat.key("ctrl-c")
        chat.wait_for("the reply was stopped; what came is kept")
        chat.enter("/quit")
        assert chat.wait_exit() == 0
        assert "unexpected" not in chat.text()


@pytest.mark.screen
def test_a_draft_that_the_database_does_not_take_is_there_again_next_time(
    program: Program,
) -> None:
    program.ok("send", "-s", "notes", "one")
    command = [sys.executable, "-m", "chatcli", "-s", "notes"]
    environment = {**program.environ(), "TERM": "xterm-256color"}
    with Terminal(command, columns=100, environment=environment) as chat:
        chat.wait_for("Message, or /help")
        chat.wait_for("Hello world")
        away = program.database.rename(program.folder / "away.db")
        chat.send("an unsent draft")
        chat.wait_for("> an unsent draft")
        chat.process.send_signal(signal.SIGHUP)  # its window is closed
        chat.wait_exit()
    away.rename(program.database)
    with Terminal(command, columns=100, environment=environment) as chat:
        chat.wait_for("> an unsent draft")
        chat.key("ctrl-c")
        chat.key("ctrl-d")
        assert chat.wait_exit() == 0
    assert not list((program.folder / "state").glob("unsent*"))


def test_a_database_locked_in_mid_reply(program: Program, server: FaultServer) -> None:
    configure(program, server, "[timeouts]\ndatabase = 0.3\n")
    sending = Sending(program, "one", "--json")
    wait_until(lambda: checkpoints(program) >= 1, "the first text in the store")
    other = sqlite3.connect(program.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    code, printed, _ = sending.end()
    said = json.loads(printed)
    assert (code, said["status"], said["error"]["kind"]) == (5, "incomplete", "store")
    kept = program.history("notes")[-1]
    assert kept["status"] == "incomplete"
    assert said["text"].startswith(kept["content"])
    other.execute("ROLLBACK")
    other.close()
    program.ok("send", "-s", "notes", "-m", "fake/ok", "two")


def test_a_connection_that_is_dead_and_silent(program: Program, server: FaultServer) -> None:
    configure(program, server, "[timeouts]\nidle = 0.3\n")
    result = program.run("send", "-s", "notes", "-q", "-m", "fake/stall-after-text", "one")
    assert (result.code, result.output) == (5, b"Half an answer\n")
    assert len(result.stderr.splitlines()) <= 2
    kept = program.history("notes")[-1]
    assert (kept["status"], kept["content"]) == ("incomplete", "Half an answer")
    configure(program, server, "[timeouts]\nfirst_token = 1.0\n")
    result = program.run("send", "-s", "notes", "-q", "-m", "fake/no-answer", "two")
    check_refusal(result, 75, "")
    assert server.wait_requests(2)[1].wait_gone()


@pytest.mark.parametrize("verb", [["history", "notes"], ["send", "-s", "notes", "two"]])
def test_few_open_files_are_no_fault_of_the_database(program: Program, verb: list[str]) -> None:
    resource = pytest.importorskip("resource")
    program.ok("send", "-s", "notes", "one")
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    refused = 0
    for most in range(4, 32):  # standard streams and the first file, up to more than it needs
        result = program.run(
            *verb,
            preexec_fn=lambda n=most: resource.setrlimit(resource.RLIMIT_NOFILE, (n, limits[1])),
        )
        if result.code == 0:
            break
        if "chatcli: error" not in result.stderr:
            continue  # Python itself could not start
        refused += 1
        check_refusal(result, 75, "file")
    assert refused
    assert result.code == 0
