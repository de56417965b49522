"""The body of an answer, read as it comes, with a limit on every wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass

from chatcli.backends.answer.reply_decoder import ReplyDecoder
from chatcli.config.model import Timeouts
from chatcli.core.ports import ReasoningPart, StreamPart, TextPart, WaitingPart
from chatcli.errors import BackendError, BackendTimeoutError

WAITING_SECONDS = 2.0
"""Between two signs that the server is alive though it sends no text."""


@dataclass(slots=True)
class Patience:
    """How long to wait for what, in seconds of the event loop's clock.

    Only text counts as progress: comments and empty events do not move the limit.

    Args:
        started: when the request was made.
        timeouts: the configured limits. `end` is for usage and `[DONE]`, from servers that
            then hold the connection open.
        until: when the whole reply must be complete; None for no such limit.
        total: seconds from the first attempt to `until`, for the message.
        last_text: when text came last; None before the first.
        ended: when the reply's end was seen; None before that.
    """

    started: float
    timeouts: Timeouts
    until: float | None = None
    total: float = 0.0
    last_text: float | None = None
    ended: float | None = None

    def deadline(self) -> float | None:
        """When to give up if nothing more comes; None for never."""
        since = self.started if self.last_text is None else self.last_text
        allowed = self.timeouts.first_token if self.last_text is None else self.timeouts.idle
        if self.ended is not None:
            since = self.ended
            allowed = min(filter(None, (allowed, self.timeouts.end)), default=0.0)
        limits = [since + allowed] if allowed else []
        return min([*limits, *([] if self.until is None else [self.until])], default=None)

    def given_up(self, now: float) -> BackendTimeoutError:
        """The exception for a wait that reached its limit."""
        if self.until is not None and now >= self.until:
            kept = "" if self.last_text is None else "; what came is kept"
            return BackendTimeoutError(
                f"the reply was not complete after {self.total:g} s{kept}",
                hint="--timeout and timeouts.total set the limit",
            )
        if self.last_text is None:
            return BackendTimeoutError(
                f"no text came within {self.timeouts.first_token:g} s",
                hint="timeouts.first_token sets the limit; is the server still loading the model?",
            )
        return BackendTimeoutError(
            f"no text came for {self.timeouts.idle:g} s; what came before is kept",
            hint="timeouts.idle sets the limit",
        )


async def read_reply(
    body: AsyncIterator[bytes], decoder: ReplyDecoder, patience: Patience
) -> AsyncGenerator[StreamPart, None]:
    """Yield the parts of a reply as its bytes arrive, an EndPart last.

    Raises BackendError for whatever the bytes, their end or their absence mean.
    """
    now = asyncio.get_running_loop().time
    shown = patience.started  # when the user last saw that the server is alive
    while not decoder.finished:
        try:
            data = await _more(body, patience)
        except BackendError:
            for part in decoder.close():
                yield part
            if decoder.complete:
                break
            raise
        if data is None:
            break
        parts = decoder.feed(data)
        patience.ended = (patience.ended or now()) if decoder.complete else None
        if any(isinstance(part, TextPart | ReasoningPart) for part in parts):
            patience.last_text = shown = now()
        elif now() - shown >= WAITING_SECONDS:
            shown = now()
            yield WaitingPart(shown - (patience.last_text or patience.started))
        for part in parts:
            yield part
    for part in decoder.end():
        yield part


async def _more(body: AsyncIterator[bytes], patience: Patience) -> bytes | None:
    """The next bytes, None at the end; raises BackendError."""
    try:
        async with asyncio.timeout_at(patience.deadline()):
            return await anext(body)
    except StopAsyncIteration:
        return None
    except TimeoutError:
        raise patience.given_up(asyncio.get_running_loop().time()) from None
    except Exception as error:  # noqa: BLE001 - three libraries have their own ways to break
        from chatcli.backends.openai.broken_answers import broken_stream_fault

        raise broken_stream_fault(error, begun=patience.last_text is not None) from None
