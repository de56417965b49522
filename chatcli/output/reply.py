"""What draws a reply on standard output; here as the model wrote it."""

from __future__ import annotations

from typing import Protocol

from chatcli.core.events import Event, TextDelta, TurnFinished
from chatcli.core.text import for_terminal


class TextWriter(Protocol):
    """Where text goes: a BackgroundWriter."""

    def write(self, text: str) -> None:
        """Take text at once."""
        ...


class ReplyOutput(Protocol):
    """Draws the events of one reply."""

    def show(self, event: Event) -> None:
        """The next event of the reply."""
        ...

    def close(self) -> None:
        """Leave the terminal as it was; called at the end, whatever the end is."""
        ...


class TextReply:
    """The text as the model wrote it, with exactly one newline at its end.

    Args:
        writer: where it goes.
        stream: write what has come, as it comes; else all of it at the end.
        terminal: make control characters visible, because a terminal would obey them.
    """

    def __init__(self, writer: TextWriter, *, stream: bool = True, terminal: bool = False) -> None:
        self._writer = writer
        self._stream = stream
        self._terminal = terminal
        self._held_back = ""
        self._begun = False

    def show(self, event: Event) -> None:
        """Write text; at the end, the final newline."""
        match event:
            case TextDelta() if self._stream:
                self._write(event.text)
            case TurnFinished():
                if not self._stream:
                    self._write(event.turn.content)
                if self._begun:
                    self._writer.write("\n")

    def close(self) -> None:
        """Nothing was changed."""

    def _write(self, text: str) -> None:
        """Write all but trailing newlines (and a half of CR LF), which may be the reply's last."""
        text = self._held_back + text
        body = text.rstrip("\r\n")
        self._held_back = text[len(body) :]
        if body:
            self._begun = True
            self._writer.write(for_terminal(body) if self._terminal else body)
