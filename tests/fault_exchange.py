"""One request to the fault server, and every byte of its answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

Json = dict[str, Any]
EVENT_STREAM = {"Content-Type": "text/event-stream"}
DONE = b"data: [DONE]\n\n"


def event(value: object) -> bytes:
    """One server-sent event that carries `value` as JSON."""
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def chunk(delta: object = None, finish: str | None = None, **more: object) -> Json:
    """One chat completion chunk; `more` are further keys of the chunk (usage, error…)."""
    choice = {"index": 0, "delta": {} if delta is None else delta, "finish_reason": finish}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "served-model",
        "choices": [choice],
        **more,
    }


def text(content: str) -> bytes:
    """An event with a piece of text."""
    return event(chunk({"content": content}))


def stop(finish: str = "stop", **more: object) -> bytes:
    """The event that ends a reply."""
    return event(chunk(None, finish, **more))


def usage(given: int = 12, written: int = 3, **more: object) -> Json:
    """A usage object."""
    counts = {"prompt_tokens": given, "completion_tokens": written}
    return {**counts, "total_tokens": given + written, **more}


@dataclass
class SeenRequest:
    """A request as it arrived; header names are in lower case, times are monotonic seconds.

    `connection` is the same number for requests that came over one connection.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    connection: int
    received_at: float
    gone_at: float | None = None
    gone: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def json(self) -> Json:
        """The body, which must be a JSON object."""
        return cast("Json", json.loads(self.body))

    @property
    def messages(self) -> list[Json]:
        """The messages of a chat request."""
        return cast("list[Json]", self.json["messages"])

    @property
    def model(self) -> str:
        """The model asked for; empty where the body names none."""
        try:
            return str(self.json.get("model", ""))
        except (ValueError, AttributeError):
            return ""

    def wait_gone(self, timeout: float = 30) -> bool:
        """Wait until the client has closed this request's connection."""
        return self.gone.wait(timeout)


class Exchange:
    """What a scenario works with: the request, and methods that write the answer.

    `argument` is what follows a colon in the scenario's name (`status:503`); `nth` counts the
    requests that chose the same scenario with the same argument, from 1.
    """

    def __init__(
        self,
        request: SeenRequest,
        writer: asyncio.StreamWriter,
        *,
        gone: asyncio.Event,
        released: asyncio.Event,
        argument: str = "",
        nth: int = 1,
    ) -> None:
        self.request = request
        self.argument = argument
        self.nth = nth
        self.keep_alive = False
        self._writer = writer
        self._gone = gone
        self._released = released
        self._chunked = False

    async def raw(self, data: bytes) -> None:
        """Write bytes as they are, below any framing."""
        if not self._writer.is_closing():
            self._writer.write(data)
            with contextlib.suppress(ConnectionError):
                await self._writer.drain()

    async def head(
        self,
        status: int = 200,
        headers: Mapping[str, str] = EVENT_STREAM,
        *,
        length: int | None = None,
        chunked: bool = True,
    ) -> None:
        """Write the status line and headers.

        With `length` the body is counted; else it is chunked, or with `chunked=False` it ends
        where the connection closes.
        """
        lines = [f"HTTP/1.1 {status} Whatever", *(f"{k}: {v}" for k, v in headers.items())]
        self._chunked = chunked and length is None
        self.keep_alive = chunked or length is not None
        if length is not None:
            lines.append(f"Content-Length: {length}")
        elif self._chunked:
            lines.append("Transfer-Encoding: chunked")
        else:
            lines.append("Connection: close")
        await self.raw("\r\n".join([*lines, "", ""]).encode())

    async def body(self, *pieces: bytes) -> None:
        """Write pieces of the body, each as one chunk where the body is chunked."""
        for piece in pieces:
            framed = b"%x\r\n%b\r\n" % (len(piece), piece) if self._chunked else piece
            await self.raw(framed)

    async def end(self) -> None:
        """End the body in order; without this, the connection is closed in mid-body."""
        if self._chunked:
            await self.raw(b"0\r\n\r\n")
        self._chunked = False

    async def answer(
        self, status: int, body: bytes | str | object, headers: Mapping[str, str] | None = None
    ) -> None:
        """A whole answer: bytes and str as they are, anything else as JSON."""
        kind = {} if isinstance(body, bytes | str) else {"Content-Type": "application/json"}
        data = body if isinstance(body, bytes) else body if isinstance(body, str) else None
        payload = json.dumps(body).encode() if data is None else data
        payload = payload.encode() if isinstance(payload, str) else payload
        await self.head(status, {**kind, **(headers or {})}, length=len(payload))
        await self.raw(payload)

    async def stream(self, *pieces: bytes, headers: Mapping[str, str] = EVENT_STREAM) -> None:
        """A whole event stream, ended in order."""
        await self.head(headers=headers)
        await self.body(*pieces)
        await self.end()

    def close(self) -> None:
        """Close the connection after this answer."""
        self.keep_alive = False

    def reset(self) -> None:
        """Drop the connection with a TCP reset."""
        self.keep_alive = False
        plain = self._writer.get_extra_info("socket")
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    @property
    def is_gone(self) -> bool:
        """Whether the client has closed the connection."""
        return self._gone.is_set()

    @property
    def is_released(self) -> bool:
        """Whether `FaultServer.release` was called."""
        return self._released.is_set()

    async def client_gone(self, seconds: float | None = None) -> bool:
        """Wait until the client leaves, at most so many seconds; whether it left."""
        return await _wait(self._gone, seconds)

    async def released(self) -> bool:
        """Wait for `FaultServer.release`, or until the client leaves; whether it is still there."""
        waits: Sequence[asyncio.Task[bool]] = [
            asyncio.ensure_future(self._released.wait()),
            asyncio.ensure_future(self._gone.wait()),
        ]
        _, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        return not self.is_gone

    async def pause(self, seconds: float) -> bool:
        """Let time pass as a slow server does; whether the client is still there."""
        return not await self.client_gone(seconds)


async def _wait(happened: asyncio.Event, seconds: float | None) -> bool:
    try:
        await asyncio.wait_for(happened.wait(), seconds)
    except TimeoutError:
        return False
    return True


def seen(
    method: str, path: str, headers: Mapping[str, str], body: bytes, connection: int
) -> SeenRequest:
    """The record of a request that has just arrived."""
    return SeenRequest(method, path, headers, body, connection, time.monotonic())
