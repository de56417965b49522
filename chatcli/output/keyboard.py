"""Keeps typed keys off the screen while something is redrawn in place."""

from __future__ import annotations

import os
import sys
from typing import Any

from chatcli.output.streams import is_terminal


class QuietKeyboard:
    """Turns the terminal's echo off and on again.

    An echoed key would move the cursor, and the next erasing would miss its rows. What is
    typed meanwhile is not lost: whoever reads the terminal next gets it. Does nothing where
    standard input is no terminal or belongs to another job.
    """

    def __init__(self) -> None:
        self._before: list[Any] | None = None

    @property
    def in_hand(self) -> bool:
        """Whether no key can disturb the screen: the echo is off, or there is no keyboard."""
        return self._before is not None or not is_terminal(sys.stdin)

    def hush(self) -> None:
        """Turn the echo off."""
        if self._before is not None or not is_terminal(sys.stdin):
            return
        try:
            import termios
        except ImportError:  # Windows
            return
        try:
            if os.tcgetpgrp(0) != os.getpgrp():  # in the background: the job would be stopped
                return
            before = termios.tcgetattr(0)
            hushed = [*before]
            hushed[3] &= ~termios.ECHO
            termios.tcsetattr(0, termios.TCSANOW, hushed)
        except (OSError, termios.error):
            return
        self._before = before

    def restore(self) -> None:
        """Put it back as it was."""
        if self._before is None:
            return
        import contextlib
        import termios

        with contextlib.suppress(OSError, termios.error):
            termios.tcsetattr(0, termios.TCSANOW, self._before)
        self._before = None
