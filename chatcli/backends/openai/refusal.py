"""Answers with an error status: their body is read only as far as it is useful."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx2

LARGEST_BODY = 1 << 20  # bytes
UNREADABLE = b"(its answer could not be read)"
"""Stands for a body that broke off before its first byte; that is not an empty one."""


class RefusedError(Exception):
    """The server answered with a status that is not 2xx; `body` may be `UNREADABLE`."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers
        self.body = body


async def raise_if_refused(response: httpx2.Response, seconds: float) -> None:
    """Raise RefusedError unless the status is 2xx; for the HTTP client's response hook.

    The package would read an error's body to its end, however long that takes; here it gets at most
    `seconds` (0: no limit).
    """
    if response.is_success:
        return
    read, over = bytearray(), False
    with suppress(Exception):  # what came before a broken end still tells what is wrong
        async with asyncio.timeout(seconds or None):
            async for piece in response.aiter_bytes():
                read += piece
                if len(read) > LARGEST_BODY:
                    break
        over = True
    body = bytes(read) if read or over else UNREADABLE
    raise RefusedError(response.status_code, response.headers, body)
