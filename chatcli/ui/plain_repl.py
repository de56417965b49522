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

from chatcli.commands.registry import Context, Outcome, Registry
from chatcli.core.events import FellBack, Retrying, TextDelta, TurnFinished
from chatcli.core.model import Session, SessionState, TurnStatus
from chatcli.core.text import for_terminal
from chatcli.errors import ChatcliError, ExitCode
from chatcli.output.plain import plain_text
from chatcli.ui.plain_commands import plain_registry
from chatcli.ui.start import Wanted, open_session

if TYPE_CHECKING:
    from chatcli.config import Config
    from chatcli.manager import PendingReply, SessionManager

PROMPT = "> "


def run_plain_repl(
    config: Config,
    make_manager: Callable[[], SessionManager],
    registry: Registry,
    wanted: Wanted,
) -> int:
    """Chat until the input ends or /quit; returns the exit code. Raises ChatcliError."""
    with contextlib.suppress(BrokenPipeError):
        return asyncio.run(_run(config, make_manager, registry, wanted))
    return ExitCode.OK


async def _run(
    config: Config,
    make_manager: Callable[[], SessionManager],
    registry: Registry,
    wanted: Wanted,
) -> int:
    async with await asyncio.to_thread(make_manager) as manager:
        session = await asyncio.to_thread(open_session, manager, wanted)
        return await PlainChat(config, manager, registry, session).run()


class PlainChat:
    """One session at a time, line by line."""

    def __init__(
        self, config: Config, manager: SessionManager, registry: Registry, session: Session
    ) -> None:
        self._config = config
        self._manager = manager
        self._session = session
        self._registry = plain_registry(registry)
        self._interactive = sys.stdin.isatty()

    async def run(self) -> int:
        """Until the input ends, /quit, or Ctrl-C on an idle line."""
        lines = _lines_from_stdin()
        with _interrupts(asyncio.current_task()):
            while True:
                self._prompt()
                try:
                    line = await lines.get()
                    if line is None or line.strip() in {"/quit", "/exit", "/bye"}:
                        return ExitCode.OK
                    await self._handle(line.rstrip("\n"))
                except asyncio.CancelledError:
                    return ExitCode.INTERRUPTED

    def _prompt(self) -> None:
        if self._interactive:
            _print(PROMPT, end="")

    async def _handle(self, line: str) -> None:
        try:
            if line.startswith("/") and not line.startswith("//"):
                await self._command(line[1:])
            elif line.strip():
                await self._send(line.removeprefix("/"))
        except ChatcliError as error:
            _complain(error.message, error.hint)

    # --- messages -------------------------------------------------------------

    async def _send(self, message: str) -> None:
        events = self._manager.stream_message(self._session, message)
        try:
            async for event in events:
                self._show(event)
        except asyncio.CancelledError:  # Ctrl-C: the reply is stopped, its text kept
            _print("\n[stopped; the text so far is kept]")
            _uncancel()
        finally:
            await events.aclose()

    def _show(self, event: object) -> None:
        match event:
            case TextDelta(text=text):
                _print(for_terminal(text), end="")
            case Retrying(reason=reason, wait_seconds=seconds):
                _print(f"[{reason}; again in {seconds:.0f} s]")
            case FellBack(model=model, reason=reason):
                _print(f"[{reason}; asking {model}]")
            case TurnFinished(turn=turn, session=session):
                self._session = session
                _print("" if turn.content.endswith("\n") or not turn.content else "\n", end="")
                if turn.status is not TurnStatus.COMPLETE and turn.error:
                    _complain(f"{turn.status}: {turn.error.message}", turn.error.hint)
                self._manager.mark_seen(session, turn.id)

    # --- commands -------------------------------------------------------------

    async def _command(self, line: str) -> None:
        command, arguments = self._registry.parse(line)
        context = Context(self._manager, self._config, self._session, self._registry)
        if inspect.iscoroutinefunction(command.run):
            outcome = await command.run(context, arguments)
        else:
            outcome = await asyncio.to_thread(command.run, context, arguments)
        await self._show_outcome(outcome)

    async def _show_outcome(self, outcome: Outcome) -> None:
        _print(plain_text(outcome.blocks), end="")
        for notice in outcome.notices:
            _print(notice)
        if outcome.pending is not None:
            await self._follow(outcome.pending)
        if outcome.open is not None:
            self._session = outcome.open
        await asyncio.to_thread(self._after_end)

    async def _follow(self, pending: PendingReply) -> None:
        finished = await pending.finished()
        _print(for_terminal(finished.turn.content))
        self._show(finished)

    def _after_end(self) -> None:
        """The command may have ended the session: go on in a new one."""
        active = {session.id for session in self._manager.sessions()}
        if self._session.id not in active or self._session.state is SessionState.ENDED:
            self._session = self._manager.create_session(persist=False)


# --- input and output ---------------------------------------------------------


def _lines_from_stdin() -> asyncio.Queue[str | None]:
    """The lines as they come, then None; read by a thread that never holds up the end."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens
            for line in sys.stdin:
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


def _uncancel() -> None:
    task = asyncio.current_task()
    if task is not None:
        task.uncancel()


def _print(text: str, end: str = "\n") -> None:
    sys.stdout.write(text + end)
    sys.stdout.flush()


def _complain(message: str, hint: str) -> None:
    sys.stderr.write(f"chatcli: {message}\n" + (f"hint: {hint}\n" if hint else ""))
    sys.stderr.flush()
