"""Streams that end in every way but the right one, and the right one."""

from __future__ import annotations

import gzip
import json
import zlib

from tests.fault_exchange import DONE, EVENT_STREAM, Exchange, chunk, event, stop, text, usage
from tests.fault_scenarios.registry import scenario, streams

HALF = (text("Half an "), text("answer"))
"""What every cut reply says before the cut."""
WHOLE = (event(chunk({"role": "assistant", "content": ""})), text("Hello "), text("world"))
"""What every whole reply says."""
CALLS = [{"index": 0, "id": "call_1", "function": {"name": "look_up", "arguments": "{}"}}]
GZIPPED = {**EVENT_STREAM, "Content-Encoding": "gzip"}


@scenario("ok")
async def ok(exchange: Exchange) -> None:
    """A faultless reply: Hello world, with usage; whole JSON where no stream was asked for."""
    if exchange.request.json.get("stream"):
        ending = (stop(), event({**chunk(), "choices": [], "usage": usage()}), DONE)
        await exchange.stream(*WHOLE, *ending)
    else:
        await exchange.answer(200, whole_completion("Hello world"))


@scenario("echo")
async def echo(exchange: Exchange) -> None:
    """Repeats the last message and says how many there were: `3 messages: TEXT`."""
    messages = exchange.request.messages
    said = f"{len(messages)} messages: {messages[-1]['content']}"
    await exchange.stream(text(said), stop(), DONE)


@scenario("completions")
async def completions(exchange: Exchange) -> None:
    """A completions-only server: `/completions` streams texts, `/chat/completions` is 404."""
    if exchange.request.path.endswith("/chat/completions"):
        await exchange.answer(404, {"detail": "Not Found"})
        return
    pieces = [{"text": part, "index": 0, "finish_reason": None} for part in (" Hello ", "world")]
    last = {"text": "", "index": 0, "finish_reason": "stop"}
    events = [event({"object": "text_completion", "choices": [p]}) for p in [*pieces, last]]
    await exchange.stream(*events, DONE)


def whole_completion(content: str, finish: str = "stop") -> dict[str, object]:
    """A chat completion that was not streamed."""
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return {"id": "c1", "object": "chat.completion", "choices": [choice], "usage": usage()}


streams("no-end", "Line 1: a clean end without finish_reason or [DONE].", *HALF)
streams("no-done", "Line 2: finish_reason, no [DONE].", *WHOLE, stop())
streams("no-finish", "Line 3: [DONE], no finish_reason.", *WHOLE, DONE)
streams("tight-done", "Line 4: [DONE] without space or newline.", *WHOLE, b"data:[DONE]")
streams(
    "no-blank-line",
    "Line 7: the last event has no blank line.",
    *WHOLE,
    b"data: " + json.dumps(chunk({"content": "!"}, "stop")).encode(),
)
streams(
    "gzip-ok",
    "Line 8: a gzip body.",
    gzip.compress(b"".join([*WHOLE, stop(), DONE])),
    headers=GZIPPED,
)
streams(
    "ollama-crash",
    "Line 14: text, an empty chunk, a clean close: a crashed Ollama.",
    *HALF,
    event(chunk({"role": "assistant", "content": ""})),
)
streams(
    "stop-everywhere",
    "Line 39: finish_reason stop on every chunk.",
    *(event(chunk({"content": part}, "stop")) for part in ("Hello ", "wor", "ld")),
    DONE,
)
streams("length", "Line 40: cut by the token limit.", *HALF, stop("length"), DONE)
streams("content-filter", "Line 41: stopped by a filter.", *HALF, stop("content_filter"), DONE)
streams(
    "filtered-at-once",
    "Line 41: stopped by a filter before any text.",
    stop("content_filter"),
    DONE,
)
streams(
    "refusal",
    "Line 41: delta.refusal in place of content.",
    event(chunk({"refusal": "I can't "})),
    event(chunk({"refusal": "help with that"})),
    stop(),
    DONE,
)
streams(
    "blank-reply",
    "Line 15: nothing but white space.",
    event(chunk({"content": "\n"})),
    event(chunk({"content": " \n"})),
    stop(),
    DONE,
)
streams(
    "tool-call",
    "Line 15: a tool call, which nobody offered, and no text.",
    event(chunk({"role": "assistant", "content": None, "tool_calls": CALLS})),
    stop("tool_calls"),
    DONE,
)
streams(
    "tool-call-after-text",
    "Line 42: a tool call, which nobody offered, after some text.",
    *WHOLE,
    event(chunk({"tool_calls": CALLS})),
    stop("tool_calls"),
    DONE,
)
streams("odd-finish", "Line 42: an unknown finish_reason.", *WHOLE, stop("eos"), DONE)


@scenario("cut-chunked")
async def cut_chunked(exchange: Exchange) -> None:
    """Line 5: the connection closes inside a chunked body."""
    await exchange.head()
    await exchange.body(*HALF)
    exchange.close()


@scenario("cut-inside-chunk")
async def cut_inside_chunk(exchange: Exchange) -> None:
    """Line 5: the connection closes inside one HTTP chunk."""
    await exchange.head()
    await exchange.body(*HALF)
    await exchange.raw(b"400\r\ndata: {")
    exchange.close()


@scenario("reset")
async def reset(exchange: Exchange) -> None:
    """Line 5: a TCP reset after some text (wait for `release` first when given `:wait`)."""
    await exchange.head()
    await exchange.body(*HALF)
    # a reset throws away what the client has not read yet: let it read
    await (exchange.released() if exchange.argument else exchange.pause(0.2))
    exchange.reset()


@scenario("cut-before-text")
async def cut_before_text(exchange: Exchange) -> None:
    """Line 5: a TCP reset after the head."""
    await exchange.head()
    await exchange.pause(0.2)
    exchange.reset()


@scenario("cut-mid-event")
async def cut_mid_event(exchange: Exchange) -> None:
    """Line 6: a body that ends with the connection, in the middle of an event."""
    await exchange.head(chunked=False)
    await exchange.body(*HALF, text(" and the rest that never came")[:40])


@scenario("gzip-cut")
async def gzip_cut(exchange: Exchange) -> None:
    """Line 8: a gzip body cut in the middle, the HTTP framing in order."""
    packed = gzip.compress(b"".join([*HALF, *(text(f" {n * 7919 % 1009}") for n in range(400))]))
    await exchange.stream(packed[: len(packed) // 2], headers=GZIPPED)


@scenario("gzip-bad-later")
async def gzip_bad_later(exchange: Exchange) -> None:
    """Line 8: a gzip body that goes on as something else."""
    packer = zlib.compressobj(wbits=31)
    packed = packer.compress(b"".join(HALF)) + packer.flush(zlib.Z_SYNC_FLUSH)
    await exchange.stream(packed, b"\xff" * 50, headers=GZIPPED)


@scenario("gzip-bad")
async def gzip_bad(exchange: Exchange) -> None:
    """Line 8: a body that claims to be gzip and is not."""
    await exchange.stream(*WHOLE, stop(), DONE, headers=GZIPPED)
