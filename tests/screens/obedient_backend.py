"""A backend whose reply is what the prompt asks for, so that a test decides by typing."""

from __future__ import annotations

import asyncio
import logging
import sys
import warnings
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from pathlib import Path

from chatcli.core.model import Usage
from chatcli.core.ports import (
    ChatRequest,
    EndPart,
    ModelInfo,
    ReasoningPart,
    RetryPart,
    StreamPart,
    TextPart,
    TextWasReasoningPart,
    UsagePart,
)
from chatcli.errors import AuthenticationError, OverloadedError, ReplyCutOffError

WORDS_PER_PARAGRAPH = 37

Parts = AsyncGenerator[StreamPart, None]


def numbered(count: int, prefix: str) -> Iterator[str]:
    """Words that name themselves, in paragraphs: a0 a1 a2 ..."""
    for number in range(count):
        ends = number % WORDS_PER_PARAGRAPH == WORDS_PER_PARAGRAPH - 1
        yield f"{prefix}{number}" + ("\n\n" if ends else " ")


class ObedientBackend:
    """Understands, as the last message:

    `words COUNT RATE PREFIX`  numbered words, so many a second (0: all at once); with PATH behind
                               it, the reply ends once that file exists
    `file PATH RATE`           a file, in pieces of four characters
    `say TEXT`                 the text; a vertical bar stands for a newline
    `pieces TEXT`              the text in pieces between vertical bars, Python's escapes obeyed
    `think COUNT`              that many words of reasoning, then an answer
    `untagged PATH TEXT`       the text; once the file exists it was reasoning if it ends with a
                               question mark (bars as above)
    `tentative PATH TEXT`      the same, and the text may be reasoning from the start
    `fail`, `cut TEXT`, `retry` no reply; half a reply; a wait of an hour, then a reply
    Anything else is repeated.
    """

    name = "obedient"

    async def stream(self, request: ChatRequest) -> Parts:
        """Do as the last message says."""
        order, _, rest = request.messages[-1].content.partition(" ")
        obey = ORDERS.get(order)
        if obey is None:
            yield TextPart(f"You said: {request.messages[-1].content}")
        else:
            async for part in obey(rest):
                yield part
        yield UsagePart(Usage(10, 20))
        yield EndPart("stop")

    async def models(self) -> Sequence[ModelInfo]:
        """One."""
        return [ModelInfo("one"), ModelInfo("two")]

    async def close(self) -> None:
        """Nothing to do."""


async def paced(pieces: Iterator[str], rate: float) -> Parts:
    """So many pieces a second; at high rates several at a time."""
    loop = asyncio.get_running_loop()
    begin = loop.time()
    for number, piece in enumerate(pieces):
        if rate:
            ahead = begin + number / rate - loop.time()
            if ahead > 0:
                await asyncio.sleep(ahead)
        yield TextPart(piece)


async def until_there(path: str) -> None:
    while not await asyncio.to_thread(Path(path).exists):
        await asyncio.sleep(0.02)


async def words(rest: str) -> Parts:
    count, rate, prefix, *gate = rest.split()
    async for part in paced(numbered(int(count), prefix), float(rate)):
        yield part
    for path in gate:
        await until_there(path)


async def file(rest: str) -> Parts:
    path, rate = rest.rsplit(" ", 1)
    text = await asyncio.to_thread(Path(path).read_text, "utf-8")
    async for part in paced((text[i : i + 4] for i in range(0, len(text), 4)), float(rate)):
        yield part


async def say(rest: str) -> Parts:
    yield TextPart(rest.replace("|", "\n"))


async def pieces(rest: str) -> Parts:
    for piece in rest.split("|"):
        yield TextPart(piece.encode().decode("unicode_escape"))


async def think(rest: str) -> Parts:
    for word in numbered(int(rest), "t"):
        yield ReasoningPart(word)
    yield TextPart("thought about it")


async def untagged(rest: str) -> Parts:
    async for part in reasoned(rest, tentative=False):
        yield part


async def tentative(rest: str) -> Parts:
    async for part in reasoned(rest, tentative=True):
        yield part


async def reasoned(rest: str, *, tentative: bool) -> Parts:
    path, text = rest.split(" ", 1)
    yield TextPart(text.replace("|", "\n"), tentative)
    await until_there(path)
    if text.endswith("?"):
        yield TextWasReasoningPart()
        yield TextPart("the answer")


async def fail(rest: str) -> Parts:
    if rest != "never":
        raise AuthenticationError("the key is wrong (401)", hint="set another key")
    yield TextPart("")


async def cut(rest: str) -> Parts:
    yield TextPart(f"half of {rest}")
    raise ReplyCutOffError("the connection was cut")


async def retry(_: str) -> Parts:
    yield RetryPart(2, 4, 3600, "overloaded (503)")
    await asyncio.sleep(3600)
    raise OverloadedError("overloaded (503)")


async def print_(rest: str) -> Parts:
    print(f"{rest} on standard output")
    print(f"{rest} on standard error", file=sys.stderr)
    warnings.warn(f"{rest} on standard anything", stacklevel=1)
    logging.getLogger("some.library").error("%s on standard logging", rest)
    yield TextPart("said it aloud")


ORDERS: Mapping[str, Callable[[str], Parts]] = {
    order.__name__.rstrip("_"): order
    for order in (words, file, say, pieces, think, untagged, tentative, fail, cut, retry, print_)
}
