"""One request through the `openai` package, up to the head of its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from chatcli.backends.connection_faults import connection_fault
from chatcli.backends.http_client import Connection
from chatcli.backends.reading import Patience
from chatcli.backends.request_body import Body

if TYPE_CHECKING:
    import httpx2


class RefusedError(Exception):
    """The server answered with a status that is not 2xx."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers
        self.body = body


async def post(
    connection: Connection, path: str, body: Body, patience: Patience
) -> httpx2.Response:
    """Send `body` and return the answer as soon as its head is there; the caller closes it.

    Raises RefusedError, BackendError.
    """
    return await _send(connection, "post", path, body, patience)


async def get(connection: Connection, path: str, patience: Patience) -> bytes:
    """The whole body of the answer to a GET. Raises RefusedError, BackendError."""
    response = await _send(connection, "get", path, None, patience)
    return response.content


async def _send(
    connection: Connection, method: str, path: str, body: Body | None, patience: Patience
) -> httpx2.Response:
    import httpx2
    import openai

    client = connection.client
    try:
        async with asyncio.timeout_at(patience.deadline()):
            if method == "get":
                return await client.get(path, cast_to=httpx2.Response)
            sent: object = await client.post(
                path,
                cast_to=httpx2.Response,
                body=body,
                stream=True,
                stream_cls=cast("Any", None),  # the answer is not decoded there
            )
            return cast("httpx2.Response", sent)
    except TimeoutError:
        raise patience.given_up(asyncio.get_running_loop().time()) from None
    except openai.APIStatusError as error:
        answer = error.response
        raise RefusedError(answer.status_code, answer.headers, answer.content) from None
    except (openai.OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
        raise connection_fault(error, connection.route) from None
