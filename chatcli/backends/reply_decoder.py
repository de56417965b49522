"""The bytes of one answer, in any pieces, to the parts of a reply."""

from __future__ import annotations

from chatcli.backends.endpoint import Endpoint
from chatcli.core.ports import StreamPart


class ReplyDecoder:
    """Decodes the body of a successful answer, event stream or not.

    Feed it every byte as it comes, whatever the Content-Type says: a body that is no event
    stream (JSON, NDJSON, HTML) is recognised by its first character and read whole.
    When the body ends, or `finished` is true, call `close` and then `end`. When the
    connection breaks, call `close`: what was held back belongs to the reply.

    Args:
        endpoint: for messages and hints.
        content_type, status: of the answer, for messages about a body that is no reply.
    """

    def __init__(self, endpoint: Endpoint, *, content_type: str = "", status: int = 200) -> None:
        self.endpoint = endpoint
        self.finished = False
        """The reply ended (`[DONE]` or an error): read no further, the socket may stay open."""
        self.comments = 0
        """Keep-alive comments so far."""

    @property
    def complete(self) -> bool:
        """The reply's end was seen: a connection that breaks now took nothing away."""
        raise NotImplementedError

    def feed(self, data: bytes) -> list[StreamPart]:
        """The parts that `data` completes; adjacent text is one TextPart. Never raises."""
        raise NotImplementedError

    def close(self) -> list[StreamPart]:
        """What was held back for bytes that will not come. Never raises; idempotent."""
        raise NotImplementedError

    def end(self) -> list[StreamPart]:
        """The reply's last parts (what `close` gives if it was not called, notices, EndPart).

        Raises:
            BackendError: the server reported an error in the stream.
            ReplyCutOffError: the body ended before the reply did.
            EmptyReplyError, ContentFilteredError: it ended without text.
            BadResponseError: it was no reply at all.
        """
        raise NotImplementedError
