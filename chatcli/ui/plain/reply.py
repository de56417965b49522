"""One reply in the line-by-line chat: its text as it comes, and what is told about it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from chatcli.core.events import Event, FellBack, Retrying, TurnFinished
from chatcli.core.text import one_line
from chatcli.output.reply import TextReply
from chatcli.output.streams import print_error, print_out
from chatcli.ui.hints import in_the_chat, labelled

if TYPE_CHECKING:
    from chatcli.manager import PendingReply, Subscription


class StandardOutput:
    """Writes at once."""

    def write(self, text: str) -> None:
        """Take text at once; raises OutputError, ReaderGoneError."""
        print_out(text)


async def show_reply(pending: PendingReply, events: Subscription) -> TurnFinished:
    """Print the reply until its end; Ctrl-C (the task is cancelled) stops it, its text is kept.

    `events` was subscribed to before the message was handed in. Raises ChatcliError: no
    reply could begin.
    """
    pending.on_end(events.close)
    reply = TextReply(StandardOutput(), terminal=True, tell=note)
    while True:
        try:
            async for event in events:
                if event.turn_id == pending.turn_id:
                    reply.show(event)
                    _tell(event)
            return await pending.finished()
        except asyncio.CancelledError:
            pending.cancel()
            _go_on()


def _go_on() -> None:
    """The task was cancelled to stop the reply and nothing else."""
    task = asyncio.current_task()
    if task is not None:
        task.uncancel()


def _tell(event: Event) -> None:
    match event:
        case Retrying(attempt=attempt, attempts=attempts, reason=reason, wait_seconds=seconds):
            note(f"{reason}; attempt {attempt} of {attempts} in {seconds:.0f} s, Ctrl-C stops")
        case FellBack(failed_model=failed, model=model, reason=reason):
            note(f"{failed}: {reason}; asking {model}")
        case TurnFinished():
            _tell_end(event)


def _tell_end(event: TurnFinished) -> None:
    for notice in event.notices:
        note(notice)
    turn, fault = event.turn, event.turn.error
    if fault is None:
        return
    if fault.kind == "interrupted":
        note("stopped; the text so far is kept" if turn.content else "stopped")
    else:
        complain(f"{turn.status}: {fault.message}", fault.hint)


def note(text: str) -> None:
    """One line in brackets, between replies."""
    StandardOutput().write(f"[{one_line(text)}]\n")


def complain(message: str, hint: str) -> None:
    """What went wrong, and what to do, on standard error."""
    print_error(f"chatcli: {one_line(message)}")
    if hint:
        print_error(labelled(in_the_chat(one_line(hint))))
