"""Proxies: which one is used, and what is said about one that is of no use."""

from __future__ import annotations

import socket

import pytest

from chatcli.config.model import Timeouts
from chatcli.errors import (
    BackendConnectionError,
    BackendSetupError,
    BackendTimeoutError,
    UnreachableError,
)
from tests.backends.openai_case import ask
from tests.fault_server import FaultServer

pytestmark = pytest.mark.usefixtures("bare_environment")


def test_a_proxy_variable_is_not_used_for_this_machine(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    assert ask(server.base_url, "ok").text == "Hello world"


@pytest.mark.parametrize(
    ("variable", "value", "kind"),
    [
        ("HTTP_PROXY", "http://127.0.0.1:9", UnreachableError),
        ("all_proxy", "http://127.0.0.1:9", UnreachableError),
        ("HTTP_PROXY", "gopher://127.0.0.1:9", BackendSetupError),
        ("HTTP_PROXY", "::::", BackendSetupError),
        ("HTTP_PROXY", "http://", BackendSetupError),
        ("HTTP_PROXY", "http://me:geheim#1@127.0.0.1:9", BackendSetupError),
        ("http_proxy", "http://127.0.0.1:99999", BackendSetupError),
        ("HTTP_PROXY", "http://proxy.invalid:3128", UnreachableError),
    ],
)
def test_a_useless_proxy_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, kind: type[Exception]
) -> None:
    monkeypatch.setenv(variable, value)
    error = ask("http://chat.example.test/v1", "ok").error
    assert isinstance(error, kind)
    assert variable in error.message
    assert "geheim" not in f"{error.message}{error.hint}"


def test_a_socks_proxy_works_or_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    error = ask("http://chat.example.test/v1", "ok").error
    assert error is not None
    assert "ALL_PROXY" in error.message


def test_the_backends_own_proxy_goes_before_the_environment(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    proxy = f"http://127.0.0.1:{server.port}"
    assert ask("http://chat.example.test/v1", "ok", proxy=proxy).text == "Hello world"
    assert server.requests[0].path == "http://chat.example.test/v1/chat/completions"
    error = ask("http://chat.invalid/v1", "ok", proxy="none").error
    assert isinstance(error, BackendConnectionError)
    assert "chat.invalid" in error.message


def test_a_proxy_that_never_answers_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{silent.getsockname()[1]}")
        limits = Timeouts(connect=10, first_token=0.3)
        error = ask("https://chat.example.test/v1", "ok", timeouts=limits).error
    assert isinstance(error, BackendTimeoutError)
    assert "HTTPS_PROXY" in error.hint


def test_a_proxy_that_refuses_is_named(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.port}")
    error = ask("https://chat.example.test/v1", "ok").error
    assert isinstance(error, UnreachableError)
    assert "HTTPS_PROXY" in error.message


def test_a_proxy_that_wants_a_password_says_so(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{server.port}")
    error = ask("http://chat.example.test/v1", "status:407").error
    assert isinstance(error, BackendSetupError)
    assert "HTTP_PROXY" in error.message
    assert "USER:PASSWORD" in error.hint


def test_a_proxy_that_hangs_up_is_named(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{server.port}")
    error = ask("http://chat.example.test/v1", "drop").error
    assert isinstance(error, BackendConnectionError)
    assert "HTTP_PROXY" in error.hint
