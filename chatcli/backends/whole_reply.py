"""A body that is no event stream, read at once: a completion, an error, a web page."""

from __future__ import annotations

from chatcli.backends.endpoint import Endpoint
from chatcli.core.ports import StreamPart


def whole_reply(
    body: bytes, content_type: str, status: int, endpoint: Endpoint
) -> list[StreamPart]:
    """The parts of a reply that came in one piece (EndPart last).

    Raises:
        BackendError: the body reports an error, holds no text or is no reply.
    """
    raise NotImplementedError
