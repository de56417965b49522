"""Notes on standard error about a reply: retries, fallbacks, how it ended."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

from chatcli.core.events import (
    Event,
    FellBack,
    ReasoningDelta,
    Retrying,
    StillWaiting,
    TextDelta,
    TurnFinished,
    TurnStarted,
)
from chatcli.core.text import one_line
from chatcli.output.notes import print_fault, print_note
from chatcli.output.streams import draws, is_terminal

if TYPE_CHECKING:
    from chatcli.output.live_line import LiveLine

WAITING = "waiting for the first words"
THINKING = "the model is thinking"
SILENT_SECONDS = 2.0
"""Seconds that a person waits before being told what for."""


class Notes:
    """Tells on standard error what happens to a reply besides its text.

    `quiet` leaves the errors only. On a terminal one line counts the seconds of every wait.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._text_has_begun = False
        self._line: LiveLine | None = None
        if not quiet and draws(sys.stderr):
            from chatcli.output.live_line import LiveLine

            self._line = LiveLine()

    def say(self, text: str) -> None:
        """A note, unless quiet."""
        if not self._quiet:
            print_note(text)

    def show(self, event: Event) -> None:
        """The note that belongs to an event, if any does; the end is left to `finished`."""
        waits_for = self._waits_for(event)
        if self._line is not None and waits_for:
            self._line.count_up(waits_for, SILENT_SECONDS)
            return
        self.close()
        match event:
            case Retrying() if not self._quiet:
                self._retrying(event)
            case FellBack():
                self.say(f"{event.failed_model}: {event.reason}; asking {event.model} instead")
            case TextDelta(tentative=False):
                self._text_has_begun = True
            case StillWaiting() if not (self._text_has_begun and is_terminal(sys.stdout)):
                self.say(f"still waiting for the model ({event.seconds:.0f} s)")

    def _waits_for(self, event: Event) -> str:
        """What a person who sees no text yet waits for, from this event on."""
        if self._text_has_begun:
            return ""
        match event:
            case TurnStarted():
                return WAITING
            case ReasoningDelta() | TextDelta(tentative=True):
                return THINKING
            case StillWaiting():
                return THINKING if self._line and self._line.text == THINKING else WAITING
        return ""

    def _retrying(self, event: Retrying) -> None:
        reason = one_line(event.reason)
        attempt = f"attempt {event.attempt} of {event.attempts}"
        if self._line is not None:
            self._line.count_down(f"{reason}; {attempt} in", event.wait_seconds, then=WAITING)
        else:
            print_note(f"{reason}; {attempt} in {math.ceil(event.wait_seconds)} s")

    def finished(self, event: TurnFinished) -> None:
        """Print the notes below the reply, once all of it is written."""
        for notice in event.notices:
            self.say(notice)
        fault = event.turn.error
        if fault is not None:
            print_fault(fault.message, fault.hint or _where_told(fault.kind))

    def close(self) -> None:
        """Leave no counting line behind."""
        if self._line is not None:
            self._line.stop()


def _where_told(kind: str) -> str:
    """Where to find more about an unexpected fault."""
    if kind != "unexpected":
        return ""
    from chatcli.config.paths import state_folder
    from chatcli.output.log import log_path

    return f"details are in {log_path(state_folder())}"
