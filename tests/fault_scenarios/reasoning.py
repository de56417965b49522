"""Reasoning in all the fields and tags servers put it in."""

from __future__ import annotations

from tests.fault_exchange import DONE, chunk, event, stop, text
from tests.fault_scenarios.registry import streams


def _thinks(**fields: object) -> bytes:
    return event(chunk({"content": "", **fields}))


_ANSWER = (text("Hello "), text("world"), stop(), DONE)
DETAILS = [
    {"type": "reasoning.text", "text": "Let me see.", "signature": "sig", "index": 0},
    {"type": "reasoning.encrypted", "data": "c2VjcmV0", "index": 1},
]

streams(
    "reasoning-content",
    "Line 35: delta.reasoning_content.",
    _thinks(reasoning_content="Let me "),
    _thinks(reasoning_content="see."),
    *_ANSWER,
)
streams(
    "reasoning",
    "Line 35: delta.reasoning.",
    _thinks(reasoning="Let me "),
    _thinks(reasoning="see."),
    *_ANSWER,
)
streams(
    "reasoning-both",
    "Line 35: both fields with the same text.",
    _thinks(reasoning="Let me ", reasoning_content="Let me "),
    _thinks(reasoning="see.", reasoning_content="see."),
    *_ANSWER,
)
streams(
    "think-split",
    "Line 36: <think> tags split over chunks.",
    text("<thi"),
    text("nk>Let me "),
    text("see.</th"),
    text("ink>\n\nHello "),
    text("world"),
    stop(),
    DONE,
)
streams(
    "think-close-only",
    "Line 36: only the closing tag.",
    text("Let me "),
    text("see.</think>"),
    text("\n\nHello world"),
    stop(),
    DONE,
)
streams(
    "think-literal",
    "Line 36: a literal <think> in the middle of the text.",
    text("Write "),
    text("<think>x</think> to think"),
    stop(),
    DONE,
)
streams(
    "reasoning-details",
    "Line 37: reasoning_details with a signature and an encrypted part.",
    _thinks(reasoning="Let me see.", reasoning_details=DETAILS),
    *_ANSWER,
)
