"""A chat server that writes tokens at a fixed pace, in a process of its own.

So its work is no part of what is measured.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import time
from collections.abc import Callable, Iterator

TOKENS_PER_SECOND = 500
PAUSE_SECONDS = 0.004


def time_stamp(_: int) -> str:
    """The time at which the server writes the token (monotonic)."""
    return f"{time.monotonic():.6f} "


def markdown(number: int) -> str:
    """Paragraphs of words with some emphasis, and code now and then."""
    if number % 300 == 299:
        return "\n\n```python\ndef double(x):\n    return x + x\n```\n\n"
    if number % 60 == 59:
        return "end.\n\n"
    return "**bold** `code`,\n" if number % 12 == 11 else f"word{number} "


@contextlib.contextmanager
def token_server(token: Callable[[int], str], seconds: float) -> Iterator[str]:
    """Every reply is `token(0)`, `token(1)`… for so long; yields the base URL."""
    ports: multiprocessing.Queue[int] = multiprocessing.Queue()
    server = multiprocessing.Process(target=_serve, args=(ports, token, seconds), daemon=True)
    server.start()
    try:
        yield f"http://127.0.0.1:{ports.get()}/v1"
    finally:
        server.terminate()


def _serve(ports: multiprocessing.Queue[int], token: Callable[[int], str], seconds: float) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await _answer(reader, writer, token, round(TOKENS_PER_SECOND * seconds))
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        ports.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


async def _answer(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    token: Callable[[int], str],
    tokens: int,
) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if b"content-length" in line)
    await reader.readexactly(int(length.split(b":")[1]))
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
    start, sent = time.monotonic(), 0
    while sent < tokens:
        due = min(int((time.monotonic() - start) * TOKENS_PER_SECOND) + 1, tokens)
        for number in range(sent, due):
            chunk = {"id": "c", "choices": [{"index": 0, "delta": {"content": token(number)}}]}
            writer.write(f"data: {json.dumps(chunk)}\n\n".encode())
        sent = due
        await writer.drain()
        await asyncio.sleep(PAUSE_SECONDS)
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    writer.write(f"data: {json.dumps(end)}\n\ndata: [DONE]\n\n".encode())
    await writer.drain()
