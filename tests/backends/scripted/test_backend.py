"""Scripted replies, and the models that need no script."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from chatcli.backends.scripted.backend import ScriptedBackend
from chatcli.config import BackendConfig
from chatcli.core.model import Usage
from chatcli.core.ports import (
    ChatRequest,
    EndPart,
    Message,
    NoticePart,
    ReasoningPart,
    RetryPart,
    StreamPart,
    TextPart,
    UsagePart,
    WaitingPart,
)
from chatcli.errors import (
    BackendSetupError,
    BackendTimeoutError,
    RateLimitedError,
    ServerFaultError,
    UnknownModelError,
)

HI = (Message("system", "Be brief."), Message("user", "Hi"))

SCRIPT = """
[[reply]]
model = "greeting"
reasoning = "They said hello."
text = "Hello **world**"
retries = [0.01]
first_token = 0.01
tokens_per_second = 1000
finish_reason = "length"
notice = "told"
usage = { input_tokens = 5, output_tokens = 2, cost_usd = 0.5 }

[[reply]]
model = "greeting"
text = "Again"

[[reply]]
model = "broken"
text = "Half of it is lost"
error = { kind = "rate_limit", message = "slow down", hint = "wait", after = 4, retry_after = 9 }

[[reply]]
text = "For nobody in particular"
"""


def scripted(script: Path | None = None, **options: object) -> ScriptedBackend:
    config = BackendConfig(kind="scripted", script=str(script or ""), options=options)
    return ScriptedBackend("demo", config)


def played(
    backend: ScriptedBackend, model: str, timeout: float | None = None, **options: object
) -> list[StreamPart]:
    async def collect() -> list[StreamPart]:
        return [part async for part in backend.stream(ChatRequest(model, HI, options, timeout))]

    return asyncio.run(collect())


def text_of(parts: list[StreamPart]) -> str:
    return "".join(part.text for part in parts if isinstance(part, TextPart))


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "demo.toml"
    path.write_text(SCRIPT)
    return path


def test_every_key_of_a_reply_is_played(script: Path) -> None:
    parts = played(scripted(script), "greeting")
    assert text_of(parts) == "Hello **world**"
    assert [part for part in parts if not isinstance(part, TextPart)] == [
        RetryPart(2, 2, 0.01, "the script asks to wait"),
        WaitingPart(0.01),
        ReasoningPart("They said hello."),
        NoticePart("told"),
        UsagePart(Usage(5, 2, 0.5)),
        EndPart("length"),
    ]


def test_replies_of_one_model_are_played_in_turn(script: Path) -> None:
    backend = scripted(script)
    texts = [text_of(played(backend, "greeting")) for _ in range(3)]
    assert texts == ["Hello **world**", "Again", "Again"]


def test_a_fault_comes_after_part_of_the_text(script: Path) -> None:
    parts: list[StreamPart] = []

    async def collect() -> None:
        async for part in scripted(script).stream(ChatRequest("broken", HI)):
            parts.append(part)  # noqa: PERF401 - what came before the fault is wanted

    with pytest.raises(RateLimitedError, match="slow down") as caught:
        asyncio.run(collect())
    assert text_of(parts) == "Half"
    assert (caught.value.hint, caught.value.retry_after) == ("wait", 9)


def test_a_reply_without_a_model_answers_to_the_default_name(script: Path) -> None:
    assert text_of(played(scripted(script), "script")) == "For nobody in particular"


def test_built_in_models_stay_beside_a_script(script: Path) -> None:
    assert text_of(played(scripted(script), "echo")) == "(2 messages) Hi"
    listed = asyncio.run(scripted(script).models())
    names = [model.id for model in listed]
    assert names == ["greeting", "broken", "script", "echo", "lorem", "slow", "fail"]


def test_an_unknown_model_names_the_known_ones() -> None:
    with pytest.raises(UnknownModelError) as caught:
        played(scripted(), "gpt")
    assert "echo, lorem, slow, fail" in caught.value.hint


def test_without_a_script_the_default_model_echoes() -> None:
    assert text_of(played(scripted(), "script")) == "(2 messages) Hi"


def test_lorem_is_as_long_and_fast_as_asked_for() -> None:
    parts = played(scripted(), "lorem", tokens_per_second=0, times=100)
    assert text_of(parts).count("# A long reply") == 100


def test_pieces_at_a_pace_are_the_whole_text() -> None:
    whole = text_of(played(scripted(), "lorem", tokens_per_second=0))
    paced = played(scripted(tokens_per_second=2000), "lorem")
    assert text_of(paced) == whole
    assert sum(isinstance(part, TextPart) for part in paced) > 1


def test_a_failing_model_fails_as_asked_for() -> None:
    with pytest.raises(ServerFaultError):
        played(scripted(), "fail")
    with pytest.raises(RateLimitedError):
        played(scripted(), "fail", kind="rate_limit")


def test_a_slow_model_runs_into_the_time_limit() -> None:
    with pytest.raises(BackendTimeoutError):
        played(scripted(), "slow", timeout=0.05)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[reply]]\ntextt = 'x'", "unknown key textt"),
        ("[[reply]]\ntext = 5", "text has a value of the wrong type"),
        ("[[reply]]\nerror = { kind = 'nonsense' }", "unknown kind of error"),
        ("[[reply]]\nusage = { tokens = 1 }", "unknown key tokens"),
        ("[[replies]]\n", "holds replies"),
        ("reply = 1", r"no \[\[reply\]\]"),
        ("[[reply", "no TOML file"),
    ],
)
def test_a_wrong_script_names_what_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    with pytest.raises(BackendSetupError, match=says):
        played(scripted(path), "echo")


def test_a_missing_script_is_named(tmp_path: Path) -> None:
    with pytest.raises(BackendSetupError, match=r"missing\.toml"):
        played(scripted(tmp_path / "missing.toml"), "echo")
