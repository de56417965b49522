"""Addresses as users write them: repaired, or refused with their setting named."""

from __future__ import annotations

import pytest

from chatcli.errors import (
    BackendSetupError,
)
from tests.backends.openai_case import ask
from tests.fault_server import FaultServer

pytestmark = pytest.mark.usefixtures("bare_environment")


@pytest.mark.parametrize(
    "written",
    [
        " http://127.0.0.1:{port}/v1 ",
        "'http://127.0.0.1:{port}/v1'",
        "http://127.0.0.1:{port}/v1/",
        "http://127.0.0.1:{port}/v1/chat/completions",
        "127.0.0.1:{port}/v1",
        "localhost:{port}/v1",
        "http://127.0.0.1:{port}/v1#here",
    ],
)
def test_an_address_is_repaired(server: FaultServer, written: str) -> None:
    outcome = ask(written.format(port=server.port), "ok")
    assert outcome.text == "Hello world"
    assert server.requests[0].path == "/v1/chat/completions"


def test_a_query_in_the_address_goes_with_every_request(server: FaultServer) -> None:
    ask(f"{server.base_url}?api-version=1", "ok", query={"tenant": "a b"})
    path = server.requests[0].path
    assert path.startswith("/v1/chat/completions?")
    assert "api-version=1" in path
    assert "tenant=a" in path


@pytest.mark.parametrize("written", ["", "ftp://host/v1", "http://", "http://a b/v1", "http://h:x"])
def test_an_impossible_address_is_named(written: str) -> None:
    error = ask(written, "ok").error
    assert isinstance(error, BackendSetupError)
    assert "base_url" in error.message


def test_a_password_in_the_address_is_not_shown() -> None:
    error = ask("ftp://me:geheim@host/v1", "ok").error
    assert error is not None
    assert "geheim" not in f"{error.message}{error.hint}"
