"""From the bytes of one answer, however they are split, to the parts of a reply."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from chatcli.backends.answer.chunks import plain_text
from chatcli.backends.answer.reply_assembly import ReplyAssembly
from chatcli.backends.answer.size_limit import SizeLimit
from chatcli.backends.answer.sse import EventDecoder, ServerEvent
from chatcli.backends.faults.endpoint import Endpoint
from chatcli.core.ports import StreamPart
from chatcli.errors import BackendError

_DONE = re.compile(r"^[ \t]*\"?\[DONE\]", re.MULTILINE)
_NO_STREAM = (b"{", b"[", b"<")  # no line of an event stream begins like this
_BLANK = b"\xef\xbb\xbf \t\r\n"  # a byte order mark and white space
_LAST_LINES = (b"data: [DONE]", b"data:[DONE]")  # without the blank line after it
_BROKEN = object()
_LONGEST_WORDS = 2_000  # characters of an event that are kept to be quoted
_FIELDS = (b"data:", b"event:")
_loads = json.JSONDecoder(strict=False).decode
"""Not strict: servers that write JSON by hand leave tabs and line ends in its strings."""


class ReplyDecoder:
    """Decodes the body of a successful answer, event stream or not.

    Feed it every byte as it comes, whatever the Content-Type says: a body that is no event
    stream (JSON, NDJSON, HTML) is recognised by its first character and read whole.
    When the body ends, or `finished` is true, call `close` and then `end`. When the
    connection breaks, call `close` (what was held back belongs to the reply), and then
    `end` only if `complete` is true.

    Args:
        endpoint: for messages and hints.
        content_type: of the answer, for messages about a body that is no reply.
        status: the same.
        unopened: the model is known to close reasoning that it never opened; see ThinkSplitter.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        content_type: str = "",
        status: int = 200,
        unopened: bool = False,
    ) -> None:
        self.finished = False
        """The reply ended (`[DONE]`, an error, too large): read no further, more may come."""
        self._answer = (content_type, status)
        self._reply = ReplyAssembly(endpoint, unopened=unopened)
        self._events = EventDecoder()
        self._size = SizeLimit(endpoint)
        self._is_stream: bool | None = None
        self._any_event = False
        self._body: list[bytes] = []
        self._closed = False
        self._fault: BackendError | None = None

    @property
    def comments(self) -> int:
        """Keep-alive comments so far."""
        return self._events.comments

    @property
    def complete(self) -> bool:
        """The reply's end was seen: a connection that breaks now took nothing away."""
        return self._fault is None and self._reply.ending.seen

    @property
    def unopened(self) -> bool | None:
        """Whether reasoning was closed but never opened; None if a limit cut the reply first."""
        if self._reply.unopened:
            return True
        return None if self._reply.ending.early else False

    def feed(self, data: bytes) -> list[StreamPart]:
        """The parts that `data` completes; adjacent text is one TextPart. Never raises."""
        if self.finished:
            return []
        parts = self._parts_in(data)
        self._fault = self._size.fault_after(len(data), parts)
        if self._fault is not None:
            self.finished = True
        return parts

    def _parts_in(self, data: bytes) -> list[StreamPart]:
        if self._is_stream is None:
            data = data.lstrip(_BLANK)
            if not data:
                return []
            self._is_stream = not data.startswith(_NO_STREAM)
        if not self._is_stream:
            self._body.append(data)
            return []
        self._read(self._events.feed(data))
        if not self.finished and self._events.line_under_way in _LAST_LINES:
            self._read(self._events.close())
        return self._reply.drain()

    def close(self) -> list[StreamPart]:
        """What was held back for bytes that will not come. Never raises; idempotent."""
        if self._closed:
            return []
        self._closed = True
        if not self.finished:
            self._read_last(self._events.close())
            self._read_stray(self._events.stray)
            self.finished = True
        if not (self._any_event or self.comments or self._fault):
            self._read_body()
        return self._reply.close()

    def end(self) -> Iterator[StreamPart]:
        """Yield the last parts (what `close` gives if it was not called, notices, EndPart).

        What is left of the text comes before an exception, so that it is not lost.

        Raises:
            BackendError: the server reported an error in the stream.
            ReplyCutOffError: the body ended before the reply did.
            EmptyReplyError, ContentFilteredError: it ended without text.
            BadResponseError: it was no reply at all.
            ReplyCutOffError, BadResponseError: it is larger than `SizeLimit` allows.
        """
        yield from self.close()
        if self._fault is not None:
            raise self._fault
        yield from self._reply.end()

    def _read(self, events: list[ServerEvent]) -> None:
        for event in events:
            self._any_event = True
            document = _parsed(event.data)
            text = None if event.name == "error" else plain_text(document)
            if text is not None:
                self._reply.take_text(text)
            else:
                self._read_event(event, document)
                if self.finished:
                    return

    def _read_last(self, events: list[ServerEvent]) -> None:
        """An event without its blank line; half of one after the reply's end is no gap."""
        ending = self._reply.ending
        seen, unreadable, stray = ending.seen, ending.unreadable, ending.stray
        self._read(events)
        if seen:
            ending.unreadable = unreadable
        ending.stray = stray  # half an event says nothing

    def _read_stray(self, line: bytes) -> None:
        """The last line, if no event has it: an error without `data:`, or plain words."""
        ending = self._reply.ending
        if not self._any_event or ending.seen or any(field.startswith(line) for field in _FIELDS):
            return
        words = line[:_LONGEST_WORDS].decode("utf-8", "replace")
        document = _parsed(line.decode("utf-8", "replace"))
        if isinstance(document, dict):
            self._reply.take(document)
        elif _DONE.match(words):
            ending.done = True
        if ending.error is None:
            ending.stray = ending.stray or words

    def _read_event(self, event: ServerEvent, document: object) -> None:
        """Anything but a plain piece of text."""
        ending = self._reply.ending
        if document is not _BROKEN and document != "[DONE]":
            self._reply.take(document, event.name)
            if not ending.is_reply:
                ending.odd = ending.odd or event.data[:_LONGEST_WORDS]
        elif done := _DONE.search(event.data):
            self._read([ServerEvent(event.data[: done.start()])])
            self._end_here()
        elif event.name == "error":
            self._reply.take(event.data, "error")
        elif lines := _documents_by_line(event.data):
            self._read([ServerEvent(line) for line in lines])
        elif event.data.startswith("data:"):  # wrapped twice
            self._read([event._replace(data=event.data[5:].lstrip())])
        elif event.data.strip():
            ending.unreadable += 1
            ending.stray = ending.stray or event.data[:_LONGEST_WORDS]
        self.finished = self.finished or ending.error is not None

    def _end_here(self) -> None:
        self.finished = self._reply.ending.done = True

    def _read_body(self) -> None:
        """Read a body that was no event stream, now that it is complete."""
        from chatcli.backends.answer.whole_reply import read_whole

        body = b"".join(self._body) or self._events.junk
        try:
            read_whole(body, *self._answer, self._reply)
        except BackendError as fault:
            self._fault = fault


def _parsed(data: str) -> Any:
    """The JSON document of an event, or `_BROKEN`."""
    try:
        return _loads(data)
    except (ValueError, RecursionError):
        return _BROKEN


def _documents_by_line(data: str) -> list[str]:
    """The lines of an event whose server forgot the blank lines between its events, or none."""
    lines = [line for line in data.split("\n") if line.strip()]
    return lines if len(lines) > 1 and all(_parsed(line) is not _BROKEN for line in lines) else []
