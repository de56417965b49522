"""Standard input as a message or a part of one."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import threading
from collections.abc import Iterator

from chatcli.errors import UsageError
from chatcli.output.notes import print_note

LIMIT_BYTES = 50_000_000
"""More than any model reads; a runaway producer is refused before memory is short."""
PATIENCE_SECONDS = 1.0


def is_fed() -> bool:
    """Whether standard input was redirected: a pipe, a socket or a regular file.

    A terminal, the null device and a closed descriptor are not read by themselves.
    """
    if sys.stdin is None:
        return False
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)


def read(*, quiet: bool) -> str:
    """Read to the end of standard input, without its final line end.

    Invalid UTF-8 is replaced. Unless `quiet`, says on standard error that it waits, and that
    something was replaced. Raises UsageError if there is too much, or nothing to read from.
    """
    if sys.stdin is None:
        raise UsageError("standard input is closed")
    with contextlib.nullcontext() if quiet else _patience():
        data = _read_all()
    text = data.decode("utf-8-sig", "replace")
    if not quiet and "\ufffd" in text and "\ufffd".encode() not in data:
        print_note("standard input was not valid UTF-8; invalid bytes were replaced")
    return text.removesuffix("\n").removesuffix("\r")


def _read_all() -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := os.read(0, 1 << 20):
        pieces.append(piece)
        size += len(piece)
        if size > LIMIT_BYTES:
            raise UsageError(
                f"standard input holds more than {LIMIT_BYTES // 1_000_000} MB",
                hint="send a part of it",
            )
    return b"".join(pieces)


@contextlib.contextmanager
def _patience() -> Iterator[None]:
    """Say so when reading takes longer than a second."""
    note = "waiting for standard input to end (Ctrl-D ends it, --no-stdin ignores it)"
    timer = threading.Timer(PATIENCE_SECONDS, print_note, (note,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
