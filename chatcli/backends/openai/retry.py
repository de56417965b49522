"""Sending again after a fault that may heal: visible, bounded, cancellable."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from chatcli.config.model import Retries
from chatcli.core.ports import ReasoningPart, RetryPart, StreamPart, TextPart
from chatcli.errors import BackendError

FIRST_WAIT = 0.5
LONGEST_WAIT = 8.0
"""Seconds, where the server does not say how long; each wait is twice the one before."""

Attempt = Callable[[], AsyncGenerator[StreamPart, None]]


async def with_retries(
    attempt: Attempt, retries: Retries, until: float | None = None
) -> AsyncGenerator[StreamPart, None]:
    """Yield the parts of the first attempt that succeeds, with a RetryPart before each wait.

    Once any text of a reply has arrived nothing is sent again. A server that asks for more
    than `retries.max_wait` seconds gets no further request: its error is raised at once, and
    so is one whose wait would end after `until` (the event loop's clock; None: no limit).
    """
    now = asyncio.get_running_loop().time
    number = 0
    while True:
        answered = False
        try:
            async with aclosing(attempt()) as parts:
                async for part in parts:
                    answered = answered or isinstance(part, TextPart | ReasoningPart)
                    yield part
        except BackendError as fault:
            number += 1
            wait = wait_before(number, fault, retries)
            if answered or wait is None or (until is not None and now() + wait >= until):
                raise
            yield RetryPart(number + 1, retries.max_retries + 1, wait, fault.message)
        else:
            return
        await asyncio.sleep(wait)


def wait_before(number: int, fault: BackendError, retries: Retries) -> float | None:
    """Seconds before retry `number` (from 1), or None if there is to be none."""
    if not fault.retryable or number > retries.max_retries:
        return None
    if fault.retry_after is not None and fault.retry_after > retries.max_wait:
        return None
    own = min(FIRST_WAIT * 2.0 ** (number - 1), LONGEST_WAIT)
    own *= random.uniform(0.75, 1.0)  # noqa: S311 - so that many clients do not come together
    return min(max(own, fault.retry_after or 0.0), max(retries.max_wait, 0.0))
