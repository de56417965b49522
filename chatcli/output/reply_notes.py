"""What is said on standard error about a reply: retries, fallbacks, how it ended."""

from __future__ import annotations

import asyncio
import math
import shutil
import sys

from chatcli.core.events import Event, FellBack, Retrying, StillWaiting, TextDelta, TurnFinished
from chatcli.core.text import one_line
from chatcli.output.notes import ERASE_LINE, print_fault, print_note
from chatcli.output.streams import draws, is_terminal


class Notes:
    """Tells on standard error what happens to a reply besides its text.

    `quiet` leaves the errors only.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._countdown = Countdown()
        self._text_has_begun = False

    def say(self, text: str) -> None:
        """A note, unless quiet."""
        if not self._quiet:
            print_note(text)

    def show(self, event: Event) -> None:
        """The note that belongs to an event, if any does; the end is left to `finished`."""
        self._countdown.stop()
        match event:
            case Retrying() if not self._quiet:
                self._retrying(event)
            case FellBack():
                self.say(f"{event.failed_model}: {event.reason}; asking {event.model} instead")
            case TextDelta(tentative=False):
                self._text_has_begun = True
            case StillWaiting() if not (self._text_has_begun and is_terminal(sys.stdout)):
                self.say(f"still waiting for the model ({event.seconds:.0f} s)")

    def _retrying(self, event: Retrying) -> None:
        reason = one_line(event.reason)
        attempt = f"attempt {event.attempt} of {event.attempts}"
        if draws(sys.stderr):
            self._countdown.start(f"{reason}; {attempt} in", event.wait_seconds)
        else:
            print_note(f"{reason}; {attempt} in {math.ceil(event.wait_seconds)} s")

    def finished(self, event: TurnFinished) -> None:
        """What is to be told below the reply, once all of it is written."""
        for notice in event.notices:
            self.say(notice)
        fault = event.turn.error
        if fault is not None:
            print_fault(fault.message, fault.hint or _where_told(fault.kind))

    def close(self) -> None:
        """Leave no countdown behind."""
        self._countdown.stop()


def _where_told(kind: str) -> str:
    """Where more is told about a fault that nobody expected."""
    if kind != "unexpected":
        return ""
    from chatcli.config.paths import state_folder
    from chatcli.output.log import log_path

    return f"details are in {log_path(state_folder())}"


class Countdown:
    """One line on a terminal that counts seconds; needs the running event loop."""

    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None

    def start(self, text: str, seconds: float) -> None:
        """Show `chatcli: TEXT N s`, and less every second."""
        self.stop()
        self._draw(f"chatcli: {text}", asyncio.get_running_loop().time() + seconds)

    def _draw(self, text: str, end: float) -> None:
        loop = asyncio.get_running_loop()
        left = f" {max(0, math.ceil(end - loop.time()))} s (Ctrl-C stops)"
        room = shutil.get_terminal_size().columns - len(left) - 1
        sys.stderr.write(f"{ERASE_LINE}{one_line(text, room)}{left}")
        sys.stderr.flush()
        self._timer = loop.call_later(1.0, self._draw, text, end)

    def stop(self) -> None:
        """Take the line away."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            sys.stderr.write(ERASE_LINE)
            sys.stderr.flush()
