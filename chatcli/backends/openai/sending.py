"""One request through the `openai` package."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from chatcli.backends.openai.http_client import Connection
from chatcli.backends.openai.reading import Patience
from chatcli.backends.openai.refusal import RefusedError
from chatcli.backends.openai.request_body import Body

if TYPE_CHECKING:
    import httpx2

LARGEST_LIST = 16 << 20  # bytes; the longest lists of models have one or two million


async def post(
    connection: Connection, path: str, body: Body, patience: Patience
) -> httpx2.Response:
    """Send `body` and return the answer as soon as its head is there; the caller closes it.

    Raises RefusedError, BackendError.
    """
    import httpx2

    try:
        async with asyncio.timeout_at(patience.deadline()):
            with _mapped(connection):
                sent: object = await connection.client.post(
                    path,
                    cast_to=httpx2.Response,
                    body=body,
                    stream=True,
                    stream_cls=cast("Any", None),  # the answer is not decoded there
                )
                return cast("httpx2.Response", sent)
    except TimeoutError:
        fault = patience.given_up(asyncio.get_running_loop().time())
        if connection.route.proxy:  # its answer to CONNECT is waited for here, too
            fault.hint += f"; the way leads through the proxy of {connection.route.proxy.source}"
        raise fault from None


async def get(connection: Connection, path: str) -> bytes:
    """The body of the answer to a GET; of an endless one, only the first megabytes.

    Raises RefusedError, BackendError.
    """
    import httpx2

    body = bytearray()
    with _mapped(connection):
        answer: object = await connection.client.get(
            path, cast_to=httpx2.Response, stream=True, stream_cls=cast("Any", None)
        )
        response = cast("httpx2.Response", answer)
        try:
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > LARGEST_LIST:
                    break
        finally:
            await response.aclose()
    return bytes(body)


@contextmanager
def _mapped(connection: Connection) -> Iterator[None]:
    """Raise our exceptions in place of those of the libraries underneath."""
    import httpx2
    import openai

    try:
        yield
    except (openai.OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
        if isinstance(error.__cause__, RefusedError):  # older versions wrap every exception
            raise error.__cause__ from None
        from chatcli.backends.openai.connection_faults import connection_fault

        raise connection_fault(error, connection.route) from None
