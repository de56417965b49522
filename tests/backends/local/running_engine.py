"""The real embedded engine, and what the system knows about its process."""

from __future__ import annotations

import http.client
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil

from chatcli.backends.local import engine
from chatcli.backends.local.backend import LocalBackend
from chatcli.config.model import BackendConfig, Retries, Timeouts
from chatcli.core.ports import Message
from tests.engine import engine_folder

MODEL = "smollm2-135m-instruct"

SHORT: Mapping[str, object] = {"max_tokens": 12, "ignore_eos": True}

ENDLESS: Mapping[str, object] = {"max_tokens": 8000, "ignore_eos": True}


@asynccontextmanager
async def local(folder: Path | None = None, **config: Any) -> AsyncIterator[LocalBackend]:
    """A backend on the real model, closed afterwards; `config` are keys of its configuration."""
    backend = LocalBackend(
        "local",
        BackendConfig(kind="local", **config),
        timeouts=Timeouts(),
        retries=Retries(),
        data_folder=folder or engine_folder(),
    )
    try:
        yield backend
    finally:
        await backend.close()


def prompt(text: str = "Say hello.") -> tuple[Message, ...]:
    return (Message("user", text),)


def children() -> list[psutil.Process]:
    """The engine processes of this one."""
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if child.status() != psutil.STATUS_ZOMBIE and engine.__file__ in child.cmdline()
    ]


def port_and_key() -> tuple[int, str]:
    """Where the engine answers, and with which key, as the system knows it."""
    (process,) = children()
    (address,) = [c.laddr for c in process.net_connections() if c.status == psutil.CONN_LISTEN]
    assert address.ip == "127.0.0.1"
    return address.port, process.environ()["CHATCLI_ENGINE_KEY"]


def get(path: str, port: int, key: str) -> tuple[int, Any, Mapping[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
        response = connection.getresponse()
        return response.status, json.loads(response.read()), dict(response.getheaders())
    finally:
        connection.close()


def busy_slots() -> int:
    _, slots, _ = get("/slots", *port_and_key())
    return sum(slot["is_processing"] for slot in slots)
