"""What is sent: the body, the headers, and what changes when a server refuses part of it."""

from __future__ import annotations

import json

import pytest

from chatcli.backends.openai.quirks import ForgetfulQuirks
from chatcli.core.model import Reasoning
from chatcli.core.ports import Message
from chatcli.errors import BadRequestError
from tests.backends.openai_case import ask, asked, make_backend, opened, run
from tests.fault_scenarios.reasoning import DETAILS
from tests.fault_server import FaultServer


def test_only_what_was_set_is_sent(server: FaultServer) -> None:
    ask(server.base_url, "ok")
    assert server.requests[0].json == {
        "model": "ok",
        "messages": [{"role": "user", "content": "Hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert server.requests[0].path == "/v1/chat/completions"


def test_options_of_the_message_go_before_those_of_the_backend(server: FaultServer) -> None:
    ask(
        server.base_url,
        "ok",
        options={"temperature": 0.2, "top_k": 40, "seed": None},
        options_sent={"temperature": 1, "chat_template_kwargs": {"enable_thinking": False}},
    )
    body = server.requests[0].json
    assert body["temperature"] == 1
    assert body["top_k"] == 40
    assert body["chat_template_kwargs"] == {"enable_thinking": False}
    assert "seed" not in body


def test_a_whole_reply_can_be_asked_for(server: FaultServer) -> None:
    outcome = ask(server.base_url, "ok", options_sent={"stream": False})
    assert outcome.text == "Hello world"
    assert "stream_options" not in server.requests[0].json


def test_an_option_that_json_cannot_hold_is_refused(server: FaultServer) -> None:
    outcome = ask(server.base_url, "ok", options_sent={"temperature": float("nan")})
    assert isinstance(outcome.error, BadRequestError)
    assert "temperature" in outcome.error.message
    assert server.requests == []


def test_roles_alternate_whatever_the_history(server: FaultServer) -> None:
    history = [
        Message("user", "a"),
        Message("system", "late"),
        Message("user", "b"),
        Message("assistant", ""),
        Message("user", "c"),
        Message("assistant", "d"),
        Message("assistant", "e"),
        Message("system", "later"),
        Message("user", "f"),
    ]
    assert ask(server.base_url, "strict-roles", history).text == "Hello world"
    assert ask(server.base_url, "strict-content", history).text == "Hello world"
    assert len(server.requests) == 2  # nothing was refused
    assert server.requests[0].messages == [
        {"role": "system", "content": "late\n\nlater"},
        {"role": "user", "content": "a\n\nb\n\nc"},
        {"role": "assistant", "content": "d\n\ne"},
        {"role": "user", "content": "f"},
    ]


@pytest.mark.parametrize("messages", [(), (Message("system", "only"),), (Message("user", " "),)])
def test_nothing_to_say_is_not_sent(server: FaultServer, messages: tuple[Message, ...]) -> None:
    assert isinstance(ask(server.base_url, "ok", messages).error, BadRequestError)
    assert server.requests == []


@pytest.mark.parametrize("prompt", ["half \ud83d of it", "a\x00b", "x" * 2_000_000])
def test_any_prompt_can_be_sent(server: FaultServer, prompt: str) -> None:
    outcome = ask(server.base_url, "ok", [Message("user", prompt)])
    assert outcome.ended
    assert server.requests[0].messages[0]["content"] == prompt.replace("\ud83d", "\ufffd")


def test_reasoning_details_go_back_to_where_they_came_from_only(server: FaultServer) -> None:
    unsigned = {"type": "reasoning.text", "text": "unsigned"}
    raw = json.dumps({"field": "reasoning", "reasoning_details": [*DETAILS, unsigned]})
    for source in ("test", "another"):
        history = (
            Message("user", "a"),
            Message("assistant", "b", Reasoning("Let me see.", source, raw)),
            Message("user", "c"),
        )
        ask(server.base_url, "ok", history)
    own, foreign = (request.messages[1] for request in server.requests)
    assert own == {"role": "assistant", "content": "b", "reasoning_details": DETAILS}
    assert foreign == {"role": "assistant", "content": "b"}


@pytest.mark.parametrize(
    ("scenario", "options", "sent"),
    [
        ("rejects-stream-options", {}, {"stream_options": None}),
        ("rejects-max-tokens", {"max_tokens": 9}, {"max_tokens": None, "max_completion_tokens": 9}),
        (
            "rejects-max-completion-tokens",
            {"max_completion_tokens": 9},
            {"max_tokens": 9, "max_completion_tokens": None},
        ),
        ("rejects-temperature", {"temperature": 0.2}, {"temperature": None}),
        ("rejects-stream", {}, {"stream": False, "stream_options": None}),
        ("rejects-two", {"temperature": 0.2}, {"stream_options": None, "temperature": None}),
        (
            "rejects-two-at-once",
            {"temperature": 0.2, "max_tokens": 9},
            {"temperature": None, "max_tokens": None, "max_completion_tokens": 9},
        ),
        ("rejects-reasoning-effort", {"reasoning_effort": "low"}, {"reasoning_effort": None}),
        ("rejects-stop", {"stop": ["x"]}, {"stop": None}),
    ],
)
def test_a_refused_parameter_is_adapted_once_and_remembered(
    server: FaultServer, scenario: str, options: dict[str, object], sent: dict[str, object]
) -> None:
    quirks = ForgetfulQuirks()
    first = ask(server.base_url, scenario, options_sent=options, quirks=quirks)
    tries = len(server.requests)
    second = ask(server.base_url, scenario, options_sent=options, quirks=quirks)
    assert first.text == second.text == "Hello world"
    assert first.ended
    assert len(first.notices) == tries - 1 > 0
    assert "from now on" in first.notices[0]
    assert second.notices == []
    assert len(server.requests) == tries + 1
    for request in server.requests[tries - 1 :]:
        assert {name: request.json.get(name) for name in sent} == sent


def test_a_refused_system_role_is_folded_into_the_first_message(server: FaultServer) -> None:
    messages = (Message("system", "Be brief."), Message("user", "Hi"))
    outcome = ask(server.base_url, "rejects-system", messages)
    assert outcome.text == "Hello world"
    assert server.requests[1].messages == [{"role": "user", "content": "Be brief.\n\nHi"}]


def test_what_one_model_refuses_is_still_sent_to_another(server: FaultServer) -> None:
    async def work() -> None:
        async with opened(make_backend(server.base_url)) as backend:
            await asked(backend, "rejects-temperature", options={"temperature": 0.2})
            await asked(backend, "ok", options={"temperature": 0.2})

    run(work())
    assert server.requests[-1].json["temperature"] == 0.2


def test_an_adaptation_that_does_not_help_is_not_remembered(server: FaultServer) -> None:
    quirks = ForgetfulQuirks()
    server.script("rejects-temperature", "status:400")
    outcome = ask(server.base_url, "any", options_sent={"temperature": 0.2}, quirks=quirks)
    assert isinstance(outcome.error, BadRequestError)
    assert quirks.known(server.base_url) == {}


def test_completions_get_the_conversation_as_one_prompt(server: FaultServer) -> None:
    history = (
        Message("system", "Be brief."),
        Message("user", "One?"),
        Message("assistant", "Two."),
        Message("user", "Three?"),
    )
    outcome = ask(server.base_url, "completions", history, api="completions")
    assert outcome.text == "Hello world"
    assert outcome.ended
    (request,) = server.requests
    assert request.path == "/v1/completions"
    assert request.json["prompt"] == (
        "System: Be brief.\n\nUser: One?\n\nAssistant: Two.\n\nUser: Three?\n\nAssistant:"
    )
    assert request.json["stop"] == ["\nUser:"]


def test_the_users_own_stop_goes_before_ours(server: FaultServer) -> None:
    ask(server.base_url, "completions", api="completions", options_sent={"stop": ["###"]})
    assert server.requests[0].json["stop"] == ["###"]


def test_the_rest_of_an_earlier_answer_does_not_spoil_the_next(server: FaultServer) -> None:
    async def work() -> None:
        async with opened(make_backend(server.base_url, max_retries=1)) as backend:
            assert (await asked(backend, "stray-bytes")).text == "Hello world"
            assert (await asked(backend, "ok")).text == "Hello world"

    run(work())


def test_connections_are_used_again(server: FaultServer) -> None:
    async def work() -> None:
        async with opened(make_backend(server.base_url)) as backend:
            for _ in range(3):
                assert (await asked(backend, "ok")).ended

    run(work())
    assert len({request.connection for request in server.requests}) == 1
