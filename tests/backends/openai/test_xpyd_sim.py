"""A real server: xpyd-sim, in front of no model but with the timing and the API of vLLM."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from chatcli.core.model import Usage
from chatcli.core.ports import ChatRequest, ModelInfo, TextPart
from chatcli.errors import AuthenticationError, UnknownModelError
from tests.backends.openai_case import HI, ask, asked, make_backend, opened, run
from tests.extras import installed, xpyd_sim
from tests.program import wait_until
from tests.real_server import RealServer, running

KEY = "sim-key-0123456789"
pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    command = [*installed(xpyd_sim), "serve", "--host", "127.0.0.1", "--port", "0"]
    speed = ["--prefill-delay-ms", "1", "--decode-delay-per-token-ms", "5", "--eos-min-ratio", "1"]
    folder = tmp_path_factory.mktemp("xpyd-sim")
    with running([*command, *speed, "--require-api-key", KEY], folder) as server:
        yield server


@pytest.fixture
def base_url(server: RealServer) -> str:
    return f"{server.url}/v1"


def test_a_reply(base_url: str) -> None:
    outcome = ask(base_url, "dummy", key=KEY, options_sent={"max_tokens": 5})
    assert outcome.text == "The quick brown fox jumps"
    assert outcome.ended
    assert outcome.finish_reason in {"stop", "length"}
    assert outcome.usage == Usage(1, 5)


def test_completions(base_url: str) -> None:
    outcome = ask(base_url, "dummy", key=KEY, api="completions", options_sent={"max_tokens": 5})
    assert outcome.ended
    assert outcome.text


def test_replies_side_by_side(base_url: str) -> None:
    async def work() -> list[str]:
        async with opened(make_backend(base_url, key=KEY)) as backend:
            replies = [asked(backend, "dummy", options={"max_tokens": 20}) for _ in range(8)]
            return [outcome.text for outcome in await asyncio.gather(*replies)]

    texts = run(work())
    assert all(texts)
    assert len(set(texts)) == 1


def test_a_cancelled_reply_closes_its_connection(server: RealServer, base_url: str) -> None:
    async def work() -> None:
        async with opened(make_backend(base_url, key=KEY)) as backend:
            parts = backend.stream(ChatRequest("dummy", HI, {"max_tokens": 5000}))
            assert isinstance(await anext(parts), TextPart)
            assert server.open_connections
            await parts.aclose()
            await asyncio.to_thread(wait_until, lambda: server.open_connections == 0)
            assert (await asked(backend, "dummy", options={"max_tokens": 5})).ended

    run(work())


def test_a_wrong_key(base_url: str) -> None:
    assert isinstance(ask(base_url, "dummy", key="wrong").error, AuthenticationError)


def test_an_unknown_model_is_refused_or_answered(base_url: str) -> None:
    error = ask(base_url, "no-such-model", key=KEY, options_sent={"max_tokens": 5}).error
    assert error is None or isinstance(error, UnknownModelError)


def test_its_models(base_url: str) -> None:
    async def work() -> list[ModelInfo]:
        async with opened(make_backend(base_url, key=KEY)) as backend:
            return list(await backend.models())

    assert [model.id for model in run(work())] == ["dummy"]
