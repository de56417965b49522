"""What a message to each scenario of the fault server comes to."""

from __future__ import annotations

from typing import NamedTuple


class Ending(NamedTuple):
    """Exit code, kind of error ("" for none), and the text that is kept."""

    exit_code: int
    kind: str
    text: str


ENDINGS: dict[Ending, tuple[str, ...]] = {
    Ending(0, "", "Hello world"): (
        "bom",
        "broken-json-event",
        "content-list",
        "cr",
        "crlf",
        "drop-once",
        "error-null",
        "gzip-ok",
        "held-open",
        "json-reply",
        "multi-line",
        "no-done",
        "no-finish",
        "odd-choices",
        "odd-data",
        "odd-finish",
        "ok",
        "reasoning",
        "reasoning-both",
        "reasoning-content",
        "reasoning-details",
        "rejects-max-completion-tokens",
        "rejects-max-tokens",
        "rejects-stream",
        "rejects-stream-options",
        "rejects-system",
        "rejects-temperature",
        "rejects-two",
        "stop-everywhere",
        "strict-content",
        "strict-roles",
        "text-only",
        "think-close-only",
        "think-split",
        "tight-done",
        "usage-choice",
        "usage-cost",
        "usage-cumulative",
        "usage-extra",
        "usage-finish",
        "usage-groq",
        "usage-none",
        "usage-null",
        "usage-strings",
        "usage-truncated",
    ),
    Ending(0, "", "Hello world!"): ("no-blank-line",),
    Ending(0, "", "Hello w��rld"): ("bad-utf8",),
    Ending(0, "", "I can't help with that"): ("refusal",),
    Ending(0, "", "Write <think>x</think> to think"): ("think-literal",),
    Ending(0, "", "a\u2028b\x85c"): ("separators",),
    Ending(0, "", "ok � end"): ("lone-surrogate",),
    Ending(0, "", "ok 😀 end"): ("split-surrogate",),
    Ending(3, "authentication", ""): (
        "body-cut",
        "needs-key",
        "wrong-key",
    ),
    Ending(3, "bad_request", ""): (
        "body-detail",
        "body-detail-text",
        "body-escapes",
        "body-gemini",
        "body-mistral",
        "body-null",
        "body-string",
        "body-truncated",
        "body-vllm",
        "body-xai",
        "text-only-in-stream",
    ),
    Ending(3, "bad_response", ""): (
        "empty-body",
        "empty-stream",
        "gzip-bad",
        "html-200",
        "redirect",
        "status-204",
    ),
    Ending(3, "context_too_long", ""): (
        "body-empty",
        "error-overflow",
        "overflow",
    ),
    Ending(3, "quota", ""): (
        "no-credit",
        "no-quota",
    ),
    Ending(3, "unknown_model", ""): (
        "json-error",
        "unknown-model",
    ),
    Ending(5, "content_filter", "Half an answer"): ("content-filter",),
    Ending(5, "cut_off", "Half an answer"): (
        "cut-chunked",
        "cut-inside-chunk",
        "cut-mid-event",
        "no-end",
        "ollama-crash",
        "reset",
    ),
    Ending(5, "empty_reply", ""): ("empty-reply",),
    Ending(5, "length", "Half an answer"): ("length",),
    Ending(5, "server_error", "Half"): ("error-escapes",),
    Ending(5, "server_error", "Half an answer"): (
        "error-event",
        "error-named-event",
        "error-openrouter",
        "error-string",
    ),
    Ending(5, "timeout", "Half an answer"): (
        "stall-after-text",
        "text-then-comments",
    ),
    Ending(75, "connection", ""): ("drop",),
    Ending(75, "overloaded", ""): (
        "body-endless",
        "body-html",
    ),
    Ending(75, "rate_limit", ""): ("retry-after",),
    Ending(75, "server_error", ""): (
        "error-first",
        "error-flat",
    ),
    Ending(75, "timeout", ""): (
        "body-stalls",
        "body-timeout-html",
        "comments-forever",
        "no-answer",
        "stall-after-head",
    ),
}
"""The scenarios that end in each way."""
