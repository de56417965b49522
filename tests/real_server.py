"""Runs a server's program for tests: on a free port of its choice, stopped afterwards."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.program import wait_until


class RealServer:
    """A running server process, as the system sees it."""

    def __init__(self, process: psutil.Popen, log: Path) -> None:
        self.process = process
        self.log = log

    @property
    def url(self) -> str:
        """Where it answers: `http://127.0.0.1:port`."""
        return f"http://127.0.0.1:{self._ports(psutil.CONN_LISTEN)[0]}"

    @property
    def open_connections(self) -> int:
        """How many clients are connected to it."""
        return len(self._ports(psutil.CONN_ESTABLISHED))

    def is_listening(self) -> bool:
        """Whether it takes connections yet; fails the test when the process is gone."""
        if self.process.poll() is not None:
            pytest.fail(f"the server did not start: {self.log.read_text()}")
        return bool(self._ports(psutil.CONN_LISTEN))

    def _ports(self, status: str) -> list[int]:
        connections = self.process.net_connections(kind="tcp4")
        return [c.laddr.port for c in connections if c.status == status]


@contextmanager
def running(command: list[str], folder: Path, **environment: str) -> Iterator[RealServer]:
    """The server, ready for requests; what it prints goes to a file in `folder`."""
    log = folder / "server.log"
    with log.open("wb") as output:
        process = psutil.Popen(
            command,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = RealServer(process, log)
    try:
        wait_until(server.is_listening, "the server")
        yield server
    finally:
        process.kill()
        process.wait()
