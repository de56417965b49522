"""Answers of odd shapes: other content types, odd chunks, odd bytes."""

from __future__ import annotations

import json

from tests.fault_exchange import DONE, EVENT_STREAM, Exchange, chunk, event, stop, text
from tests.fault_scenarios.endings import WHOLE, whole_completion
from tests.fault_scenarios.registry import answers, scenario, streams

LOGIN_PAGE = (
    "<!doctype html><html><head><title>Sign in &amp; go on</title></head>"
    "<body><form>…</form></body></html>"
)
HTML = {"Content-Type": "text/html; charset=utf-8"}
ESCAPES = "\x1b]0;owned\x07\x1b[2Jred\x1b[31m \x9b31m \x08\x7f end"

streams("empty-reply", "Line 15: 200 and a well-formed stream without any text.", stop(), DONE)
answers(
    "json-reply",
    "Line 16: a whole JSON completion on stream=true.",
    200,
    whole_completion("Hello world"),
)
answers(
    "json-error",
    "Line 17: 200 with a JSON error.",
    200,
    {"error": "Unexpected endpoint or method. (POST /chat/completions)"},
)
answers(
    "greeting",
    "Line 17: 200 and JSON that greets: the root of some API.",
    200,
    {"status": "ok", "message": "Welcome to this API"},
)
answers("html-200", "Line 18: a login page with status 200.", 200, LOGIN_PAGE, HTML)
answers("empty-body", "Line 19: 200 and no body.", 200, b"", {"Content-Type": "application/json"})
answers("empty-stream", "Line 19: 200, an event stream of no bytes.", 200, b"", EVENT_STREAM)


@scenario("status-204")
async def status_204(exchange: Exchange) -> None:
    """Line 19: 204 No Content."""
    await exchange.raw(b"HTTP/1.1 204 No Content\r\n\r\n")
    exchange.keep_alive = True


streams(
    "odd-choices",
    "Line 20: choices and delta empty, null, absent; content null.",
    event({**chunk(), "choices": []}),
    event({**chunk(), "choices": None}),
    event({"id": "x", "object": "chat.completion.chunk"}),
    event({**chunk(), "choices": [{"index": 0, "delta": None, "finish_reason": None}]}),
    event({**chunk(), "choices": [{"index": 0}]}),
    event(chunk({"content": None})),
    *WHOLE,
    stop(),
    DONE,
)
streams(
    "content-list",
    "Line 21: content as a list of thinking and text.",
    event(
        chunk(
            {
                "content": [
                    {"type": "thinking", "thinking": [{"type": "text", "text": "Let me see. "}]},
                ]
            }
        )
    ),
    event(chunk({"content": [{"type": "text", "text": "Hello "}]})),
    text("world"),
    stop(),
    DONE,
)
streams(
    "broken-json-event",
    "Line 22: one event is not JSON.",
    text("Hello "),
    b'data: {"choices": [{"delta": {"conte\n\n',
    text("world"),
    stop(),
    DONE,
)
streams(
    "bad-utf8",
    "Line 23: bytes that are no UTF-8 inside a string.",
    text("Hello "),
    text("w@rld").replace(b"@", b"\xff\xfe"),
    stop(),
    DONE,
)
streams(
    "odd-data",
    "Line 24: data is null, a string, a list, nothing.",
    b'data: null\n\ndata: "x"\n\ndata: [1]\n\ndata:\n\ndata: 7\n\n',
    *WHOLE,
    stop(),
    DONE,
)
streams(
    "bom",
    "Line 25: a byte order mark first.",
    b"\xef\xbb\xbf" + text("Hello "),
    text("world"),
    stop(),
    DONE,
)
streams("cr", "Line 25: lines end with CR.", b"".join([*WHOLE, stop(), DONE]).replace(b"\n", b"\r"))
streams(
    "crlf",
    "Line 25: lines end with CR LF.",
    b"".join([*WHOLE, stop(), DONE]).replace(b"\n", b"\r\n"),
)
streams(
    "multi-line",
    "Line 25: one event over several data lines.",
    b"data: "
    + json.dumps(chunk({"content": "Hello world"}), indent=1).encode().replace(b"\n", b"\ndata: ")
    + b"\n\n",
    stop(),
    DONE,
)
streams(
    "separators",
    "Line 25: raw U+2028 and U+0085 inside a string.",
    b"data: "
    + json.dumps(chunk({"content": "a\u2028b\x85c"}), ensure_ascii=False).encode()
    + b"\n\n",
    stop(),
    DONE,
)
streams(
    "split-surrogate",
    "Line 26: the halves of an emoji in two chunks.",
    text("ok \ud83d"),
    text("\ude00 end"),
    stop(),
    DONE,
)
streams("lone-surrogate", "Line 26: half an emoji.", text("ok \ud83d"), text(" end"), stop(), DONE)
streams("escape-codes", "Line 28: escape sequences in the text.", text(ESCAPES), stop(), DONE)


@scenario("drip")
async def drip(exchange: Exchange) -> None:
    """Line 25: the body byte by byte."""
    await exchange.head()
    for byte in b"".join([*WHOLE, text(" 😀"), stop(), DONE]):
        await exchange.body(bytes([byte]))
    await exchange.end()


@scenario("huge-event")
async def huge_event(exchange: Exchange) -> None:
    """Line 27: one event of five megabytes."""
    await exchange.stream(text("0123456789" * 500_000), stop(), DONE)


@scenario("long")
async def long(exchange: Exchange) -> None:
    """A reply of 25,000 chunks (or `:N`) of four characters, as fast as it goes."""
    piece = text("abc ")
    count = int(exchange.argument or 25_000)
    await exchange.head()
    for start in range(0, count, 100):
        await exchange.body(piece * min(100, count - start))
    await exchange.body(stop(), DONE)
    await exchange.end()
