"""A real server: xpyd-sim, where its program is on the path or named by XPYD_SIM."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from chatcli.core.model import Usage
from chatcli.core.ports import ChatRequest, ModelInfo, TextPart
from chatcli.errors import AuthenticationError, UnknownModelError
from tests.backends.openai_case import HI, ask, asked, make_backend, opened, run

PROGRAM = os.environ.get("XPYD_SIM") or shutil.which("xpyd-sim")
KEY = "sim-key-0123456789"
pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(PROGRAM is None, reason="xpyd-sim is not installed"),
]


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    assert PROGRAM
    speed = ["--prefill-delay-ms", "1", "--decode-delay-per-token-ms", "5", "--eos-min-ratio", "1"]
    command = [PROGRAM, "serve", "--host", "127.0.0.1", "--port", "0", *speed]
    with subprocess.Popen(
        [*command, "--require-api-key", KEY],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout
        for line in process.stdout:
            found = re.search(r"running on (http://[\d.:]+)", line)
            if found:
                break
        else:
            pytest.fail("xpyd-sim did not start")
        yield f"{found.group(1)}/v1"
        process.terminate()


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


def test_a_cancelled_reply_leaves_the_next_one_alone(base_url: str) -> None:
    async def work() -> None:
        async with opened(make_backend(base_url, key=KEY)) as backend:
            parts = backend.stream(ChatRequest("dummy", HI, {"max_tokens": 5000}))
            assert isinstance(await anext(parts), TextPart)
            await parts.aclose()
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
