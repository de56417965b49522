"""The log file: warnings and unexpected faults, never a prompt, a reply or a key."""

from __future__ import annotations

import logging
import os
import traceback
from io import TextIOWrapper
from pathlib import Path

from chatcli.config.paths import make_private_folder

LIMIT_BYTES = 1_000_000
"""A log that has grown beyond this becomes `chatcli.log.1` when the next process opens it."""
FORMAT = "%(asctime)s %(process)d %(levelname)s %(message)s"


def log_path(state_folder: Path) -> Path:
    """The log's place."""
    return state_folder / "chatcli.log"


def start_log(state_folder: Path) -> None:
    """Send warnings of the program into the log; the file is made with the first one."""
    logger = logging.getLogger("chatcli")
    if not any(isinstance(handler, PrivateFileHandler) for handler in logger.handlers):
        logger.addHandler(PrivateFileHandler(log_path(state_folder)))
        logger.propagate = False


def log_unexpected(state_folder: Path, error: BaseException) -> Path | None:
    """Write down where an unexpected exception came from; the log's path, None if it failed."""
    handler = PrivateFileHandler(log_path(state_folder))
    fault = (type(error), error, error.__traceback__)
    record = logging.LogRecord(
        "chatcli", logging.ERROR, __file__, 0, "unexpected fault", None, fault
    )
    handler.handle(record)
    handler.close()
    return None if handler.failed else log_path(state_folder)


class PrivateFileHandler(logging.FileHandler):
    """Opens its file late, for its owner alone, and leaves values out of tracebacks."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", delay=True)
        self.failed = False
        self.setFormatter(PlaceFormatter(FORMAT))

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        make_private_folder(path.parent)
        if path.exists() and path.stat().st_size > LIMIT_BYTES:
            path.replace(path.with_suffix(".log.1"))
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(descriptor, "a", encoding="utf-8")

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; a log that cannot be opened disturbs nobody."""
        try:
            super().emit(record)
        except OSError:
            self.failed = True

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - its name
        """The same for a log that cannot be written."""
        self.failed = True


class PlaceFormatter(logging.Formatter):
    """Writes an exception's type and places, not its message: that may quote a prompt or a key.

    The message of an operating system's error is kept; it names a file and a reason.
    """

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's name
        """The exception and what it came from, oldest first."""
        error = ei[1] if isinstance(ei, tuple) else None
        chain: list[BaseException] = []
        while isinstance(error, BaseException) and error not in chain:
            chain.append(error)
            error = error.__cause__ or error.__context__
        return "\n".join(_places(error) for error in reversed(chain))


def _places(error: BaseException) -> str:
    said = f": {error.strerror} {error.filename or ''}" if isinstance(error, OSError) else ""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{frames}{type(error).__module__}.{type(error).__qualname__}{said}"
