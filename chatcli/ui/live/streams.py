"""Keeps everything that libraries print away from the screen: it goes to the log."""

from __future__ import annotations

import contextlib
import io
import logging
import sys
from collections.abc import Iterator

logger = logging.getLogger("chatcli.printed")


class _ToLog(io.TextIOBase):
    """A text stream whose lines are logged."""

    encoding = "utf-8"

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def write(self, text: str) -> int:
        """Log what is not blank."""
        if text.strip():
            logger.warning("%s", text.rstrip())
        return len(text)

    def fileno(self) -> int:
        """The terminal's descriptor, for libraries that ask for its size."""
        return self._fd

    def isatty(self) -> bool:
        """Never a terminal: nothing printed here is visible."""
        return False


@contextlib.contextmanager
def printing_goes_to_log() -> Iterator[None]:
    """While the interface is there, `print`, warnings and log records do not reach it."""
    root = logging.getLogger()
    silent = logging.NullHandler()  # else records without a handler are printed
    before = sys.stdout, sys.stderr
    root.addHandler(silent)
    logging.captureWarnings(capture=True)
    sys.stdout, sys.stderr = _ToLog(1), _ToLog(2)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        logging.captureWarnings(capture=False)
        root.removeHandler(silent)
