"""Keys and headers: sent, refused, and never shown."""

from __future__ import annotations

import pytest

from chatcli.backends.openai.credentials import PLACEHOLDER_KEY
from chatcli.backends.openai.http_client import connect
from chatcli.config import BackendConfig
from chatcli.config.model import Timeouts
from chatcli.errors import (
    AuthenticationError,
    BackendSetupError,
    ConfigError,
)
from tests.backends.openai_case import ask, asked, make_backend, opened, run
from tests.fault_server import FaultServer

pytestmark = pytest.mark.usefixtures("bare_environment")

KEY = "sk-test-0123456789abcdefghij"


@pytest.mark.parametrize("written", ["sk-geheim\nX: y", "sk-geheimß", "sk-geheim\x00"])
def test_an_impossible_key_is_refused_and_not_shown(server: FaultServer, written: str) -> None:
    error = ask(server.base_url, "ok", key=written).error
    assert isinstance(error, BackendSetupError)
    assert "geheim" not in f"{error.message}{error.hint}{error!r}"
    assert error.__cause__ is None
    assert server.requests == []


def test_a_key_that_cannot_be_found_says_why(server: FaultServer) -> None:
    def key() -> str | None:
        raise ConfigError("the command failed", hint="look at it")

    error = ask(server.base_url, "ok", key=key).error
    assert isinstance(error, BackendSetupError)
    assert (error.message, error.hint) == ("the command failed", "look at it")


def test_a_key_that_the_server_repeats_is_not_shown(server: FaultServer) -> None:
    error = ask(server.base_url, "wrong-key", key=KEY).error
    assert isinstance(error, AuthenticationError)
    assert KEY not in f"{error.message}{error.hint}"
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_server_without_keys_gets_a_placeholder(server: FaultServer) -> None:
    assert ask(server.base_url, "ok", key=None).ended
    assert server.requests[0].headers["authorization"] == "Bearer none"


def test_openai_itself_is_not_asked_without_a_key() -> None:
    error = ask("https://api.openai.com/v1", "gpt", key=None).error
    assert isinstance(error, AuthenticationError)
    assert "no key" in error.message


def test_a_key_in_a_header_of_ones_own_is_enough_after_a_refusal_too() -> None:
    config = BackendConfig(headers={"authorization": f"Bearer {KEY}"})
    connection = connect("openai", config, None, Timeouts())
    assert connection.with_key(None).with_key(None).client.api_key == PLACEHOLDER_KEY


def test_a_refused_key_is_looked_up_again(server: FaultServer) -> None:
    keys = iter(["sk-old", KEY])

    async def work() -> None:
        async with opened(make_backend(server.base_url, key=lambda: next(keys))) as backend:
            model = f"needs-key:{KEY}"
            assert isinstance((await asked(backend, model)).error, AuthenticationError)
            assert (await asked(backend, model)).text == "Hello world"

    run(work())


def test_variables_meant_for_openai_do_not_reach_another_server(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-for-openai-only-0000000")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Inner: 1\nAuthorization: Bearer stolen")
    assert ask(server.base_url, "ok", key=KEY, headers={"X-Own": "2"}).ended
    headers = server.requests[0].headers
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["x-own"] == "2"
    assert not {"openai-organization", "openai-project", "x-inner"} & headers.keys()


def test_a_header_that_cannot_be_sent_is_named(server: FaultServer) -> None:
    error = ask(server.base_url, "ok", headers={"X-Own": "a\nb: geheim"}).error
    assert isinstance(error, BackendSetupError)
    assert "X-Own" in error.message
    assert "geheim" not in error.message


@pytest.mark.parametrize("name", ["Content-Length", "transfer-encoding"])
def test_a_header_that_frames_the_request_is_refused(server: FaultServer, name: str) -> None:
    error = ask(server.base_url, "ok", headers={name: "5"}).error
    assert isinstance(error, BackendSetupError)
    assert name in error.message
    assert server.requests == []
