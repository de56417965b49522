"""A question on the terminal that is answered with yes or no."""

from __future__ import annotations

import sys

from chatcli.output.streams import print_error

YES, NO = ("y", "yes"), ("n", "no")


def confirmed(question: str, *, default: bool) -> bool:
    """Ask on standard error until the answer is yes or no; standard input is a terminal.

    An empty line is the `default`, the end of input (Ctrl-D) a no. Raises KeyboardInterrupt,
    with the cursor on a new line.
    """
    choices = "[Y/n]" if default else "[y/N]"
    try:
        while (answer := _answer(f"{question} {choices}: ", default=default)) is None:
            print_error("please answer y or n")
    except KeyboardInterrupt:
        print_error("")
        raise
    return answer


def _answer(prompt: str, *, default: bool) -> bool | None:
    """One answer; None if it says neither yes nor no."""
    sys.stderr.write(prompt)
    sys.stderr.flush()
    line = sys.stdin.buffer.readline()
    if not line.endswith(b"\n"):
        print_error("")
    word = line.decode(errors="replace").strip().lower()
    if line and not word:
        return default
    if word in YES:
        return True
    return False if word in NO or not line else None
