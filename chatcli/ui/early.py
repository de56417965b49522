"""A prompt shown before the program is loaded, within milliseconds, so that one can type.

What is typed meanwhile is not echoed by the terminal; it waits there, and the real prompt
shows it once. Imports next to nothing, on purpose.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextvars import ContextVar

PROMPT = "> "
PASTES_MARKED, PASTES_UNMARKED = "\x1b[?2004h", "\x1b[?2004l"
"""Bracketed paste: a newline in a paste is not Enter."""

TAKE_SECONDS = 1.0
"""Seconds to wait for a terminal that does not read."""
TYPED_BEFORE: ContextVar[int] = ContextVar("typed_before", default=0)
"""How many bytes waited in the terminal when it was told to leave Enter as it is."""


def is_terminal() -> bool:
    """Whether input and output are a terminal that understands escape sequences."""
    from chatcli.output.streams import draws

    return draws(sys.stdin) and draws(sys.stdout)


def show_prompt() -> Callable[[], None]:
    """Show the static prompt; returns a function that restores the terminal.

    Call it before anything slow is imported, if the interactive chat is about to start.
    """
    if not is_terminal():
        return _nothing
    restore = keep_typing()
    if restore is _nothing:
        return _nothing
    write_now(f"\r{PROMPT}{PASTES_MARKED}")

    def take_away() -> None:
        write_now(f"{PASTES_UNMARKED}\r\x1b[K")
        restore()

    return take_away


def keep_typing() -> Callable[[], None]:
    """From now on keys wait in the terminal, unseen, for the prompt that reads them.

    Enter waits as itself: a terminal that turned it into a newline would make the prompt go
    on to the next line where the user meant to send. Returns a function that ends this.
    """
    if sys.platform == "win32" or not sys.stdin.isatty():
        return _nothing
    import termios

    fd = sys.stdin.fileno()
    try:
        before = termios.tcgetattr(fd)
        quiet = termios.tcgetattr(fd)
        quiet[0] &= ~termios.ICRNL
        quiet[3] &= ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(fd, termios.TCSANOW, quiet)
        TYPED_BEFORE.set(_waiting(fd))
    except (termios.error, OSError):
        return _nothing

    def restore() -> None:
        try:
            termios.tcsetattr(fd, termios.TCSANOW, before)
        except (termios.error, OSError):
            return

    return restore


def _waiting(fd: int) -> int:
    """How many bytes are waiting to be read."""
    import fcntl
    import termios

    try:
        return int.from_bytes(fcntl.ioctl(fd, termios.FIONREAD, bytes(4)), sys.byteorder)
    except OSError:
        return 0


def forget_typing() -> None:
    """Drop the keys that wait: they were pressed before a question was asked."""
    if sys.platform == "win32" or not sys.stdin.isatty():
        return
    import termios

    try:
        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
    except (termios.error, OSError):
        return


def _nothing() -> None:
    """The terminal was not changed."""


def write_now(text: str) -> None:
    """Write a few characters to standard output, unless its terminal does not take them."""
    import select

    try:
        fd = sys.stdout.fileno()
        if sys.platform == "win32" or select.select([], [fd], [], TAKE_SECONDS)[1]:
            os.write(fd, text.encode(sys.stdout.encoding or "utf-8", "replace"))
    except (OSError, ValueError):
        return
