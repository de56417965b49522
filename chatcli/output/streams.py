"""Standard output and standard error: encoding, terminals, closed pipes."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from chatcli.core.text import PLAIN_TERMINALS, for_terminal
from chatcli.errors import ChatcliError, ExitCode


class OutputError(ChatcliError):
    """Standard output cannot be written, for instance because the disk is full."""

    kind = "output"
    exit_code = ExitCode.UNEXPECTED


class ReaderGoneError(Exception):
    """Nobody reads standard output any more (`| head`); the program ends quietly."""


def prepare_streams() -> None:
    """Make the standard streams safe to use; called once at the program's start.

    A closed descriptor is pointed at the null device, so that no file opened later takes its
    number. Pipes and files get UTF-8; a terminal keeps its encoding, and what it cannot show
    is replaced.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdout, sys.stderr):
        if stream is None or not hasattr(stream, "reconfigure"):
            continue
        if stream.isatty() or os.environ.get("PYTHONIOENCODING"):
            stream.reconfigure(errors="replace")
        else:
            stream.reconfigure(encoding="utf-8", errors="replace")


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person sees what is written there."""
    return stream is not None and stream.isatty()


def draws(stream: TextIO | None) -> bool:
    """Whether it is a terminal that obeys escape sequences; one without a name may not."""
    plain = sys.platform != "win32" and os.environ.get("TERM", "") in PLAIN_TERMINALS
    return is_terminal(stream) and not plain


def print_out(text: str) -> None:
    """Write to standard output and flush.

    Raises:
        ReaderGoneError: nobody reads any more.
        OutputError: it cannot be written.
    """
    if sys.stdout is None:
        raise OutputError("standard output is closed")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        raise output_fault(error) from error


def output_fault(error: OSError) -> OutputError | ReaderGoneError:
    """What to raise for a write to standard output that failed; nothing more is written there."""
    if sys.stdout is not None:
        silence(sys.stdout)
    if isinstance(error, BrokenPipeError):
        return ReaderGoneError()
    return OutputError(f"standard output cannot be written: {error.strerror}")


def print_value(text: str) -> None:
    """One line for scripts: as it is; on a terminal with control characters made visible.

    Raises as `print_out` does.
    """
    print_out(f"{for_terminal(text) if is_terminal(sys.stdout) else text}\n")


def print_error(line: str) -> None:
    """Write a line to standard error; one that cannot be written is dropped."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
    except OSError:
        silence(sys.stderr)


def silence(stream: TextIO) -> None:
    """Point a stream that failed at the null device, so that the exit flushes into nothing."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)
