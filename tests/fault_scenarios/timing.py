"""Servers that are slow, silent, or hold on."""

from __future__ import annotations

from tests.fault_exchange import DONE, Exchange, stop, text
from tests.fault_scenarios.endings import HALF, WHOLE
from tests.fault_scenarios.registry import scenario

PING = b": keep-alive\n\n"


@scenario("comments-then-text")
async def comments_then_text(exchange: Exchange) -> None:
    """Line 29: comments until `release` (or for `:SECONDS`), then the reply."""
    await exchange.head()
    left = float(exchange.argument or "inf")
    while left > 0 and not exchange.is_released and await exchange.pause(0.05):
        await exchange.body(PING)
        left -= 0.05
    await exchange.body(*WHOLE, stop(), DONE)
    await exchange.end()


@scenario("comments-forever")
async def comments_forever(exchange: Exchange) -> None:
    """Line 30: comments until the client leaves."""
    await exchange.head()
    while await exchange.pause(0.05):
        await exchange.body(PING)


@scenario("text-then-comments")
async def text_then_comments(exchange: Exchange) -> None:
    """Line 30: some text, then comments until the client leaves."""
    await exchange.head()
    await exchange.body(*HALF)
    while await exchange.pause(0.05):
        await exchange.body(PING)


@scenario("stall-after-text")
async def stall_after_text(exchange: Exchange) -> None:
    """Lines 31, 34, 61: some text, then silence until `release`, which brings the end."""
    await exchange.head()
    await exchange.body(*HALF)
    if await exchange.released():
        await exchange.body(text(", and the rest"), stop(), DONE)
        await exchange.end()


@scenario("stall-after-head")
async def stall_after_head(exchange: Exchange) -> None:
    """Line 32: headers, then silence until `release`, which brings the reply."""
    await exchange.head()
    if await exchange.released():
        await exchange.body(*WHOLE, stop(), DONE)
        await exchange.end()


@scenario("no-answer")
async def no_answer(exchange: Exchange) -> None:
    """Line 32: not a byte until `release`, which brings the reply."""
    if await exchange.released():
        await exchange.stream(*WHOLE, stop(), DONE)


@scenario("drop")
async def drop(exchange: Exchange) -> None:
    """The connection closes without an answer."""
    exchange.close()


@scenario("drop-once")
async def drop_once(exchange: Exchange) -> None:
    """The first connection closes without an answer; the next request is answered."""
    if exchange.nth == 1:
        exchange.close()
    else:
        await exchange.stream(*WHOLE, stop(), DONE)


@scenario("silent-after-finish")
async def silent_after_finish(exchange: Exchange) -> None:
    """Line 33: a whole reply without [DONE], then the socket is held until the client leaves."""
    await exchange.head()
    await exchange.body(*WHOLE, stop())
    await exchange.client_gone()


@scenario("held-open")
async def held_open(exchange: Exchange) -> None:
    """Line 33: a whole reply with [DONE], then the socket is held until the client leaves."""
    await exchange.head()
    await exchange.body(*WHOLE, stop(), DONE)
    await exchange.client_gone()


@scenario("endless")
async def endless(exchange: Exchange) -> None:
    """Line 34: numbered words, 100 a second (or `:RATE`), until the client leaves."""
    await exchange.head()
    number = 0
    while await exchange.pause(1 / float(exchange.argument or 100)):
        number += 1
        await exchange.body(text(f"{number} "))


@scenario("paced")
async def paced(exchange: Exchange) -> None:
    """`paced:COUNT` numbered words at 100 a second, then the end."""
    await exchange.head()
    for number in range(1, int(exchange.argument or 100) + 1):
        if not await exchange.pause(0.01):
            return
        await exchange.body(text(f"{number} "))
    await exchange.body(stop(), DONE)
    await exchange.end()
