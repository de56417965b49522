"""A conversation that is too long, in the words of each server."""

from __future__ import annotations

import pytest

from chatcli.errors import (
    BadRequestError,
    ContextTooLongError,
    RateLimitedError,
)
from tests.backends.error_answers import fault, openai
from tests.fault_scenarios.overflows import OVERFLOWS


@pytest.mark.parametrize("server", OVERFLOWS)
def test_a_conversation_that_is_too_long(server: str) -> None:
    status, body = OVERFLOWS[server]
    error = fault(status, body)
    assert type(error) is ContextTooLongError
    assert "/compact" in error.hint
    assert "conversation is too long" in error.message


@pytest.mark.parametrize(
    ("status", "body", "figures"),
    [
        (
            400,
            openai("maximum context length is 4096 tokens, however you requested 5000"),
            "5000 tokens, the limit is 4096",
        ),
        (
            400,
            openai("maximum context length is 4097 tokens. Your messages resulted in 5000 tokens"),
            "5000 tokens, the limit is 4097",
        ),
        (
            400,
            openai(
                "This model's maximum prompt length is 131072 but "
                "the request contains 200000 tokens."
            ),
            "200000 tokens, the limit is 131072",
        ),
        (
            400,
            openai(
                "The input token count (200000) exceeds the maximum "
                "number of tokens allowed (131072)."
            ),
            "200000 tokens, the limit is 131072",
        ),
        (
            400,
            openai("x", type="exceed_context_size_error", n_prompt_tokens=5000, n_ctx=4096),
            "5000 tokens, the limit is 4096",
        ),
        (
            400,
            openai("the request (5000 tokens) exceeds the available context size (4096 tokens)"),
            "5000 tokens, the limit is 4096",
        ),
        (
            400,
            {
                "error": "number of tokens to keep from the initial prompt "
                "is greater than the context length (4096)"
            },
            "the limit is 4096 tokens",
        ),
        (
            400,
            {
                "message": "prompt contains 5000 tokens, too large for "
                "model with 4096 maximum context length"
            },
            "5000 tokens, the limit is 4096",
        ),
        (
            400,
            openai("prompt is too long: 210,000 tokens > 200,000 maximum"),
            "210000 tokens, the limit is 200000",
        ),
        (
            400,
            openai("prompt token count of 5000 exceeds the limit of 4096"),
            "5000 tokens, the limit is 4096",
        ),
        (400, openai("Your request exceeded model token limit: 8192"), "the limit is 8192 tokens"),
        (
            400,
            openai("Current length is 5000 while limit is 4096"),
            "5000 tokens, the limit is 4096",
        ),
        (
            422,
            {
                "error": "`inputs` tokens + `max_new_tokens` must be "
                "<= 4096. Given: 5000 `inputs` tokens"
            },
            "5000 tokens, the limit is 4096",
        ),
        (400, openai("max_tokens must be at least 1, got -186."), ""),
        (
            400,
            openai(
                "You passed 33000 input tokens and requested 0 output tokens. However, the "
                "model's context length is only 32768 tokens"
            ),
            "33000 tokens, the limit is 32768",
        ),
        (400, openai("invalid params, context window exceeds limit (2013)"), ""),
        (
            400,
            openai(
                "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, "
                "decrease input length"
            ),
            "the limit is 200000 tokens",
        ),
        (400, openai("Input is too long for requested model."), ""),
        (403, openai("The total number of tokens exceeds what the model allows"), ""),
        (
            429,
            openai(
                "Request too large. The input or output tokens must be "
                "reduced in order to run successfully."
            ),
            "",
        ),
        (
            413,
            openai(
                "Request too large for model on tokens per minute (TPM): Limit 6000, Requested 7000"
            ),
            "7000 tokens, the limit is 6000",
        ),
        (
            400,
            openai("Provider returned error", metadata={"error_type": "context_length_exceeded"}),
            "",
        ),
        (400, openai("prompt too long; exceeded max context length by 904 tokens"), ""),
        (
            400,
            openai("Input tokens exceed the configured limit of 4096 tokens."),
            "the limit is 4096 tokens",
        ),
    ],
)
def test_overflow_figures(status: int, body: object, figures: str) -> None:
    error = fault(status, body)
    assert type(error) is ContextTooLongError
    assert error.message.startswith(
        f"the conversation is too long for acme-1{figures and ': '}{figures}"
    )


@pytest.mark.parametrize(
    "body",
    [
        openai("Invalid 'user': string too long. Expected a string with maximum length 64"),
        openai(
            "Invalid 'x': string too long. Expected a string with maximum length 9",
            code="string_above_max_length",
        ),
        openai(
            "max_tokens is too large: 100000. This model supports at most 4096 completion tokens"
        ),
        openai("The image exceeds the limit of 20 MB"),
        openai("Image context: wrong size"),
    ],
)
def test_what_is_no_overflow(body: object) -> None:
    assert type(fault(400, body)) is BadRequestError


@pytest.mark.parametrize(
    "message",
    [
        "Too many tokens, please wait before trying again.",
        "Tokens per minute exceeds the limit of 10000",
        "Daily token limit exceeded",
    ],
)
def test_a_limit_for_a_minute_or_a_day_is_no_overflow(message: str) -> None:
    assert type(fault(429, openai(message))) is RateLimitedError
