"""Printers of a reply on standard output; here, as the model wrote it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from chatcli.core.events import Event, TextWasReasoning, TurnFinished
from chatcli.core.text import for_terminal
from chatcli.output.tentative import TentativeText

WAS_REASONING = "the text above was the model's reasoning, the answer follows"


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
        tell: given what has to be said about the text written so far.
    """

    def __init__(
        self,
        writer: TextWriter,
        *,
        stream: bool = True,
        terminal: bool = False,
        tell: Callable[[str], object] = lambda _: None,
    ) -> None:
        self._writer = writer
        self._tell = tell
        self._tentative = TentativeText()
        self._stream = stream
        self._terminal = terminal
        self._held_back = ""
        self._begun = False

    def show(self, event: Event) -> None:
        """Write text; at the end, the final newline."""
        text = self._tentative.settled(event)
        if text and self._stream:
            self._write(text)
        if isinstance(event, TextWasReasoning):
            self._end_reasoning()
        elif isinstance(event, TurnFinished):
            if not self._stream:
                self._write(event.turn.content)
            if self._begun:
                self._writer.write("\n")

    def _end_reasoning(self) -> None:
        """What was written cannot be taken back; the answer begins on a line of its own."""
        if self._begun:
            self._writer.write("\n")
            self._tell(WAS_REASONING)
        self._begun, self._held_back = False, ""

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
