"""Models whose reasoning is closed and never opened: what is told, learned and forgotten."""

from __future__ import annotations

import pytest

from chatcli.backends.openai.backend import OpenAIBackend
from chatcli.backends.openai.quirks import ForgetfulQuirks
from chatcli.core.ports import ChatRequest, Message, StreamPart, TextPart, TextWasReasoningPart
from chatcli.errors import ReplyCutOffError
from tests.backends.heard import text_and_reasoning
from tests.backends.openai_case import Outcome, ask, asked, make_backend, opened, run
from tests.fault_server import FaultServer

NAME = "unopened_reasoning qwen3"
ANSWERED = ("Hello world", "Let me see.\n\nThey say hello.\n")
THOUGHT = {"chat_template_kwargs": {"enable_thinking": True}}


def play(server: FaultServer, quirks: ForgetfulQuirks, scenario: str, **options: object) -> Outcome:
    server.script(scenario)
    return ask(server.base_url, "qwen3", options_sent=options, quirks=quirks)


def is_tentative(outcome: Outcome) -> bool:
    return outcome.of(TextPart)[0].tentative


async def parts_in_two(
    server: FaultServer, backend: OpenAIBackend, scenario: str
) -> list[StreamPart]:
    """The parts of a reply whose second half comes once some of the first has been seen."""
    server.script(scenario)
    parts: list[StreamPart] = []
    stream = backend.stream(ChatRequest("qwen3", (Message("user", "Hi"),)))
    async for part in stream:
        parts.append(part)
        if isinstance(part, TextPart):
            server.release()
    return parts


def test_text_that_was_given_is_called_reasoning(server: FaultServer) -> None:
    async def work() -> list[StreamPart]:
        async with opened(make_backend(server.base_url)) as backend:
            return await parts_in_two(server, backend, "think-close-later")

    parts = run(work())
    assert text_and_reasoning(parts) == ANSWERED
    assert sum(isinstance(part, TextWasReasoningPart) for part in parts) == 1
    assert not any(part.tentative for part in parts if isinstance(part, TextPart))


def test_the_next_reply_begins_as_probable_reasoning(server: FaultServer) -> None:
    async def work() -> list[StreamPart]:
        async with opened(make_backend(server.base_url)) as backend:
            await asked(backend, "think-close-only")
            server.script("think-close-only")
            await asked(backend, "qwen3")
            return await parts_in_two(server, backend, "think-close-later")

    parts = run(work())
    assert text_and_reasoning(parts) == ANSWERED
    at = next(i for i, part in enumerate(parts) if isinstance(part, TextWasReasoningPart))
    texts = [(i, part) for i, part in enumerate(parts) if isinstance(part, TextPart)]
    assert [part.tentative for _, part in texts] == [i < at for i, _ in texts]
    assert texts[0][0] < at < texts[-1][0]


def test_it_is_learned_for_one_model_of_one_server(server: FaultServer) -> None:
    quirks = ForgetfulQuirks()
    play(server, quirks, "think-close-only")
    assert quirks.known(server.base_url) == {NAME: "yes"}
    other = ask(server.base_url, "ok", quirks=quirks)
    assert not is_tentative(other)
    assert quirks.known(server.base_url) == {NAME: "yes"}


def test_thinking_switched_by_an_option_is_learned_with_it(server: FaultServer) -> None:
    quirks = ForgetfulQuirks()
    play(server, quirks, "think-close-only", **THOUGHT, temperature=0.1)
    (name,) = quirks.known(server.base_url)
    assert name == f'{NAME} {{"chat_template_kwargs": {{"enable_thinking": true}}}}'
    off = {"chat_template_kwargs": {"enable_thinking": False}}
    for options in ({}, off, {"reasoning_effort": "none"}):
        assert not is_tentative(play(server, quirks, "ok", **options))
    assert is_tentative(play(server, quirks, "ok", **THOUGHT, temperature=0.9))
    assert quirks.known(server.base_url) == {}


@pytest.mark.parametrize(
    ("scenario", "text", "reasoning"),
    [
        ("ok", "Hello world", ""),
        ("think-split", "Hello world", "Let me see."),
        ("reasoning", "Hello world", "Let me see."),
        ("think-literal", "Write <think>x</think> to think", ""),
    ],
)
def test_a_reply_of_another_kind_is_right_and_makes_it_forgotten(
    server: FaultServer, scenario: str, text: str, reasoning: str
) -> None:
    quirks = ForgetfulQuirks()
    play(server, quirks, "think-close-only")
    outcome = play(server, quirks, scenario)
    assert (outcome.text, outcome.reasoning) == (text, reasoning)
    assert outcome.ended
    assert not outcome.of(TextWasReasoningPart)
    assert quirks.known(server.base_url) == {}
    assert not is_tentative(play(server, quirks, "ok"))


@pytest.mark.parametrize("scenario", ["length", "content-filter", "cut-mid-event", "error-event"])
def test_a_reply_that_stopped_early_proves_nothing_and_keeps_its_text(
    server: FaultServer, scenario: str
) -> None:
    quirks = ForgetfulQuirks()
    play(server, quirks, "think-close-only")
    outcome = play(server, quirks, scenario)
    assert outcome.text == "Half an answer"
    assert is_tentative(outcome)
    assert quirks.known(server.base_url) == {NAME: "yes"}


def test_only_reasoning_and_its_end_is_a_reply_cut_off(server: FaultServer) -> None:
    outcome = ask(server.base_url, "think-close-cut")
    assert isinstance(outcome.error, ReplyCutOffError)
    assert (outcome.text, outcome.reasoning) == ("", "Let me see.")


def test_a_reply_in_one_piece_has_nothing_to_take_back(server: FaultServer) -> None:
    outcome = ask(server.base_url, "think-close-json", options_sent={"stream": False})
    assert (outcome.text, outcome.reasoning) == ("Hello world", "Let me see.")
    assert not outcome.of(TextWasReasoningPart)
