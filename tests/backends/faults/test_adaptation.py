"""Which refusals a request can be changed for, and which are the user's to mend."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, strategies as st

from chatcli.backends.faults.adaptation import Adaptation, adaptation_of


def refusal(message: str, **more: object) -> bytes:
    return json.dumps({"error": {"message": message, **more}}).encode()


def missing(*path: str) -> bytes:
    return json.dumps(
        {
            "detail": [
                {"type": "extra_forbidden", "loc": path, "msg": "Extra inputs are not permitted"}
            ]
        }
    ).encode()


OMIT = "omit"


@pytest.mark.parametrize(
    ("body", "quirk", "value"),
    [
        (refusal("Unrecognized request argument supplied: stream_options"), "stream_options", OMIT),
        (missing("body", "stream_options"), "stream_options", OMIT),
        (missing("body", "stream_options", "include_usage"), "stream_options", OMIT),
        (refusal("x is not allowed", param="stream_options"), "stream_options", OMIT),
        (
            refusal("Unknown parameter", param="stream_options.include_usage"),
            "stream_options",
            OMIT,
        ),
        (
            refusal(
                "Unsupported parameter: 'max_tokens' is not supported with this "
                "model. Use 'max_completion_tokens' instead.",
                code="unsupported_parameter",
                param="max_tokens",
            ),
            "max_tokens",
            "max_completion_tokens",
        ),
        (
            refusal(
                "'max_tokens' is not supported with this model. Use "
                "'max_completion_tokens' instead."
            ),
            "max_tokens",
            "max_completion_tokens",
        ),
        (
            refusal("Extra inputs are not permitted: max_completion_tokens"),
            "max_completion_tokens",
            "max_tokens",
        ),
        (missing("body", "max_completion_tokens"), "max_completion_tokens", "max_tokens"),
        (
            refusal(
                "Unsupported value: 'temperature' does not support 0.2 with this "
                "model. Only the default (1) value is supported.",
                param="temperature",
                code="unsupported_value",
            ),
            "temperature",
            OMIT,
        ),
        (refusal("invalid temperature: only 1 is allowed for this model"), "temperature", OMIT),
        (refusal("`temperature` is deprecated for this model"), "temperature", OMIT),
        (
            refusal("`temperature` and `top_p` cannot both be specified for this model"),
            "top_p",
            OMIT,
        ),
        (
            refusal("Unsupported parameter: 'top_p' is not supported with this model."),
            "top_p",
            OMIT,
        ),
        (refusal("Unsupported parameter", param="presence_penalty"), "presence_penalty", OMIT),
        (refusal("Argument not supported: frequency_penalty"), "frequency_penalty", OMIT),
        (refusal("Model does not support parameter reasoningEffort"), "reasoning_effort", OMIT),
        (refusal("Unsupported parameter", param="stop"), "stop", OMIT),
        (refusal("System role not supported"), "system_role", "user"),
        (
            refusal(
                "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
                param="messages[0].role",
            ),
            "system_role",
            "user",
        ),
        (refusal("Developer instruction is not enabled for models/gemma-3"), "system_role", "user"),
        (refusal("Unexpected message role."), "system_role", "user"),
        (
            refusal("Invalid value: 'system'. Supported values are: 'user' and 'assistant'."),
            "system_role",
            "user",
        ),
        (refusal("Only user and assistant roles are supported!"), "system_role", "user"),
        (
            refusal("Conversation roles must alternate user/assistant/user/assistant/..."),
            "system_role",
            "user",
        ),
        (
            refusal(
                "'developer' is not one of ['system', 'assistant', 'user'] - 'messages.0.role'"
            ),
            "developer_role",
            "system",
        ),
        (
            refusal(
                "Your organization must be verified to stream this model.",
                param="stream",
                code="unsupported_value",
            ),
            "stream",
            "false",
        ),
        (refusal("Your organization must be verified to stream this model."), "stream", "false"),
        (refusal("Streaming is not supported for this model"), "stream", "false"),
        (refusal("This model does not support streaming"), "stream", "false"),
        (refusal("stream=true is not supported"), "stream", "false"),
    ],
)
def test_refusals_that_ask_for_a_change(body: bytes, quirk: str, value: str) -> None:
    for status in (400, 422):
        assert adaptation_of(status, body) == Adaptation(quirk, value)


@pytest.mark.parametrize(
    ("sent", "quirk"),
    [
        ({"temperature", "max_tokens"}, "temperature"),
        ({"max_tokens"}, "max_tokens"),
        (set(), None),
        (None, "temperature"),
    ],
)
def test_only_what_was_sent_is_changed(sent: set[str] | None, quirk: str | None) -> None:
    body = refusal("Unsupported parameter(s): temperature, max_tokens")
    adaptation = adaptation_of(400, body, sent)
    assert (adaptation and adaptation.quirk) == quirk


@pytest.mark.parametrize(
    "body",
    [
        refusal("temperature must be between 0 and 2"),
        refusal("Invalid 'temperature': decimal above maximum value", param="temperature"),
        refusal(
            "max_tokens is too large: 100000. This model supports at most 4096 completion tokens"
        ),
        refusal("max_tokens must be at least 1, got -186."),
        refusal("maximum context length is 4096 tokens; unsupported length, reduce max_tokens"),
        refusal("Unsupported parameter: 'seed' is not supported", param="seed"),
        refusal("Unsupported value", param="messages[0].content"),
        refusal("System message must be at the beginning."),
        refusal(
            "After the optional system message, conversation roles must alternate user/assistant"
        ),
        refusal("The stream was upset"),
        refusal("bad thing"),
        b"",
        b"null",
        b"<html>",
    ],
)
def test_refusals_that_do_not(body: bytes) -> None:
    assert adaptation_of(400, body) is None


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_other_faults_are_not_about_parameters(status: int) -> None:
    assert adaptation_of(status, refusal("Unsupported parameter: 'temperature'")) is None


def test_chat_templates_fail_with_500() -> None:
    assert adaptation_of(500, refusal("System role not supported")) == Adaptation(
        "system_role", "user"
    )


@given(st.integers(100, 999), st.binary(max_size=30) | st.text().map(refusal))
def test_any_body(status: int, body: bytes) -> None:
    adaptation_of(status, body)
