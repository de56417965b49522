"""What answers when nothing is configured: a server on this machine, or the embedded model."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from chatcli.config.model import BackendConfig, Config
from chatcli.errors import BackendError, ConfigError

if TYPE_CHECKING:
    from socket import socket

    from chatcli.backends.local.model import LocalStatus
    from chatcli.backends.openai.address import Address

CONNECT_SECONDS = 0.5
TOTAL_SECONDS = 2.0
"""For the whole answer: a server that needs longer is not going to chat well either."""
_LARGEST_LIST = 4 << 20  # bytes
_NOT_FOR_CHAT = ("embed", "bge-", "minilm", "rerank")  # parts of names


class Discovery(NamedTuple):
    """What was found.

    `kind` is server (`base_url` is set), local, or none; `model` is the one to ask; `reason`
    says in a few words why this and not another. With `none`, `ways` are the ways to get
    started, a line each.
    """

    kind: Literal["server", "local", "none"]
    reason: str
    base_url: str = ""
    model: str = ""
    ways: tuple[str, ...] = ()


def discover(environ: Mapping[str, str], data_folder: Path) -> Discovery:
    """Look for a server at OLLAMA_HOST (or port 11434 of this machine), then the embedded model.

    Takes a millisecond where nothing listens, else at most two and a half seconds. Never raises.
    """
    from chatcli.backends.local.model import status
    from chatcli.config.environment import ollama_url

    server = probe(ollama_url(environ))
    if server.kind == "server":
        return server
    local = status(BackendConfig(kind="local"), data_folder)
    if local.ready and local.file:
        reason = f"{server.reason}; the embedded model is there"
        return Discovery("local", reason, model=local.file.model)
    reason = f"{server.reason}; {_lack(local)}"
    return Discovery("none", reason, ways=_ways(local, environ))


def configured(config: Config) -> Config:
    """The configuration with what was discovered as its backend and model.

    Raises ConfigError: there is nothing that answers; its hint tells how to get started.
    """
    from chatcli.config.paths import data_folder

    found = discover(os.environ, data_folder())
    if found.kind == "none":
        raise ConfigError(
            f"no model is configured, and none was found: {found.reason}",
            hint="; or ".join(found.ways),
        )
    if found.kind == "local":
        name, backend = "local", BackendConfig(kind="local")
    else:  # found without a proxy, so asked without one
        name, backend = "ollama", BackendConfig(base_url=found.base_url, proxy="none")
    return replace(config, model=f"{name}/{found.model}", backends={name: backend})


def probe(base_url: str) -> Discovery:
    """Ask a server for its models; kind `server` if it has one to chat with. Never raises."""
    from chatcli.backends.faults.endpoint import Endpoint
    from chatcli.backends.openai.address import read_address
    from chatcli.backends.openai.model_list import read_models

    try:
        address = read_address(base_url, "ollama")
        status, body = _answer_of(address)
        models = read_models(body, Endpoint("ollama", base_url)) if status == 200 else []  # noqa: PLR2004
    except BackendError as error:
        return Discovery("none", error.message)
    except OSError:
        return Discovery("none", f"no server answers at {address.shown}")
    if status != 200:  # noqa: PLR2004
        return Discovery("none", f"the server at {address.shown} answers with status {status}")
    names = [model.id for model in models]
    chatting = [name for name in names if not any(part in name.lower() for part in _NOT_FOR_CHAT)]
    if not chatting:
        return Discovery("none", f"the server at {address.shown} has no model to chat with")
    # Ollama lists the model that was fetched last first
    return Discovery("server", f"{address.shown} answers", address.url, chatting[0])


def _answer_of(address: Address) -> tuple[int, bytes]:
    """As `_get`, but gives up on a silent name server, too, and Ctrl-C works."""
    from contextlib import suppress
    from http.client import HTTPException
    from threading import Thread

    answers: list[tuple[int, bytes]] = []

    def ask() -> None:
        with suppress(OSError, HTTPException, ValueError):
            answers.append(_get(address))

    asking = Thread(target=ask, daemon=True)
    asking.start()
    asking.join(CONNECT_SECONDS + TOTAL_SECONDS)
    if not answers:
        raise OSError("no answer")
    return answers[0]


def _get(address: Address) -> tuple[int, bytes]:
    """Status and body of GET /models. Raises OSError, HTTPException."""
    from http.client import HTTPConnection, HTTPSConnection
    from threading import Timer

    https = address.scheme == "https"
    connection = (HTTPSConnection if https else HTTPConnection)(
        address.host, address.port, timeout=CONNECT_SECONDS
    )
    try:
        connection.connect()
        connection.sock.settimeout(TOTAL_SECONDS)
        # each read has that limit; this one is for a server that sends byte after byte
        limit = Timer(TOTAL_SECONDS, _shut, (connection.sock,))
        limit.daemon = True
        limit.start()
        try:
            path = address.url.partition("://")[2].partition("/")[2]
            connection.request("GET", f"/{path}/models", headers={"Accept": "application/json"})
            response = connection.getresponse()
            return response.status, response.read(_LARGEST_LIST)
        finally:
            limit.cancel()
    finally:
        connection.close()


def _shut(connection: socket) -> None:
    from contextlib import suppress
    from socket import SHUT_RDWR

    with suppress(OSError):
        connection.shutdown(SHUT_RDWR)


def _lack(local: LocalStatus) -> str:
    """Why the embedded model does not answer."""
    if "engine" in local.missing:
        return "the embedded engine is not installed"
    return local.fault or "the embedded model is not there"


def _ways(local: LocalStatus, environ: Mapping[str, str]) -> tuple[str, ...]:
    """How to get started, the least effort first."""
    return (
        f"a small model on this computer, without a key: {local.command}",
        f"a hosted model: {_with_a_key(environ)}export OPENAI_API_KEY=KEY",
        "your own server: start Ollama, or configure one: chatcli config init",
    )


def _with_a_key(environ: Mapping[str, str]) -> str:
    """The hosted servers whose keys are there: only the model has to be named."""
    from chatcli.config.known_backends import KNOWN_BACKENDS

    hosted = {
        name: next((key for key in known.key_variables if environ.get(key)), "")
        for name, known in KNOWN_BACKENDS.items()
        if known.base_url.startswith("https:")
    }
    return "".join(f"-m {name}/MODEL ({key} is set), or " for name, key in hosted.items() if key)
