"""Hands the terminal to another program for a while: the editor, or the shell after Ctrl-Z."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from prompt_toolkit.application.run_in_terminal import in_terminal

from chatcli.errors import ChatcliError
from chatcli.ui.prompt.screen import HeldOutput
from chatcli.ui.state.chat import Chat

DRAIN_SECONDS = 2.0


class EditorError(ChatcliError):
    """The editor could not be started, or ended with a fault."""


class Handover:
    """Runs something while the interface is away; replies are still received."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    @contextlib.asynccontextmanager
    async def _interface_away(self) -> AsyncIterator[None]:
        async with in_terminal():
            output = self._chat.app.output
            if isinstance(output, HeldOutput):
                await asyncio.to_thread(output.writer.drain, DRAIN_SECONDS)
            try:
                yield
            finally:
                await _signals_handled()
        self._chat.pump.wake()

    async def suspend(self) -> None:
        """Stop the process as Ctrl-Z does; `fg` brings it back."""
        if sys.platform == "win32":
            return
        async with self._interface_away():
            os.kill(0, signal.SIGTSTP)

    async def edit(self) -> None:
        """Let the user edit the input in $VISUAL or $EDITOR; raises EditorError."""
        chat = self._chat
        text = chat.folds.expand(chat.buffer.text)
        async with self._interface_away():
            with _quit_key_ignored():
                edited = await asyncio.to_thread(_edited, text)
        chat.buffer.text = chat.folds.restored(edited)
        chat.buffer.cursor_position = len(chat.buffer.text)


async def _signals_handled() -> None:
    """Let the event loop handle the signals that have arrived so far.

    The Ctrl-C that ended the other program has reached this one as well, and may still be on
    its way through the event loop: read, passed on, handled, each in a turn of its own.
    """
    for _ in range(3):
        await asyncio.sleep(0)


@contextlib.contextmanager
def _quit_key_ignored() -> Iterator[None]:
    r"""Ctrl-\ in an editor is the editor's, as Ctrl-C is."""
    if sys.platform == "win32":
        yield
        return
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGQUIT, lambda: None)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGQUIT)


def _edited(text: str) -> str:
    """The text after the user has edited it, without the newline that editors add."""
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or _default_editor()
    with tempfile.TemporaryDirectory(prefix="chatcli-") as folder:
        path = Path(folder) / "message.md"
        path.write_text(text, encoding="utf-8", newline="\n")
        try:
            code = subprocess.run([*shlex.split(command), str(path)], check=False).returncode  # noqa: S603 - the user's own editor
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise EditorError(
                f"the editor '{command}' cannot be started: {reason}",
                hint="set VISUAL or EDITOR to an editor",
            ) from error
        if code:
            how = f"ended with {code}" if code > 0 else f"was ended by signal {-code}"
            raise EditorError(f"the editor '{command}' {how}; the text is unchanged")
        try:
            return path.read_text(encoding="utf-8", errors="replace").removesuffix("\n")
        except OSError as error:
            raise EditorError(
                f"the editor '{command}' left no file to read ({error.strerror}); "
                "the text is unchanged"
            ) from error


def _default_editor() -> str:
    return "notepad" if sys.platform == "win32" else "vi"
