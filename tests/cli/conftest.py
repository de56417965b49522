"""What the tests of the command line share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fault_server import FaultServer
from tests.program import Program


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


@pytest.fixture
def program(tmp_path: Path, server: FaultServer) -> Program:
    """The program, with the fault server as its backend `fake`."""
    config = (
        'model = "fake/ok"\n'
        f'[backends.fake]\nbase_url = "{server.base_url}"\napi_key = "sk-secret"\n'
        "[retries]\nmax_retries = 1\nmax_wait = 0.2\n"
        '[roles.reviewer]\nsystem = "You review."\n'
        '[models.careful]\nmodel = "fake/status:500"\nfallbacks = ["fake/ok"]\n'
    )
    return Program(tmp_path, config)
