from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from chatcli.backends.discovery import Discovery, configured, discover, probe
from chatcli.config import Config
from chatcli.errors import ConfigError
from tests.engine import WITHOUT_WHEEL, engine_folder, environment
from tests.fault_server import FaultServer


def free_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
        return port


@contextmanager
def byte_by_byte() -> Iterator[str]:
    """A server that sends one byte of its headers after another, for ever."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                connection, _ = listening.accept()
                connection.sendall(b"HTTP/1.1 200 OK\r\nx: ")
                while not ended.wait(0.05):
                    connection.sendall(b"x")

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        finally:
            ended.set()
            thread.join()


def test_the_first_model_of_a_server_that_answers_is_taken(server: FaultServer) -> None:
    url = server.url_for("models-dict")
    assert probe(url) == Discovery("server", f"{url} answers", url, "beta")
    assert server.requests[0].path == "/@models-dict/v1/models"


def test_a_model_that_only_embeds_is_passed_over(server: FaultServer) -> None:
    url = server.url_for("models-embedding-first")
    assert probe(url).model == "chatty:latest"


@pytest.mark.parametrize(
    ("scenario", "reason"),
    [
        ("models-null", "has no model to chat with"),
        ("models-only-embedding", "has no model to chat with"),
        ("models-html", "a web page in place of a list of models"),
        ("models-404", "answers with status 404"),
        ("status:401", "answers with status 401"),
        ("no-answer", "no server answers at"),
    ],
)
def test_a_server_without_a_model_is_not_used(
    server: FaultServer, scenario: str, reason: str
) -> None:
    found = probe(server.url_for(scenario))
    assert found.kind == "none"
    assert reason in found.reason


def test_where_nothing_listens_nothing_is_found() -> None:
    port = free_port()
    found = probe(f"http://127.0.0.1:{port}/v1")
    assert found == Discovery("none", f"no server answers at http://127.0.0.1:{port}/v1")


def test_a_server_that_sends_byte_by_byte_is_given_up() -> None:
    with byte_by_byte() as url:
        assert probe(url).kind == "none"


@pytest.mark.parametrize("host", ["ftp://x", "http://[", "a b"])
def test_an_address_that_is_none_is_only_a_reason(host: str, tmp_path: Path) -> None:
    found = discover({"OLLAMA_HOST": host}, tmp_path)
    assert found.kind != "server"
    assert found.reason


def test_ollama_host_names_the_server(server: FaultServer, tmp_path: Path) -> None:
    found = discover({"OLLAMA_HOST": f"127.0.0.1:{server.port}"}, tmp_path)
    assert (found.kind, found.base_url, found.model) == ("server", server.base_url, "beta")


@WITHOUT_WHEEL
def test_without_anything_the_ways_to_start_are_told(tmp_path: Path) -> None:
    found = discover({"OLLAMA_HOST": f"127.0.0.1:{free_port()}"}, tmp_path)
    assert found.kind == "none"
    words = ("chatcli local setup", "OPENAI_API_KEY", "Ollama")
    assert all(word in way for word, way in zip(words, found.ways, strict=True))


@pytest.mark.engine
def test_a_server_goes_before_the_embedded_model(server: FaultServer) -> None:
    folder = engine_folder()
    assert discover({"OLLAMA_HOST": f"127.0.0.1:{server.port}"}, folder).kind == "server"
    found = discover({"OLLAMA_HOST": f"127.0.0.1:{free_port()}"}, folder)
    assert (found.kind, found.model) == ("local", "smollm2-135m-instruct")
    assert "no server answers" in found.reason


@pytest.mark.engine
def test_the_embedded_model_becomes_the_configuration() -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    with environment(OLLAMA_HOST=nowhere, CHATCLI_DATA_DIR=str(engine_folder())):
        config = configured(Config())
    assert config.model == "local/smollm2-135m-instruct"
    assert [backend.kind for backend in config.backends.values()] == ["local"]


def test_a_server_becomes_the_configuration(server: FaultServer) -> None:
    with environment(OLLAMA_HOST=f"127.0.0.1:{server.port}"):
        config = configured(Config())
    assert config.model == "ollama/beta"
    assert config.backends["ollama"].base_url == server.base_url


@WITHOUT_WHEEL
def test_nothing_to_configure_is_an_error_with_the_ways_as_its_hint(tmp_path: Path) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    with (
        environment(OLLAMA_HOST=nowhere, CHATCLI_DATA_DIR=str(tmp_path)),
        pytest.raises(ConfigError, match="none was found") as error,
    ):
        configured(Config())
    assert "OPENAI_API_KEY" in error.value.hint
