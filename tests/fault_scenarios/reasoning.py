"""Reasoning in all the fields and tags servers put it in."""

from __future__ import annotations

from tests.fault_exchange import DONE, Exchange, chunk, event, stop, text
from tests.fault_scenarios.registry import answers, scenario, streams


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
    "think-close-cut",
    "Line 36: only the closing tag, and then nothing.",
    text("Let me see.</think>"),
)
answers(
    "think-close-json",
    "Line 36: only the closing tag, in a reply that comes in one piece.",
    200,
    {
        "object": "chat.completion",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "Let me see.</think>\n\nHello world"},
                "finish_reason": "stop",
            }
        ],
    },
)


@scenario("think-close-later")
async def think_close_later(exchange: Exchange) -> None:
    """Line 36: reasoning without a tag, after `release` its closing tag and the answer."""
    await exchange.head()
    await exchange.body(text("Let me see.\n\nThey "), text("say hello.\n"))
    if await exchange.released():
        await exchange.body(text("</th"), text("ink>\n\n"), text("Hello world"), stop(), DONE)
        await exchange.end()


@scenario("answer-later")
async def answer_later(exchange: Exchange) -> None:
    """Line 36: half an answer, after `release` its end: no reasoning at all."""
    await exchange.head()
    await exchange.body(text("Hello,\n\n"))
    if await exchange.released():
        await exchange.body(text("world"), stop(), DONE)
        await exchange.end()


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
