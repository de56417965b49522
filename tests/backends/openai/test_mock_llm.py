"""A real server: mock-llm, which says again what it was told, and reports errors inside streams."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatcli.core.ports import ChatRequest, Message, ModelInfo, TextPart
from chatcli.errors import AuthenticationError, ExitCode, UnknownModelError
from tests.backends.openai_case import Outcome, ask, asked, make_backend, opened, run
from tests.extras import installed, mock_llm
from tests.program import Program, wait_until
from tests.real_server import RealServer, running

KEY = "mock-key-0123456789"
MODEL = "gpt-5.2"
SENTENCE = "Say this again, all of it and in order."
pytestmark = pytest.mark.servers


def rule(match: str, status: int, **content: object) -> dict[str, object]:
    """An answer to every chat request that a JMESPath expression finds true."""
    response = {"status": status, "content": json.dumps(content)}
    return {"path": "/v1/chat/completions", "match": match, "response": response}


def echo() -> dict[str, object]:
    said = {"role": "assistant", "content": "{{jmes request body.messages[-1].content}}"}
    choice = {"index": 0, "message": said, "finish_reason": "stop"}
    return rule("@", 200, id="chatcmpl-1", model=MODEL, choices=[choice])


def refusal(match: str, status: int, code: str, message: str) -> dict[str, object]:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return rule(match, status, error=error)


def configuration() -> dict[str, object]:
    """Replies in many small pieces; of all rules that match, the last one answers."""
    listed = json.dumps({"object": "list", "data": [{"id": MODEL, "object": "model"}]})
    models = {"path": "/v1/models", "response": {"status": 200, "content": listed}}
    unknown = refusal(f"body.model != '{MODEL}'", 404, "model_not_found", "No such model.")
    wrong_key = f"headers.authorization != 'Bearer {KEY}'"
    denied = refusal(wrong_key, 401, "invalid_api_key", "Incorrect API key provided.")
    streaming = {"chunkSize": 3, "chunkIntervalMs": 1}
    return {"streaming": streaming, "rules": [echo(), models, unknown, denied]}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    command = installed(mock_llm)
    folder = tmp_path_factory.mktemp("mock-llm")
    file = folder / "mock-llm.yaml"
    file.write_text(json.dumps(configuration()))  # YAML reads all JSON
    address = {"HOST": "127.0.0.1", "PORT": "0"}
    with running([*command, "--config", str(file)], folder, **address) as server:
        yield server


@pytest.fixture
def base_url(server: RealServer) -> str:
    return f"{server.url}/v1"


@pytest.fixture
def program(tmp_path: Path, base_url: str) -> Program:
    """The program, with the server as its backend `mock`."""
    backend = f'[backends.mock]\nbase_url = "{base_url}"\napi_key = "{KEY}"\n'
    return Program(tmp_path, f'model = "mock/{MODEL}"\n{backend}')


def told(
    base_url: str, text: str, model: str = MODEL, key: str = KEY, **options: object
) -> Outcome:
    """The reply to one message."""
    return ask(base_url, model, (Message("user", text),), key=key, options_sent=options)


def test_a_streamed_reply(base_url: str) -> None:
    outcome = told(base_url, SENTENCE)
    assert outcome.text == SENTENCE
    assert len(outcome.of(TextPart)) > 1
    assert outcome.ended
    assert outcome.finish_reason == "stop"


def test_a_reply_in_one_piece(base_url: str) -> None:
    outcome = told(base_url, SENTENCE, stream=False)
    assert outcome.text == SENTENCE
    assert len(outcome.of(TextPart)) == 1
    assert outcome.ended


def test_characters_that_the_server_cuts_in_half(base_url: str) -> None:
    text = "a🙂🙃🙂🙃b" * 5  # its pieces are three UTF-16 units long
    assert told(base_url, text).text == text


def test_replies_side_by_side(base_url: str) -> None:
    texts = [f"{number}: {SENTENCE}" for number in range(8)]

    async def work() -> list[str]:
        async with opened(make_backend(base_url, key=KEY)) as backend:
            replies = [asked(backend, MODEL, (Message("user", text),)) for text in texts]
            return [outcome.text for outcome in await asyncio.gather(*replies)]

    assert run(work()) == texts


def test_a_cancelled_reply_closes_its_connection(server: RealServer, base_url: str) -> None:
    async def work() -> None:
        async with opened(make_backend(base_url, key=KEY)) as backend:
            parts = backend.stream(ChatRequest(MODEL, (Message("user", SENTENCE * 1000),), {}))
            assert isinstance(await anext(parts), TextPart)
            assert server.open_connections
            await parts.aclose()
            await asyncio.to_thread(wait_until, lambda: server.open_connections == 0)
            assert (await asked(backend, MODEL, (Message("user", "Hi"),))).text == "Hi"

    run(work())


@pytest.mark.parametrize("stream", [True, False])
def test_a_wrong_key(base_url: str, stream: bool) -> None:
    error = told(base_url, "Hi", key="wrong", stream=stream).error
    assert isinstance(error, AuthenticationError)


@pytest.mark.parametrize("stream", [True, False])
def test_an_unknown_model(base_url: str, stream: bool) -> None:
    error = told(base_url, "Hi", "no-such-model", stream=stream).error
    assert isinstance(error, UnknownModelError)


def test_its_models(base_url: str) -> None:
    async def work() -> list[ModelInfo]:
        async with opened(make_backend(base_url, key=KEY)) as backend:
            return list(await backend.models())

    assert [model.id for model in run(work())] == [MODEL]


def test_sessions_of_several_programs_at_once(program: Program) -> None:
    texts = [f"{number}: {SENTENCE}" for number in range(3)]
    sends = [program.start("send", "-q", "-s", f"s{text[0]}", text) for text in texts]
    for text, process in zip(texts, sends, strict=True):
        assert process.communicate() == (f"{text}\n".encode(), b"")
        assert process.returncode == 0
        assert [turn["content"] for turn in program.history(f"s{text[0]}")] == [text, text]


def test_the_program_says_what_is_wrong(program: Program) -> None:
    unknown = program.run("send", "-m", "mock/no-such-model", "Hi")
    assert (unknown.code, unknown.output) == (ExitCode.REFUSED, b"")
    assert "no-such-model" in unknown.stderr
    program.config_file.write_text(program.config.replace(KEY, "wrong-key"))
    denied = program.run("send", "Hi")
    assert (denied.code, denied.output) == (ExitCode.REFUSED, b"")
    assert "key" in denied.stderr
    assert "wrong-key" not in denied.stderr
