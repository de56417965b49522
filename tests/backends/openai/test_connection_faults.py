"""Connections that do not come about, and what is said about it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from chatcli.backends.openai.address import read_address
from chatcli.backends.openai.connection_faults import connection_fault
from chatcli.backends.openai.http_client import Route
from chatcli.config.model import Timeouts
from chatcli.errors import (
    BackendConnectionError,
    BackendTimeoutError,
    UnreachableError,
)
from tests.backends.openai_case import ask
from tests.fault_server import FaultServer

pytestmark = pytest.mark.usefixtures("bare_environment")


def test_nobody_listening_is_said_at_once() -> None:
    error = ask("http://127.0.0.1:9/v1", "ok", max_retries=3).error
    assert isinstance(error, UnreachableError)
    assert "connection refused" in error.message


def test_a_silent_port_of_ollama_asks_whether_it_runs() -> None:
    route = Route("ollama", read_address("localhost:11434/v1", "ollama"), 10, 10)
    fault = connection_fault(ConnectionRefusedError(), route)
    assert "is Ollama running?" in fault.hint


def test_an_unknown_host_is_named() -> None:
    error = ask("https://no-such-host.invalid/v1", "ok").error
    assert isinstance(error, BackendConnectionError)
    assert "no-such-host.invalid" in error.message


@contextmanager
def _full_listener() -> Iterator[int]:
    """A port whose queue of connections is full: the next one gets no answer at all."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=0)) as listening:
        address = listening.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        yield address[1]
        for each in waiting:
            each.close()


def test_a_host_that_does_not_answer_runs_into_the_limit() -> None:
    with _full_listener() as port:
        error = ask(f"http://127.0.0.1:{port}/v1", "ok", timeouts=Timeouts(connect=0.3)).error
    assert isinstance(error, BackendTimeoutError)
    assert "0.3 s" in error.message


def test_tls_that_is_never_answered_runs_into_the_same_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"https://127.0.0.1:{silent.getsockname()[1]}/v1"
        error = ask(address, "ok", timeouts=Timeouts(connect=0.3)).error
    assert isinstance(error, BackendTimeoutError)
    assert "0.3 s" in error.message
    assert "timeouts.connect" in error.hint
    assert "https" in error.hint


def test_plain_http_behind_https_is_explained(server: FaultServer) -> None:
    error = ask(f"https://127.0.0.1:{server.port}/v1", "ok").error
    assert isinstance(error, UnreachableError)
    assert "http://" in error.hint
