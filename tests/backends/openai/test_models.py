"""The list of models, in all its shapes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chatcli.config.model import Timeouts
from chatcli.core.ports import ModelInfo
from chatcli.errors import (
    BackendConnectionError,
    BackendTimeoutError,
    BadResponseError,
    UnknownModelError,
)
from tests.backends.openai_case import make_backend, opened, run
from tests.fault_server import FaultServer

FOUR = [
    ModelInfo("beta", 8192),
    ModelInfo("alpha", 4096),
    ModelInfo("gamma", 2048),
    ModelInfo("delta"),
]


def listed(base_url: str, timeouts: Timeouts | None = None) -> Sequence[ModelInfo]:
    async def work() -> Sequence[ModelInfo]:
        backend = make_backend(base_url, timeouts=timeouts or Timeouts())
        async with opened(backend):
            return await backend.models()

    return run(work())


@pytest.mark.parametrize(
    ("scenario", "models"),
    [
        ("models-dict", FOUR),
        ("models-list", FOUR),
        ("models-null", []),
        ("models-strings", [ModelInfo("beta"), ModelInfo("alpha")]),
    ],
)
def test_every_shape_of_list_is_read(
    server: FaultServer, scenario: str, models: list[ModelInfo]
) -> None:
    assert listed(server.url_for(scenario)) == models
    assert server.requests[0].path == f"/@{scenario}/v1/models"
    assert server.requests[0].method == "GET"


@pytest.mark.parametrize(
    ("scenario", "kind", "says"),
    [
        ("models-404", UnknownModelError, "no list of models"),
        ("models-html", BadResponseError, "a web page"),
        ("models-error", BadResponseError, "models are not for you"),
        ("empty-body", BadResponseError, "not a list"),
        ("json-reply", BadResponseError, "not a list"),
        ("drop", BackendConnectionError, "closed the connection"),
    ],
)
def test_what_is_no_list_is_an_error(
    server: FaultServer, scenario: str, kind: type[Exception], says: str
) -> None:
    with pytest.raises(kind, match=says):
        listed(server.url_for(scenario))


def test_a_server_that_does_not_answer_has_a_limit(server: FaultServer) -> None:
    with pytest.raises(BackendTimeoutError, match="list of models"):
        listed(server.url_for("no-answer"), Timeouts(connect=0.3))
