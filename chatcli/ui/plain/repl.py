"""The chat without a capable terminal: one line in, one reply out, no escape sequence."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from chatcli import event_loop
from chatcli.commands.registry import Context, Outcome, Registry
from chatcli.core.model import Session, SessionState
from chatcli.core.text import one_line
from chatcli.errors import ChatcliError, ExitCode
from chatcli.output.plain import plain_text
from chatcli.output.streams import OutputError, ReaderGoneError, is_terminal
from chatcli.ui.greeting import greeting
from chatcli.ui.plain.commands import plain_registry
from chatcli.ui.plain.reply import StandardOutput, complain, note, show_reply
from chatcli.ui.start import Wanted, open_session

if TYPE_CHECKING:
    from chatcli.config import Config
    from chatcli.manager import PendingReply, SessionManager, Subscription

PROMPT = "> "


def run_plain_repl(
    config: Config,
    make_manager: Callable[[], SessionManager],
    registry: Registry,
    wanted: Wanted,
) -> int:
    """Chat until the input ends or /quit; returns the exit code. Raises ChatcliError."""
    with contextlib.suppress(ReaderGoneError):
        return event_loop.run(_run(config, make_manager, registry, wanted))
    return ExitCode.OK


async def _run(
    config: Config,
    make_manager: Callable[[], SessionManager],
    registry: Registry,
    wanted: Wanted,
) -> int:
    async with await asyncio.to_thread(make_manager) as manager:
        session = await asyncio.to_thread(open_session, manager, wanted)
        chat = PlainChat(config, manager, registry, session, model=wanted.model)
        await asyncio.to_thread(chat.greet, wanted)
        return await chat.run()


class PlainChat:
    """One session at a time, line by line. `model` is asked in new sessions."""

    def __init__(
        self,
        config: Config,
        manager: SessionManager,
        registry: Registry,
        session: Session,
        *,
        model: str = "",
    ) -> None:
        self._config = config
        self._manager = manager
        self._session = session
        self._model = model
        self._registry = plain_registry(registry, model)
        self._interactive = is_terminal(sys.stdin)
        self._code = 0
        """The exit code for scripts: that of the last failure."""
        self._output = StandardOutput()

    def greet(self, wanted: Wanted) -> None:
        """Show the model, how to get help and how to leave, if a person is typing."""
        if self._interactive:
            for text, _ in greeting(self._manager, self._session, wanted):
                self._output.write(f"{one_line(text)}\n" if text else "")

    async def run(self) -> int:
        """Until the input ends, /quit, or Ctrl-C on an idle line; returns the exit code."""
        lines = _lines_from_stdin()
        with _interrupts(asyncio.current_task()):
            while True:
                self._output.write(PROMPT if self._interactive else "")
                try:
                    line = await lines.get()
                    if line is None or line.strip() in {"/quit", "/exit", "/bye"}:
                        return ExitCode.OK if self._interactive else self._code
                    await self._handle(line.rstrip("\n"))
                except asyncio.CancelledError:
                    return ExitCode.INTERRUPTED

    async def _handle(self, line: str) -> None:
        try:
            if line.startswith("/") and not line.startswith("//"):
                await self._command(line[1:])
            elif line.strip():
                with contextlib.closing(self._manager.subscribe()) as events:
                    message = line.removeprefix("/")
                    await self._follow(self._manager.submit(self._session, message), events)
        except OutputError:  # whatever else is asked, nobody would see the answer
            raise
        except ChatcliError as error:
            self._code = error.exit_code
            complain(error.message, error.hint)

    async def _follow(self, pending: PendingReply, events: Subscription) -> None:
        finished = await show_reply(pending, events)
        self._code = finished.exit_code or self._code
        if finished.session.id == self._session.id:
            self._session = finished.session
        await asyncio.to_thread(self._manager.mark_seen, finished.session, finished.turn.id)

    # --- commands -------------------------------------------------------------

    async def _command(self, line: str) -> None:
        command, arguments = self._registry.parse(line)
        context = Context(self._manager, self._config, self._session, self._registry)
        with contextlib.closing(self._manager.subscribe()) as events:
            if inspect.iscoroutinefunction(command.run):
                outcome = await command.run(context, arguments)
            else:
                outcome = await asyncio.to_thread(command.run, context, arguments)
            await self._show_outcome(outcome, events)

    async def _show_outcome(self, outcome: Outcome, events: Subscription) -> None:
        self._output.write(plain_text(outcome.blocks))
        for notice in outcome.notices:
            note(notice)
        if outcome.pending is not None:
            await self._follow(outcome.pending, events)
        await asyncio.to_thread(self._settle, outcome.open)

    def _settle(self, wanted: Session | None) -> None:
        """The session that a command opened or changed; a new one where it has ended."""
        if wanted is not None:
            ended = wanted.state is SessionState.ENDED
            self._session = self._manager.restore_session(wanted) if ended else wanted
            return
        active = {session.id: session for session in self._manager.sessions()}
        self._session = active.get(self._session.id, self._session)
        if self._session.id not in active or self._session.state is SessionState.ENDED:
            self._session = self._manager.create_session(self._model, persist=False)


# --- input --------------------------------------------------------------------


def _lines_from_stdin() -> asyncio.Queue[str | None]:
    """The lines as they arrive, then None; read by a thread that does not delay the exit."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed
            for line in sys.stdin or ():
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, name="chatcli-input", daemon=True).start()
    return lines


@contextlib.contextmanager
def _interrupts(task: asyncio.Task[object] | None) -> Iterator[None]:
    """Ctrl-C cancels what the task waits for."""
    if task is None or sys.platform == "win32":
        yield
        return
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, task.cancel)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
