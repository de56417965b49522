"""A prompt before the program is loaded: something to type into after some milliseconds.

What is typed meanwhile is not echoed by the terminal; it waits there, and the real prompt
shows it once. Imports next to nothing, on purpose.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

PROMPT = "> "


def is_terminal() -> bool:
    """Whether a person sits in front of a terminal that can do more than a typewriter."""
    plain = os.environ.get("TERM", "") in {"", "dumb", "unknown"} and sys.platform != "win32"
    return not plain and sys.stdin.isatty() and sys.stdout.isatty()


def show_prompt() -> Callable[[], None]:
    """Show the static prompt; returns what puts the terminal back as it was.

    Call it before anything slow is imported, if the interactive chat is about to start.
    """
    if sys.platform == "win32" or not is_terminal():
        return lambda: None
    import termios

    fd = sys.stdin.fileno()
    try:
        before = termios.tcgetattr(fd)
        quiet = termios.tcgetattr(fd)
        quiet[3] &= ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(fd, termios.TCSANOW, quiet)
        os.write(sys.stdout.fileno(), f"\r{PROMPT}".encode())
    except (termios.error, OSError):
        return lambda: None

    def restore() -> None:
        try:
            os.write(sys.stdout.fileno(), b"\r\x1b[K")
            termios.tcsetattr(fd, termios.TCSANOW, before)
        except (termios.error, OSError):
            return

    return restore
