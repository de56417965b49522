"""The one place where an exception becomes lines on standard error and an exit code."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chatcli.errors import ChatcliError, ExitCode
from chatcli.output.streams import ReaderGoneError

if TYPE_CHECKING:
    from pathlib import Path


def reported(program: Callable[[], int]) -> int:
    """Run `program` and return its exit code, or the one of the fault it ends with.

    An expected fault is one line and a hint; an unexpected one goes into the log, whose path
    is named. There is never a traceback. A closed pipe on standard output is no fault.
    """
    try:
        return program()
    except ChatcliError as error:
        return _expected(error)
    except ReaderGoneError:
        return ExitCode.OK
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told and logged here
        return _unexpected(error)


def _expected(error: ChatcliError) -> int:
    from chatcli.output.notes import print_fault

    print_fault(error.message, error.hint)
    return error.exit_code


def _unexpected(error: Exception) -> int:
    from chatcli.core.shortage import SHORTAGE_HINT, shortage_of
    from chatcli.output.notes import print_fault

    if short := shortage_of(error):
        print_fault(short, SHORTAGE_HINT)
        return ExitCode.TRY_AGAIN
    path = _logged(error)
    where = f"details are in {path}" if path else "it could not be logged"
    print_fault(f"unexpected {type(error).__name__}: this is a bug in chatcli; {where}")
    return ExitCode.UNEXPECTED


def _logged(error: Exception) -> Path | None:
    """Write the fault into the log; None where even that fails."""
    try:
        from chatcli.config.paths import state_folder
        from chatcli.output.log import log_unexpected

        return log_unexpected(state_folder(), error)
    except Exception:  # noqa: BLE001 - the fault itself has still to be told
        return None
