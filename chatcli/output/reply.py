"""What `send` prints on standard output: the reply's text, or JSON."""

from __future__ import annotations

from typing import Any, Protocol

from chatcli.commands.objects import refusal_object, reply_object, session_object
from chatcli.core.events import (
    Event,
    FellBack,
    ReasoningDelta,
    Retrying,
    TextDelta,
    TurnFinished,
    TurnStarted,
)
from chatcli.core.model import Session
from chatcli.core.text import for_terminal
from chatcli.errors import ChatcliError
from chatcli.output.json_text import json_text


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


class JsonReply:
    """One JSON object at the end, whatever the end is."""

    def __init__(self, writer: TextWriter) -> None:
        self._writer = writer

    def show(self, event: Event) -> None:
        """Only the reply's end matters."""
        if isinstance(event, TurnFinished):
            self._print(reply_object(event.turn, event.session))

    def close(self) -> None:
        """Nothing was changed."""

    def refuse(self, error: ChatcliError, session: Session | None) -> None:
        """No reply could begin: the same fields, with the error."""
        self._print(refusal_object(error, session))

    def _print(self, value: dict[str, Any]) -> None:
        self._writer.write(f"{json_text(value)}\n")


class JsonLinesReply(JsonReply):
    """A JSON object on a line for each event; the last one, `finished`, carries the whole."""

    def show(self, event: Event) -> None:
        """Print the event, if scripts are told of it."""
        match event:
            case TextDelta(text=text):
                self._line("text", text=text)
            case ReasoningDelta(text=text):
                self._line("reasoning", text=text)
            case TurnStarted():
                session = session_object(event.session)
                self._line("started", session=session, turn=event.turn_id, model=event.reply.model)
            case Retrying():
                self._line(
                    "retrying",
                    attempt=event.attempt,
                    attempts=event.attempts,
                    wait_seconds=event.wait_seconds,
                    reason=event.reason,
                )
            case FellBack():
                self._line(
                    "fallback",
                    failed_model=event.failed_model,
                    model=event.model,
                    reason=event.reason,
                )
            case _:
                super().show(event)

    def _print(self, value: dict[str, Any]) -> None:
        self._line("finished", **value)

    def _line(self, kind: str, **fields: Any) -> None:
        self._writer.write(f"{json_text({'type': kind, **fields})}\n")
