"""Waits for one reply: draws its events, and turns signals into an orderly stop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from chatcli.core.events import TurnFinished, TurnStarted
from chatcli.core.model import TurnStatus
from chatcli.errors import ExitCode
from chatcli.manager import Activity

if TYPE_CHECKING:
    from chatcli.core.model import Session
    from chatcli.manager import PendingReply, SessionManager
    from chatcli.output.reply import ReplyOutput
    from chatcli.output.reply_notes import Notes

PATIENCE_SECONDS = 1.0
"""Seconds for which a message waits silently for another process's reply."""
SIGNALLED = 128
"""A process ended by signal N exits with 128 + N, by the shells' convention."""


async def follow(
    manager: SessionManager,
    session: Session,
    hand_in: Callable[[], PendingReply],
    output: ReplyOutput,
    notes: Notes,
) -> tuple[TurnFinished, int]:
    """Hand a message in and draw its reply; returns its end and the exit code.

    Ctrl-C, SIGTERM and SIGHUP stop the reply; its text is kept. A second Ctrl-C ends the
    process at once.

    Raises:
        ChatcliError: no reply could begin; nothing was drawn.
    """
    subscription = manager.subscribe()
    pending = hand_in()
    pending.on_end(subscription.close)
    waiting = asyncio.create_task(_announce_wait(manager, session, pending, notes))
    try:
        with _stopped_by_signals(pending, output) as received:
            async for event in subscription:
                if event.turn_id != pending.turn_id:
                    continue
                if isinstance(event, TurnStarted):
                    waiting.cancel()
                notes.show(event)
                output.show(event)
            finished = await pending.finished()
    finally:
        waiting.cancel()
        notes.close()
        output.close()
    if received and finished.turn.status is not TurnStatus.COMPLETE:
        return finished, SIGNALLED + received[0]
    return finished, finished.exit_code


async def _announce_wait(
    manager: SessionManager, session: Session, pending: PendingReply, notes: Notes
) -> None:
    await asyncio.sleep(PATIENCE_SECONDS)
    if pending.activity is Activity.WAITING:
        now = await asyncio.to_thread(manager.get_session, session.id)
        if now.writing:
            notes.say(
                f"another process is writing a reply in {session.name}; waiting for it to finish"
            )


@contextlib.contextmanager
def _stopped_by_signals(pending: PendingReply, output: ReplyOutput) -> Iterator[list[int]]:
    """Stop `pending` at the first signal; the list holds the signals that arrived."""
    received: list[int] = []
    loop = asyncio.get_running_loop()

    def stop(number: int) -> None:
        if number in received:
            output.close()
            os._exit(ExitCode.INTERRUPTED)  # the text so far is on disk
        received.append(number)
        pending.cancel()

    with contextlib.ExitStack() as restore:
        for number in _signals():
            _listen(loop, number, stop, restore)
        yield received


def _signals() -> list[int]:
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


def _listen(
    loop: asyncio.AbstractEventLoop,
    number: int,
    stop: Callable[[int], None],
    restore: contextlib.ExitStack,
) -> None:
    """Call `stop` on the loop at a signal; a signal that the caller ignores (nohup) stays so."""
    if signal.getsignal(number) is signal.SIG_IGN:
        return
    try:
        loop.add_signal_handler(number, stop, number)
        restore.callback(loop.remove_signal_handler, number)
    except NotImplementedError:  # Windows: no handlers on the loop
        before = signal.signal(number, lambda n, _: loop.call_soon_threadsafe(stop, n))
        restore.callback(signal.signal, number, before)
