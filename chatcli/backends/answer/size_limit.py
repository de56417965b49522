"""How much of an answer is accepted: an endless one must not fill the memory."""

from __future__ import annotations

from collections.abc import Iterable

from chatcli.backends.faults.endpoint import CHECK_ADDRESS, Endpoint
from chatcli.core.ports import ReasoningPart, StreamPart, TextPart
from chatcli.errors import BackendError, BadResponseError, ReplyCutOffError

MEGABYTE = 1 << 20
LARGEST_SILENCE = 32 * MEGABYTE
"""Bytes in which there is no text yet: one event, or a body that is no stream."""
LARGEST_REPLY = 16 * MEGABYTE
"""Characters of text and reasoning; ten times what any model writes."""


class SizeLimit:
    """Counts one answer; `endpoint` is for messages."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._silent = 0
        self._written = 0

    def fault_after(self, size: int, parts: Iterable[StreamPart]) -> BackendError | None:
        """The exception for an answer that is too large with `size` more bytes, or None.

        `parts` were decoded from these bytes.
        """
        written = sum(len(p.text) for p in parts if isinstance(p, TextPart | ReasoningPart))
        self._written += written
        self._silent = 0 if written else self._silent + size
        if self._silent > LARGEST_SILENCE:
            return self._endless()
        if self._written > LARGEST_REPLY:
            return ReplyCutOffError(
                f"the reply was stopped at {LARGEST_REPLY // MEGABYTE} million characters; "
                "what came is kept",
                hint="a model that repeats itself does so: set max_tokens, or ask again",
            )
        return None

    def _endless(self) -> BackendError:
        said = f"{self._endpoint.server} sent {LARGEST_SILENCE // MEGABYTE} MB without any text"
        if self._written:
            return ReplyCutOffError(f"{said}; what came before is kept")
        return BadResponseError(said, hint=self._endpoint.filled(CHECK_ADDRESS))
