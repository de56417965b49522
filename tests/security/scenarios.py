"""Scenarios of the fault server in which the message decides what a terminal is to obey."""

from __future__ import annotations

from tests.fault_exchange import DONE, Exchange, chunk, event, stop, text
from tests.fault_scenarios.registry import scenario


@scenario("repeats")
async def repeats(exchange: Exchange) -> None:
    """The last message is the reply, in pieces of three characters, and the reasoning."""
    words = exchange.request.messages[-1]["content"]
    pieces = [text(words[at : at + 3]) for at in range(0, len(words), 3)]
    await exchange.stream(event(chunk({"reasoning_content": words})), *pieces, stop(), DONE)


@scenario("refuses")
async def refuses(exchange: Exchange) -> None:
    """400, and the last message is the reason and everything else that can be told."""
    words = exchange.request.messages[-1]["content"]
    error = {"message": words, "type": words, "code": words, "param": words}
    await exchange.answer(400, {"error": error})


@scenario("breaks-off")
async def breaks_off(exchange: Exchange) -> None:
    """Half a reply, then an error event whose message is the last message."""
    words = exchange.request.messages[-1]["content"]
    await exchange.stream(text("Half of it"), event({"error": {"message": words}}))


def _key(exchange: Exchange) -> str:
    return exchange.request.headers.get("authorization", "").removeprefix("Bearer ")


@scenario("tells-key")
async def tells_key(exchange: Exchange) -> None:
    """`tells-key:STATUS` quotes the key in each field of the error, whole and in parts."""
    key = _key(exchange)
    said = f"bad key {key}, that is Bearer {key} ({key[:12]}...{key[-4:]})"
    error = {"message": said, "code": key, "type": key, "param": key, "metadata": {"raw": said}}
    headers = {"x-request-id": key, "www-authenticate": key}
    await exchange.answer(int(exchange.argument), {"error": error, "detail": said}, headers)


@scenario("tells-key-in-stream")
async def tells_key_in_stream(exchange: Exchange) -> None:
    """Half a reply, then an error event that quotes the key."""
    said = f"upstream refused {_key(exchange)}"
    await exchange.stream(text("Half of it"), event({"error": {"message": said, "code": said}}))


@scenario("moves-with-key")
async def moves_with_key(exchange: Exchange) -> None:
    """A redirect to an address that holds the key."""
    key = _key(exchange)
    target = f"http://user:{key}@127.0.0.1:1/{key}/v1?key={key}"
    await exchange.answer(302, b"", {"Location": target})


@scenario("page-with-key")
async def page_with_key(exchange: Exchange) -> None:
    """A login page whose title is the key."""
    page = f"<!doctype html><html><head><title>{_key(exchange)}</title></head></html>"
    await exchange.answer(200, page, {"Content-Type": "text/html"})


@scenario("tells-request")
async def tells_request(exchange: Exchange) -> None:
    """`tells-request:STATUS` quotes the address and the authorization of the request."""
    request = exchange.request
    said = f"no such thing: {request.path} for {request.headers.get('authorization')}"
    await exchange.answer(int(exchange.argument), {"error": {"message": said}})
