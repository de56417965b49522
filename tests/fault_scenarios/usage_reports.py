"""Usage in all the places servers put it in; the right numbers are 12 in, 3 out."""

from __future__ import annotations

from tests.fault_exchange import DONE, chunk, event, stop, text, usage
from tests.fault_scenarios.registry import streams

_TEXT = (text("Hello "), text("world"))


def _last(finish: str | None = "stop", **more: object) -> bytes:
    return event(chunk(None, finish, **more))


def _extra(**more: object) -> bytes:
    return event({**chunk(), "choices": [], **more})


streams("usage-extra", "Line 38: in an extra chunk.", *_TEXT, stop(), _extra(usage=usage()), DONE)
streams("usage-finish", "Line 38: in the last chunk.", *_TEXT, _last(usage=usage()), DONE)
streams(
    "usage-cumulative",
    "Line 38: growing in every chunk.",
    event(chunk({"content": "Hello "}, usage=usage(12, 1))),
    event(chunk({"content": "world"}, usage=usage(12, 2))),
    _last(usage=usage()),
    DONE,
)
streams(
    "usage-choice",
    "Line 38: inside the choice.",
    *_TEXT,
    event(
        {
            **chunk(),
            "choices": [{"index": 0, "delta": {}, "finish_reason": "stop", "usage": usage()}],
        }
    ),
    DONE,
)
streams(
    "usage-groq", "Line 38: in x_groq.", *_TEXT, _last(x_groq={"id": "r", "usage": usage()}), DONE
)
streams(
    "usage-null",
    "Line 38: fields null; nothing is known.",
    *_TEXT,
    _last(usage={"prompt_tokens": None, "completion_tokens": None, "total_tokens": None}),
    DONE,
)
streams("usage-none", "Line 38: none.", *_TEXT, stop(), DONE)
streams(
    "usage-strings",
    "Line 38: numbers as strings.",
    *_TEXT,
    _last(usage={"prompt_tokens": "12", "completion_tokens": "3"}),
    DONE,
)
streams(
    "usage-truncated",
    "Line 49: the server read far less than was sent.",
    *_TEXT,
    _last(usage=usage(given=4)),
    DONE,
)
streams("usage-cost", "The server's own price.", *_TEXT, _last(usage=usage(cost=0.25)), DONE)
