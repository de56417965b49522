"""A reply as JSON: one object at its end, or a line for each event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chatcli.commands.objects import refusal_object, reply_object, session_object
from chatcli.core.events import (
    Event,
    FellBack,
    ReasoningDelta,
    Retrying,
    TextDelta,
    TextWasReasoning,
    TurnFinished,
    TurnStarted,
)
from chatcli.output.json_text import json_text
from chatcli.output.tentative import TentativeText

if TYPE_CHECKING:
    from chatcli.core.model import Session
    from chatcli.errors import ChatcliError
    from chatcli.output.reply import TextWriter


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
    """A JSON object on a line for each event; the last one, `finished`, carries the whole.

    `text_was_reasoning`: the lines `text` so far were reasoning. A line `reasoning` that is
    `tentative` may be the answer after all; then it comes again, as `text`.
    """

    def __init__(self, writer: TextWriter) -> None:
        super().__init__(writer)
        self._tentative = TentativeText()
        self._gave_text = False

    def show(self, event: Event) -> None:
        """Print the event, if scripts are told of it."""
        text = self._tentative.settled(event)
        if text:
            self._gave_text = True
            self._line("text", text=text)
        match event:
            case TextDelta(text=text, tentative=True):
                self._line("reasoning", text=text, tentative=True)
            case TextWasReasoning() if self._gave_text:
                self._gave_text = False
                self._line("text_was_reasoning")
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
