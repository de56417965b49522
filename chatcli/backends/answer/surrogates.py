"""Characters beyond the basic plane that a server cut in half."""

from __future__ import annotations

from chatcli.core.text import encodable


class SurrogateJoiner:
    r"""Joins `\ud83d` at the end of one piece with `\ude00` at the start of the next."""

    def __init__(self) -> None:
        self._half = ""

    def feed(self, text: str) -> str:
        """`text` that can be encoded; a high half at its end waits for the low one."""
        if text.isascii() and not self._half:
            return text
        text = self._half + text
        self._half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return encodable(text[:-1] if self._half else text)

    def close(self) -> str:
        """A half that never found the other is U+FFFD."""
        half, self._half = self._half, ""
        return encodable(half)
