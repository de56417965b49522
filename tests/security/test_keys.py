"""A key is in no file, stream, log or process list, wherever it comes from and whatever fails."""

from __future__ import annotations

import base64
import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fault_server import FaultServer
from tests.program import Program, Result
from tests.screens.terminal import Terminal

KEY = "sk-Kt7sR9wXq2LmZ4vB8nYd"
PARTS = (KEY.encode(), KEY[3:].encode(), KEY[:12].encode())
"""Half a key is too much as well."""

FAULTS = (
    "repeats",
    "tells-key:400",
    "tells-key:401",
    "tells-key:404",
    "tells-key:429",
    "tells-key:500",
    "tells-key-in-stream",
    "moves-with-key",
    "page-with-key",
    "drop",
)


def from_variable(server: FaultServer) -> tuple[str, dict[str, str]]:
    return backend(server, 'api_key_env = "MY_KEY"'), {"MY_KEY": KEY}


def from_file(server: FaultServer) -> tuple[str, dict[str, str]]:
    return backend(server, f'api_key = "{KEY}"'), {}


def from_command(server: FaultServer) -> tuple[str, dict[str, str]]:
    # the command gets it from the environment, so that its own command line is clean
    command = [sys.executable, "-c", "import os; print(os.environ['HIDDEN'])"]
    return backend(server, f"api_key_command = {json.dumps(command)}"), {"HIDDEN": KEY}


def from_header(server: FaultServer) -> tuple[str, dict[str, str]]:
    extra = f'api_key_env = "MY_KEY"\nheaders = {{ "X-Api-Key" = "{KEY}" }}'
    return backend(server, extra), {"MY_KEY": KEY}


def backend(server: FaultServer, settings: str) -> str:
    address = f'base_url = "{server.base_url}"'
    return f'model = "b/repeats"\n[retries]\nmax_retries = 0\n[backends.b]\n{address}\n{settings}\n'


Place = Callable[[FaultServer], tuple[str, dict[str, str]]]
PLACES: tuple[Place, ...] = (from_variable, from_file, from_command, from_header)


def check_result(result: Result, what: object) -> None:
    for part in PARTS:
        assert part not in result.output + result.errors, (what, result)


def check_files(folder: Path, *but: Path) -> None:
    """Every byte of every file, those of the database and its log included."""
    for file in folder.rglob("*"):
        if file.is_file() and file not in but:
            data = file.read_bytes()
            assert not any(part in data for part in PARTS), file


def chat(program: Program, *lines: str) -> Result:
    """All that the chat shows on the plainest of terminals."""
    command = [sys.executable, "-m", "chatcli", "-s", "notes"]
    with Terminal(command, environment={**program.environ(), "TERM": "dumb"}) as terminal:
        terminal.wait_for(">")
        terminal.send("\n".join([*lines, "/history", "/stats", "/quit", ""]))
        return Result(terminal.wait_exit(), bytes(terminal.raw), b"")


@pytest.mark.screen
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_no_fault_leaves_a_key_anywhere(tmp_path: Path, server: FaultServer, place: Place) -> None:
    config, environment = place(server)
    program = Program(tmp_path, config, environment)
    program.run("send", "-s", "notes", "Hi")
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    check_result(chat(program, *(f"/model b/{fault}\nHi" for fault in FAULTS)), "chat")
    assert len(server.requests) > len(FAULTS)
    for arguments in (
        "send --stream-json -m b/tells-key:401 Hi",
        "send --json -m b/moves-with-key Hi",
        "config show --json",
        "doctor --json",
    ):
        check_result(program.run(*arguments.split()), arguments)
    check_files(tmp_path, program.config_file)


@pytest.mark.parametrize("scheme", ["http", "ftp"])
def test_a_key_in_the_path_of_an_address_is_not_shown(tmp_path: Path, scheme: str) -> None:
    address = f'base_url = "{scheme}://127.0.0.1:1/{KEY}/v1"'
    config = f'model = "b/m"\n[retries]\nmax_retries = 0\n[backends.b]\n{address}\n'
    program = Program(tmp_path, config)
    for arguments in ("send Hi", "doctor", "models", "config show", "config check", "list"):
        check_result(program.run(*arguments.split()), arguments)
    check_files(tmp_path, program.config_file)


