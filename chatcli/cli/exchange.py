"""One message and its reply: opens everything, draws the reply, closes everything."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chatcli import event_loop
from chatcli.cli.reply import follow
from chatcli.errors import ChatcliError, ExitCode, UsageError
from chatcli.output.reply_notes import Notes
from chatcli.output.streams import is_terminal
from chatcli.output.writer import BackgroundWriter

if TYPE_CHECKING:
    from chatcli.cli.asking import Question
    from chatcli.cli.invocation import Invocation
    from chatcli.cli.printing import Printing
    from chatcli.core.events import TurnFinished
    from chatcli.core.model import Session
    from chatcli.manager import SessionManager

GRACE_SECONDS = 5.0
"""Seconds for a reply to be completed after its reader has gone (`| head`)."""


def ask(invocation: Invocation, question: Question, printing: Printing) -> int:
    """Get a reply, print it and return the exit code; raises ChatcliError."""
    from chatcli.cli.first_start import with_a_model

    if printing.json and printing.json_lines:
        raise UsageError("--json and --stream-json cannot be combined")
    invocation.quiet, invocation.exchange_began = printing.quiet, True
    exchange = Exchange(invocation.make_manager, question, printing)
    as_json = printing.json or printing.json_lines
    return with_a_model(invocation, exchange.run, offer=not as_json)


@dataclass(slots=True)
class Exchange:
    """A request and the printer of its reply; `make_manager` opens the database."""

    make_manager: Callable[[], SessionManager]
    question: Question
    printing: Printing
    _session: Session | None = field(init=False, default=None)

    def run(self) -> int:
        """Do it all and return the exit code; raises ChatcliError if no reply could begin."""
        writer = BackgroundWriter()
        notes = Notes(quiet=self.printing.quiet)
        try:
            finished, code = self._converse(writer, notes)
        except BaseException as error:
            self.printing.refuse(writer, _as_refusal(error), self._session)
            raise
        finally:
            writer.close()
        if not writer.reader_gone:
            notes.finished(finished)
        return code

    def _converse(self, writer: BackgroundWriter, notes: Notes) -> tuple[TurnFinished, int]:
        manager = self.make_manager()
        try:  # not on the event loop, where Ctrl-C could not end the reading of a message
            session = self._session = self.question.prepare(manager, notes)
        except BaseException:
            manager.store.close()
            raise
        return event_loop.run(self._answered(manager, session, writer, notes))

    async def _answered(
        self, manager: SessionManager, session: Session, writer: BackgroundWriter, notes: Notes
    ) -> tuple[TurnFinished, int]:
        async with manager:
            _stop_without_reader(manager, session, writer)
            _tell(manager, notes)
            output = self.printing.output(writer, manager.config.repl, notes)
            finished, code = await follow(
                manager, session, lambda: self.question.hand_in(manager, session), output, notes
            )
            if is_terminal(sys.stdout) and not writer.reader_gone:
                await asyncio.to_thread(manager.mark_seen, session, finished.turn.id)
            _tell(manager, notes)
        if writer.reader_gone and code == ExitCode.INTERRUPTED:
            code = ExitCode.INCOMPLETE
        return finished, code


def _stop_without_reader(
    manager: SessionManager, session: Session, writer: BackgroundWriter
) -> None:
    """Stop the reply some time after nobody reads it any more, unless it is whole by then."""
    loop = asyncio.get_running_loop()

    def gone() -> None:
        with contextlib.suppress(RuntimeError):  # the reply is whole, the loop has ended
            loop.call_soon_threadsafe(loop.call_later, GRACE_SECONDS, manager.stop, session)

    writer.on_reader_gone = gone


def _tell(manager: SessionManager, notes: Notes) -> None:
    for notice in manager.take_notices():
        notes.say(notice)


def _as_refusal(error: BaseException) -> ChatcliError:
    """The exception as JSON reports it when no reply began."""
    if isinstance(error, ChatcliError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return _InterruptedError("interrupted before anything was sent")
    return ChatcliError(f"unexpected {type(error).__name__}")


class _InterruptedError(ChatcliError):
    """The error for a Ctrl-C before the reply began."""

    kind = "interrupted"
    exit_code = ExitCode.INTERRUPTED
