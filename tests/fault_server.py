"""An HTTP server that answers as badly as asked, and records what it was asked.

    with FaultServer() as server:                       # runs in a thread
        ... base_url = server.base_url, model = "cut-mid-event" ...
        assert server.requests[0].json["stream"] is True
        assert server.requests[0].wait_gone()

Which scenario answers a request:

1. the next one of `server.script("status:503", "ok", …)`, if any are left;
2. the first part of the path when it starts with `@`: base URL `server.url_for("models-html")`;
3. the request's model name; an unknown name is answered 404 as a server does.

`NAME:ARGUMENT` hands the scenario an argument. All names: `tests/fault_scenarios/`, or
`python -m tests.fault_server --list`; what each is for: `python -m
tests.fault_scenarios.checklist`. A scenario that waits goes on at `server.release()`, or
ends when the client leaves. As a process of its own (`python -m tests.fault_server`, prints its
port) `GET /_requests` tells what was recorded and `POST /_release` lets waiting scenarios go on.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from tests.fault_exchange import Exchange, SeenRequest, seen
from tests.fault_scenarios import SCENARIOS, Scenario

TLS_HANDSHAKE = b"\x16"
_ENDS = (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError)


class _Connection(asyncio.StreamReaderProtocol):
    """A stream connection that notices at once when the client leaves."""

    def __init__(self, server: FaultServer) -> None:
        self.gone = asyncio.Event()
        self.current: SeenRequest | None = None
        reader = asyncio.StreamReader(limit=2**26)
        super().__init__(reader, lambda r, w: server.serve(self, r, w))

    def _left(self) -> None:
        self.gone.set()
        if self.current and not self.current.gone.is_set():
            self.current.gone_at = time.monotonic()
            self.current.gone.set()

    def eof_received(self) -> bool | None:
        self._left()
        return super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._left()
        super().connection_lost(exc)


class FaultServer:
    """The server; a context manager that serves from a thread of this process.

    `tls` makes it speak https with that certificate.
    """

    def __init__(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.port = port
        self._tls = tls
        self.requests: list[SeenRequest] = []
        self._arrived = threading.Condition()
        self._script: list[str] = []
        self._played: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        self._released: asyncio.Event
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()

    @property
    def base_url(self) -> str:
        """What a client is configured with."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/v1"

    def url_for(self, scenario: str) -> str:
        """A base URL under which every request, `/models` too, plays this scenario."""
        return f"http://127.0.0.1:{self.port}/@{scenario}/v1"

    def script(self, *names: str) -> None:
        """Answer the next requests with these scenarios, whatever model they name."""
        self._script.extend(names)

    def release(self) -> None:
        """Let every waiting scenario go on, now and later."""
        self._loop.call_soon_threadsafe(self._released.set)

    def wait_requests(self, count: int, timeout: float = 30) -> list[SeenRequest]:
        """Wait until so many requests have arrived, and return them all."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.requests) >= count, timeout):
                raise TimeoutError(f"{len(self.requests)} of {count} requests came")
            return list(self.requests)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    # --- inside the server's thread ---------------------------------------------------------

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._released = asyncio.Event()
        opening = self._loop.create_server(
            lambda: _Connection(self), "127.0.0.1", self.port, ssl=self._tls
        )
        listening = self._loop.run_until_complete(opening)
        self.port = listening.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        listening.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def serve(
        self, connection: _Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer the requests of one connection until it ends."""
        with contextlib.suppress(*_ENDS):
            while not connection.gone.is_set():
                request = await self._read(reader, writer)
                connection.current = request
                if not await self._answer(request, connection, writer):
                    break
        if not writer.is_closing():
            writer.close()

    async def _read(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> SeenRequest:
        first = await reader.readexactly(1)
        if first == TLS_HANDSHAKE:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            raise ConnectionError("a client that speaks TLS")
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        pairs = (line.split(":", 1) for line in head[1:] if ":" in line)
        headers = {name.strip().lower(): value.strip() for name, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        return seen(method, path, headers, body, id(writer.transport))

    async def _answer(
        self, request: SeenRequest, connection: _Connection, writer: asyncio.StreamWriter
    ) -> bool:
        """Play the scenario; whether the connection may take another request."""
        name, argument, play = self._choose(request)
        self._played[f"{name}:{argument}"] += 1
        exchange = Exchange(
            request,
            writer,
            gone=connection.gone,
            released=self._released,
            argument=argument,
            nth=self._played[f"{name}:{argument}"],
        )
        if not request.path.startswith("/_"):
            with self._arrived:
                self.requests.append(request)
                self._arrived.notify_all()
        await play(exchange)
        return exchange.keep_alive and not connection.gone.is_set()

    def _choose(self, request: SeenRequest) -> tuple[str, str, Scenario]:
        if request.path.startswith("/_"):
            return "", "", self._control
        first = request.path.partition("/")[2].partition("/")[0]
        if request.method == "CONNECT":  # it is no proxy for https
            chosen = "status:403"
        elif self._script:
            chosen = self._script.pop(0)
        elif first.startswith("@"):
            chosen = first[1:]
        else:
            chosen = request.model or "models-dict"
        name, _, argument = chosen.partition(":")
        return name, argument, SCENARIOS.get(name, SCENARIOS["unknown-model"])

    async def _control(self, exchange: Exchange) -> None:
        if exchange.request.path == "/_release":
            self._released.set()
        await exchange.answer(200, [_told(request) for request in self.requests])


def _told(request: SeenRequest) -> dict[str, Any]:
    body: object = request.body.decode("utf-8", "replace")
    with contextlib.suppress(ValueError):
        body = json.loads(request.body)
    return {
        "method": request.method,
        "path": request.path,
        "connection": request.connection,
        "headers": dict(request.headers),
        "body": body,
        "received_at": request.received_at,
        "gone_at": request.gone_at,
    }


def list_scenarios(write: Callable[[str], object] = print) -> None:
    """Print every scenario with its sentence."""
    for name, scenario in sorted(SCENARIOS.items()):
        write(f"{name:24} {(scenario.__doc__ or '').strip().splitlines()[0]}")


def main() -> None:
    """Serve until standard input ends or the process is killed."""
    if "--list" in sys.argv:
        list_scenarios()
        return
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    with FaultServer(port) as server:
        print(server.port, flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            sys.stdin.read()


if __name__ == "__main__":
    main()
