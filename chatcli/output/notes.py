"""Lines on standard error: notes, and errors with their hints."""

from __future__ import annotations

from chatcli.core.text import one_line
from chatcli.output.streams import print_error

ERASE_LINE = "\r\x1b[K"


def print_note(text: str) -> None:
    """One line that is no error."""
    print_error(f"chatcli: {one_line(text)}")


def print_fault(message: str, hint: str = "") -> None:
    """An expected error: what happened, and what to do where there is something to do."""
    print_error(f"chatcli: error: {one_line(message)}")
    if hint:
        print_error(f"hint: {one_line(hint)}")
