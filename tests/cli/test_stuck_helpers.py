"""What the program waits for in a thread and cannot stop never holds up its end."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.program import WAIT_SECONDS, Program, wait_until

NO_NAMES = """
import socket, time

def getaddrinfo(*_, **__):
    open({asked!r}, "w").close()
    time.sleep(3600)

socket.getaddrinfo = getaddrinfo
"""
"""A name server that does not answer: nothing can interrupt the library call that waits for it."""
KEY_PROGRAM = "import os, sys; open(sys.argv[1], 'w').write(str(os.getpid())); open(sys.argv[2])"
"""Prints no key, and ends when somebody writes into the pipe that it reads."""


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """The file that tells that the wait has begun."""
    return tmp_path / "asked"


@pytest.fixture
def nameless(tmp_path: Path, asked: Path) -> Program:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(NO_NAMES.format(asked=str(asked)))
    far = 'model = "far/any"\n[backends.far]\nbase_url = "http://far.test/v1"\n'
    config = far + "[timeouts]\nconnect = {}\n"
    return Program(tmp_path / "home", config, environment={"PYTHONPATH": str(folder)})


@pytest.fixture
def locked(tmp_path: Path, asked: Path) -> Iterator[Program]:
    """Its key comes from a program that waits."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = [sys.executable, "-c", KEY_PROGRAM, str(asked), str(pipe)]
    server = f'base_url = "http://127.0.0.1:9/v1"\napi_key_command = {command!r}\n'
    yield Program(tmp_path / "home", f'model = "far/any"\n[backends.far]\n{server}')
    os.kill(int(asked.read_text()), signal.SIGKILL)


@pytest.mark.parametrize("verb", [["send", "Hi"], ["models"]])
def test_a_name_server_that_does_not_answer_has_a_limit(nameless: Program, verb: list[str]) -> None:
    nameless.config_file.write_text(nameless.config.format("0.3"))
    result = nameless.run(*verb)
    assert result.code == 75
    assert "within 0.3 s" in result.stderr


def test_a_server_of_a_name_that_cannot_be_looked_up_is_not_looked_for_long(
    nameless: Program,
) -> None:
    nameless.config_file.write_text("")
    result = nameless.run("send", "Hi", env={"OLLAMA_HOST": "far.test"})
    assert result.code == 2
    assert "no server answers at http://far.test:11434/v1" in result.stderr


@pytest.mark.parametrize("verb", [["send", "Hi"], ["models"], ["doctor"]])
def test_ctrl_c_while_a_name_is_looked_up(nameless: Program, asked: Path, verb: list[str]) -> None:
    nameless.config_file.write_text(nameless.config.format("0"))
    process = nameless.start(*verb)
    wait_until(asked.exists, "the look-up")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 130
    assert b"Traceback" not in errors


def test_ctrl_c_while_a_program_looks_for_the_key(locked: Program, asked: Path) -> None:
    process = locked.start("send", "Hi")
    wait_until(lambda: asked.exists() and asked.read_text(), "the key's program")
    process.send_signal(signal.SIGINT)
    assert process.wait(WAIT_SECONDS) == 130
    os.kill(int(asked.read_text()), 0)  # it still waits, and nobody waited for it
