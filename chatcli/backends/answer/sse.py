"""Server-sent events from bytes, however they are split (WHATWG HTML, section 9.2)."""

from __future__ import annotations

from typing import NamedTuple

_BOM = b"\xef\xbb\xbf"
_USUAL = b"data: "
_LF, _CR = b"\n\r"
_SHORT = 17  # bytes: a line of 16 and what ends it
_OTHER_FIELDS = (b"", b"id", b"retry")


class ServerEvent(NamedTuple):
    """One event: its data lines joined by newlines, and its name ("" if it has none)."""

    data: str
    name: str = ""


class EventDecoder:
    """Splits a byte stream into events.

    Lines end with LF, CR or CR LF and with nothing else: U+2028 and U+0085 may stand in
    JSON strings. Bytes that are no UTF-8 become U+FFFD. Differs from the standard in three
    points: an event without data but with a name counts, and so does a last event that no
    blank line follows, because servers forget it; a byte order mark may begin any line, for
    some servers write one with each piece.
    """

    def __init__(self) -> None:
        self.comments = 0
        """Comment lines so far; servers send them to say that they are alive."""
        self.junk = b""
        """The first line that belongs to no event: the body may be something else."""
        self.stray = b""
        """The last such line, if no event came after it: some servers tell a fault like this."""
        self._start: bytes | None = b""  # held while it may still become a byte order mark
        self._pending: list[bytes] = []  # joined only when an event is complete: linear
        self._after_cr = False

    def feed(self, data: bytes) -> list[ServerEvent]:
        """The events that `data` completes. Never raises."""
        if self._start is not None:
            data = self._without_bom(data)
        if self._after_cr or b"\r" in data:
            data = self._with_lf(data)
        if not data:
            return []
        if self._pending:
            crosses = data[0] == _LF == self._pending[-1][-1]
            self._pending.append(data)
            if not crosses and b"\n\n" not in data:
                return []
            data = b"".join(self._pending)
        end = data.rfind(b"\n\n")
        if end < 0:
            self._pending = [data]
            return []
        self._pending = [data[end + 2 :]] if end + 2 < len(data) else []
        return self._events(data[:end])

    @property
    def line_under_way(self) -> bytes:
        """The last line, which no blank one follows yet; b"" if it is longer than 16 bytes.

        An event is complete with its blank line only, but `[DONE]` need not be waited for.
        """
        if not self._pending or self._pending[-1][-1:] not in {b"\n", b"]"}:
            return b""
        pieces = self._pending[-_SHORT:]  # of at least one byte each
        end = b"".join(piece[-_SHORT:] for piece in pieces)[-_SHORT:]
        is_all = len(end) < _SHORT
        _, newline, line = end.removesuffix(b"\n").rpartition(b"\n")
        return line if newline or is_all else b""

    def close(self) -> list[ServerEvent]:
        """The last event, if the stream ended without a blank line after it."""
        rest, self._pending = b"".join([self._start or b"", *self._pending]), []
        self._start = None
        return self._events(rest)

    def _without_bom(self, data: bytes) -> bytes:
        data = (self._start or b"") + data
        if len(data) < len(_BOM) and _BOM.startswith(data):
            self._start = data
            return b""
        self._start = None
        return data.removeprefix(_BOM)

    def _with_lf(self, data: bytes) -> bytes:
        if not data:
            return data
        if self._after_cr and data[0] == _LF:  # the second half of CR LF
            data = data[1:]
            self._after_cr = False
            if not data:
                return data
        self._after_cr = data[-1] == _CR
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _events(self, blocks: bytes) -> list[ServerEvent]:
        events = []
        for block in blocks.split(b"\n\n"):
            if block[:6] == _USUAL and b"\n" not in block:
                events.append(ServerEvent(block[6:].decode("utf-8", "replace")))
                self.stray = b""
            elif block:
                self._read_lines(block, events)
        return events

    def _read_lines(self, block: bytes, events: list[ServerEvent]) -> None:
        data: list[str] = []
        name = ""
        for whole_line in block.split(b"\n"):
            line = whole_line.removeprefix(_BOM)
            field, _, value = line.partition(b":")
            if line[:1] == b":":
                self.comments += 1
            elif field == b"data":
                data.append(value.removeprefix(b" ").decode("utf-8", "replace"))
            elif field == b"event":
                name = value.removeprefix(b" ").decode("utf-8", "replace")
            elif field not in _OTHER_FIELDS:
                self.junk, self.stray = self.junk or line, line
        if data or name:
            self.stray = b""
            events.append(ServerEvent("\n".join(data), name))
