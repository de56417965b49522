"""The text of a reply that is still to be read: it grows at its end and shrinks at its start."""

from __future__ import annotations

from chatcli.core.text import encodable, for_terminal

_COMPACT = 64_000
"""Characters read before the memory they take is given back."""


class Source:
    """A text buffer that is fed arbitrary pieces and read in whole lines."""

    def __init__(self) -> None:
        self._text = ""
        self._parts: list[str] = []
        self._start = 0
        self._half = ""
        self.closed = False
        """No more text will come."""

    def feed(self, text: str) -> None:
        """Append text; control characters become visible, a pair split over two calls is joined."""
        text = self._half + text
        split = text.endswith("\r") or "\ud800" <= text[-1:] <= "\udbff"
        self._half = text[-1] if split else ""
        self._parts.append(for_terminal(encodable(text[:-1] if split else text)))

    def close(self) -> None:
        """Note that no more will come; the last line is complete now."""
        if not self.closed:
            self._parts.append(for_terminal(encodable(self._half)))
            self._half, self.closed = "", True
            if len(self) and not self._text.endswith("\n"):
                self._parts.append("\n")

    def rest(self, limit: int | None = None) -> str:
        """The text that has not been read, or its first `limit` characters."""
        self._join()
        return self._text[self._start : None if limit is None else self._start + limit]

    def __len__(self) -> int:
        self._join()
        return len(self._text) - self._start

    def lines(self, limit: int, known: int = 0) -> str:
        """The first whole lines of up to `limit` characters, or up to the end of a longer one.

        Args:
            limit: characters.
            known: characters that were too few; more are returned, if there are more.
        """
        self._join()
        start, text = self._start, self._text
        end = text.rfind("\n", start, start + limit) + 1
        if end <= start + known:
            end = text.find("\n", start + max(limit, known)) + 1 or end
        return text[start:end]

    def complete(self) -> int:
        """How many characters of whole lines there are."""
        self._join()
        return max(0, self._text.rfind("\n", self._start) + 1 - self._start)

    def advance(self, count: int) -> None:
        """Skip `count` characters."""
        self._start += count
        if self._start > _COMPACT:
            self._text, self._start = self._text[self._start :], 0

    def _join(self) -> None:
        if self._parts:
            self._text = "".join([self._text, *self._parts])
            self._parts.clear()
