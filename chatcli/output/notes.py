"""Lines on standard error: notes, and errors with their hints."""

from __future__ import annotations

import sys

from chatcli.core.text import one_line
from chatcli.output.streams import print_error

ERASE_LINE = "\r\x1b[K"


def redraw_line(text: str = "") -> None:
    """Write over the line that a terminal's cursor is in; for a text shorter than its row."""
    sys.stderr.write(f"{ERASE_LINE}{text}")
    sys.stderr.flush()


def print_note(text: str) -> None:
    """Print one line that is not an error."""
    print_error(f"chatcli: {one_line(text)}")


def print_fault(message: str, hint: str = "") -> None:
    """Print an expected error: what happened and, if something can be done, what to do."""
    print_error(f"chatcli: error: {one_line(message)}")
    if hint:
        print_error(f"hint: {one_line(hint)}")