@pytest.mark.parametrize("scenario", ["tells-key:401", "page-with-key", "moves-with-key"])
def test_a_models_list_that_quotes_the_key_is_told_without_it(
    tmp_path: Path, server: FaultServer, scenario: str
) -> None:
    config, _ = from_file(server)
    program = Program(tmp_path, config.replace(server.base_url, server.url_for(scenario)))
    for arguments in ("doctor --json", "models"):
        check_result(program.run(*arguments.split()), arguments)
    assert server.requests
    check_files(tmp_path, program.config_file)


@pytest.mark.parametrize(
    "wrong",
    [
        f'api_key = ["{KEY}"]',
        f'api_kye = "{KEY}"',
        f'api_key = "{KEY}',
        f'api_key = "{KEY} {KEY}"',
        f'api_key_env = "{KEY}"',
        f'api_key_command = "{KEY}"',
        f'api_key_command = ["/nowhere/program", "{KEY}"]',
        f'base_url = "http://user:{KEY}@127.0.0.1:1/v1?key={KEY}"',
        f'headers = {{ "X-Api-Key" = "{KEY}\\n" }}',
        f'proxy = "http://user:{KEY}@127.0.0.1:1"',
    ],
)
def test_a_wrong_setting_is_told_without_the_key(tmp_path: Path, wrong: str) -> None:
    address = "" if "base_url" in wrong else 'base_url = "http://127.0.0.1:1/v1"\n'
    config = f'model = "b/m"\n[retries]\nmax_retries = 0\n[backends.b]\n{address}{wrong}\n'
    program = Program(tmp_path, config)
    for arguments in ("config check", "send --json Hi"):
        check_result(program.run(*arguments.split()), arguments)
    check_files(tmp_path, program.config_file)


@pytest.mark.parametrize("who", ["me:open-sesame", "open-sesame"])
def test_a_password_in_the_address_is_told_and_kept_nowhere(
    tmp_path: Path, server: FaultServer, who: str
) -> None:
    address = server.base_url.replace("://", f"://{who}@") + "?token=open-sesame"
    program = Program(tmp_path, backend(server, "").replace(server.base_url, address))
    sent = base64.b64encode(f"{who}{'' if ':' in who else ':'}".encode())
    for model, *flags in (["rejects-temperature", "-o", "temperature=1"], ["tells-request:404"]):
        result = program.run("send", "-s", "notes", "-m", f"b/{model}", *flags, "Hi")
        assert not re.search(b"sesame|" + sent, result.output + result.errors), result
    assert server.requests[0].headers["authorization"].encode() == b"Basic " + sent
    assert server.requests[0].path.endswith("?token=open-sesame")
    assert "learned about this server: temperature" in program.run("doctor").stdout
    data = [f.read_bytes() for f in tmp_path.rglob("*") if f.is_file() and f != program.config_file]
    assert not any(re.search(b"sesame|" + sent, content) for content in data)


def test_a_crash_tells_and_logs_no_key(tmp_path: Path, server: FaultServer) -> None:
    """A library that breaks in the middle of a request, with the key in its message."""
    config, environment = from_variable(server)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text(
        "import builtins, os\n"
        "real = builtins.__import__\n"
        "def broken(name, *args, **kwargs):\n"
        "    if name == 'httpx2' or name.startswith('chatcli.backends.openai.backend'):\n"
        "        raise RuntimeError('refused: ' + os.environ['MY_KEY'])\n"
        "    return real(name, *args, **kwargs)\n"
        "builtins.__import__ = broken\n"
    )
    environment = {**environment, "PYTHONPATH": f"{broken}{os.pathsep}{Path.cwd()}"}
    program = Program(tmp_path / "home", config, environment)
    for flags in ([], ["--json"]):
        result = program.run("send", "-s", "notes", *flags, "Hi")
        assert result.code == 1
        assert f"hint: details are in {program.log}" in result.stderr
        assert "Traceback" not in result.stderr
        check_result(result, flags)
    assert "RuntimeError" in program.log.read_text()
    check_files(program.folder, program.config_file)


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="no list of processes")
def test_no_process_shows_a_key_to_others(tmp_path: Path, server: FaultServer) -> None:
    config, environment = from_command(server)
    program = Program(tmp_path, config, environment)
    process = program.start("send", "-m", "b/stall-after-text", "Hi")
    assert process.stdout
    assert process.stdout.read(4) == b"Half"
    shown = Path(f"/proc/{process.pid}/cmdline").read_bytes()
    server.release()
    process.communicate()
    assert b"stall-after-text" in shown
    assert not any(part in shown for part in PARTS)
