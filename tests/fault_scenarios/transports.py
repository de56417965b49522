"""HTTP itself: versions, framings and heads that are rare, odd or none."""

from __future__ import annotations

from tests.fault_exchange import DONE, Exchange, stop
from tests.fault_scenarios.endings import WHOLE
from tests.fault_scenarios.registry import scenario

REPLY = b"".join([*WHOLE, stop(), DONE])
EARLY = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n"
HEAD = b"Content-Type: text/event-stream\r\n"


@scenario("early-hints")
async def early_hints(exchange: Exchange) -> None:
    """Heads with 100 and 103 before the one that counts."""
    await exchange.raw(EARLY)
    await exchange.stream(REPLY)


@scenario("http-1.0")
async def http_1_0(exchange: Exchange) -> None:
    """HTTP/1.0: the body ends with the connection."""
    await exchange.raw(b"HTTP/1.0 200 OK\r\n" + HEAD + b"\r\n" + REPLY)


@scenario("chunk-extensions")
async def chunk_extensions(exchange: Exchange) -> None:
    """Chunks of one byte with extensions and leading zeros, a trailer behind them."""
    await exchange.raw(b"HTTP/1.1 200 OK\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    for byte in REPLY:
        await exchange.raw(b'0001;name="a b"\r\n%c\r\n' % byte)
    await exchange.raw(b"0\r\nX-Trailer: yes\r\n\r\n")
    exchange.keep_alive = True


@scenario("chunk-size-broken")
async def chunk_size_broken(exchange: Exchange) -> None:
    """A chunk whose size is none; `:later`, behind some text."""
    await exchange.head()
    await exchange.body(*(WHOLE if exchange.argument else ()))
    await exchange.raw(b"zz\r\n" + stop())


@scenario("counts-too-far")
async def counts_too_far(exchange: Exchange) -> None:
    """A Content-Length that the body does not reach."""
    head = b"HTTP/1.1 200 OK\r\n" + HEAD
    await exchange.raw(head + b"Content-Length: %d\r\n\r\n" % (len(REPLY) + 50) + REPLY)


@scenario("stray-bytes")
async def stray_bytes(exchange: Exchange) -> None:
    """A body longer than its Content-Length: the rest lies before the connection's next answer."""
    head = b"HTTP/1.1 200 OK\r\n" + HEAD
    await exchange.raw(
        head + b"Content-Length: %d\r\n\r\n" % len(REPLY) + REPLY + b"data: x\r\n\r\n"
    )
    exchange.keep_alive = True


@scenario("no-http")
async def no_http(exchange: Exchange) -> None:
    """Something else listens: bytes that are no HTTP."""
    await exchange.raw(b"<html>\r\n\r\n")


@scenario("huge-head")
async def huge_head(exchange: Exchange) -> None:
    """A head of 200 kB."""
    await exchange.raw(b"HTTP/1.1 200 OK\r\nX-Pad: " + b"a" * 200_000 + b"\r\n\r\n")


@scenario("head-cut")
async def head_cut(exchange: Exchange) -> None:
    """The connection closes inside the head."""
    await exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Ty")
