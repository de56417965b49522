"""Errors that arrive inside a stream which began with status 200."""

from __future__ import annotations

from tests.fault_exchange import DONE, chunk, event, stop, text, usage
from tests.fault_scenarios.endings import HALF
from tests.fault_scenarios.registry import streams

ERROR = {"message": "The engine fell over", "type": "server_error", "code": 500}
RAW = '{"error": {"message": "upstream ran out of memory"}}'

streams("error-event", "Line 9: an error event after text.", *HALF, event({"error": ERROR}))
streams(
    "error-status",
    "Line 9: an error with an HTTP status inside, before any text.",
    event({"error": {"message": "It is too busy", "code": 503}}),
)
streams("error-first", "Line 9: an error event before any text.", event({"error": ERROR}))
streams(
    "error-after-usage",
    "Line 9: an error event before any text, and the usage before it.",
    event({"choices": [], "usage": usage(99, 0)}),
    event({"error": ERROR}),
)
streams(
    "error-openrouter",
    "Line 10: error and finish_reason error; the truth in metadata.raw.",
    *HALF,
    event(
        {
            **chunk(None, "error"),
            "error": {
                "code": 502,
                "message": "Provider returned error",
                "metadata": {"raw": RAW, "provider_name": "Acme"},
            },
        }
    ),
)
streams("error-string", "Line 11: the error is a string.", *HALF, event({"error": "out of memory"}))
streams(
    "error-named-event",
    "Line 12: `event: error` without an error key.",
    *HALF,
    b"event: error\n" + event({"message": "The engine fell over"}),
)
streams(
    "error-flat",
    "Line 12: vLLM's flat error object.",
    event({"object": "error", "message": "The engine fell over", "type": "Internal", "code": 500}),
    DONE,
)
streams(
    "error-null",
    "Line 13: error null in normal chunks.",
    event(chunk({"content": "Hello "}, error=None)),
    event(chunk({"content": "world"}, error=None)),
    stop(),
    DONE,
)
streams(
    "error-overflow",
    "Line 48: the context overflow comes inside the stream.",
    event(
        {
            "error": {
                "message": "the request exceeds the available context size (4096 tokens)",
                "type": "exceed_context_size_error",
                "n_prompt_tokens": 5000,
                "n_ctx": 4096,
            }
        }
    ),
)
streams(
    "text-only-in-stream",
    "Line 53: an image refused inside the stream.",
    event({"error": {"message": "model is not multimodal", "code": 400}}),
    DONE,
)
streams(
    "error-escapes",
    "Line 28: escape sequences in an error.",
    text("Half"),
    event({"error": {"message": "bad \x1b]0;owned\x07 thing"}}),
)
