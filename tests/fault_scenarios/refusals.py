"""Servers that refuse one parameter, role or size, and answer once it is put right."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from tests.fault_exchange import DONE, Exchange, Json, stop
from tests.fault_scenarios.endings import WHOLE, whole_completion
from tests.fault_scenarios.registry import scenario


def _rejects(name: str, says: str, wrong: Callable[[Json], str], **error: object) -> None:
    """Enter a scenario that answers 400 as long as `wrong` finds something to say."""

    async def play(exchange: Exchange) -> None:
        body = exchange.request.json
        complaint = wrong(body)
        if complaint:
            await exchange.answer(400, {"error": {"message": complaint, **error}})
        elif body.get("stream"):
            await exchange.stream(*WHOLE, stop(), DONE)
        else:
            await exchange.answer(200, whole_completion("Hello world"))

    play.__doc__ = says
    scenario(name)(play)


def _names(key: str, sentence: str) -> Callable[[Json], str]:
    return lambda body: sentence if key in body else ""


def _roles(body: Json) -> list[str]:
    return [message["role"] for message in body["messages"]]


def _alternation(body: Json) -> str:
    roles = _roles(body)
    rest = roles[1:] if roles[:1] == ["system"] else roles
    if "system" in rest:
        return "System message must be at the beginning."
    if rest[:1] != ["user"] or any(a == b for a, b in pairwise(rest)):
        return "Conversation roles must alternate user/assistant/user/assistant/..."
    return ""


_rejects(
    "rejects-stream-options",
    "Line 50: does not know stream_options.",
    _names("stream_options", "Unrecognized request argument supplied: stream_options"),
)
_rejects(
    "rejects-max-tokens",
    "Line 50: wants max_completion_tokens.",
    _names(
        "max_tokens",
        "Unsupported parameter: 'max_tokens' is not supported with this model. "
        "Use 'max_completion_tokens' instead.",
    ),
    code="unsupported_parameter",
    param="max_tokens",
)
_rejects(
    "rejects-max-completion-tokens",
    "Line 50: wants max_tokens.",
    _names("max_completion_tokens", "Extra inputs are not permitted: max_completion_tokens"),
)
_rejects(
    "rejects-temperature",
    "Line 50: allows only the default temperature.",
    _names(
        "temperature",
        "Unsupported value: 'temperature' does not support 0.2 with this model. "
        "Only the default (1) value is supported.",
    ),
    code="unsupported_value",
    param="temperature",
)
_rejects(
    "rejects-system",
    "Line 50: has no system role.",
    lambda body: "System role not supported" if "system" in _roles(body) else "",
)
_rejects(
    "rejects-stream",
    "Line 50: does not stream this model.",
    lambda body: (
        "Your organization must be verified to stream this model." if body.get("stream") else ""
    ),
    code="unsupported_value",
    param="stream",
)
_rejects(
    "rejects-two",
    "Line 50: knows neither stream_options nor temperature.",
    lambda body: (
        _names("stream_options", "Unrecognized request argument supplied: stream_options")(body)
        or _names("temperature", "Unsupported value: 'temperature'; only the default is supported")(
            body
        )
    ),
)
_rejects(
    "rejects-two-at-once",
    "Line 50: names all that it does not know in one sentence.",
    lambda body: (
        "Unsupported parameter(s): temperature, max_tokens"
        if {"temperature", "max_tokens"} & body.keys()
        else ""
    ),
)
_rejects(
    "rejects-reasoning-effort",
    "Line 50: xAI's spelling of reasoning_effort.",
    _names("reasoning_effort", "Model does not support parameter reasoningEffort"),
)
_rejects("rejects-stop", "Line 50: knows no stop.", _names("stop", "Unsupported parameter: 'stop'"))
_rejects("strict-roles", "Line 51: one leading system message, strict alternation.", _alternation)
_rejects(
    "strict-content",
    "Line 52: no empty message.",
    lambda body: (
        ""
        if all(m.get("content") for m in body["messages"])
        else "Assistant message must have either content or tool_calls, but not none."
    ),
)
_rejects(
    "text-only",
    "Line 53: content must be text.",
    lambda body: (
        ""
        if all(isinstance(m["content"], str) for m in body["messages"])
        else "this model does not support image input"
    ),
)
