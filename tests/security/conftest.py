"""The program with a server that says what it is told to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fault_server import FaultServer
from tests.program import Program
from tests.security import scenarios  # noqa: F401 - enters them


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


@pytest.fixture
def program(tmp_path: Path, server: FaultServer) -> Program:
    """The program, with the server as its backend `fake`."""
    backend = f'[backends.fake]\nbase_url = "{server.base_url}"\napi_key = "sk-any"\n'
    return Program(tmp_path, f'model = "fake/repeats"\n{backend}[retries]\nmax_retries = 0\n')
