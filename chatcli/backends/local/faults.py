"""What can be wrong with the embedded model, and the command that repairs it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from chatcli.core.text import one_line
from chatcli.errors import LocalEngineError

SETUP_COMMAND = "chatcli local setup"
_ELSEWHERE = "use a hosted model or another local server instead"
_ILLEGAL_INSTRUCTION = (-int(signal.SIGILL), 0xC000001D)  # exit codes on POSIX, on Windows
_KILLED = -9
_CAUSE_LIMIT = 200  # characters


def python_command() -> str:
    """The Python that runs this program, as it is written in a shell."""
    import shlex

    return shlex.quote(sys.executable)


def install_command() -> str:
    """The command that adds the engine to the Python that runs this program."""
    from importlib.util import find_spec

    python = python_command()
    if find_spec("pip"):
        return f'{python} -m pip install "chatcli[local]"'
    return f'uv pip install --python {python} "chatcli[local]"'


def not_installed() -> LocalEngineError:
    """The engine's package is not there."""
    return LocalEngineError("the embedded engine is not installed", hint=install_command())


def no_model() -> LocalEngineError:
    """No model file was found anywhere."""
    message = "the embedded model's file is not there"
    return LocalEngineError(message, hint=f"{SETUP_COMMAND} fetches it")


def start_error(
    report: Mapping[str, str], code: int, log: Sequence[str], path: Path, remedy: str
) -> LocalEngineError:
    """Why it did not start, from its report, or from how it ended.

    `remedy` is the hint for a model file at `path` that cannot be used.
    """
    if report.get("error") == "import":
        return _import_error(report["detail"])
    if report.get("error") == "load":
        cause = _first_error(log) or one_line(report["detail"], _CAUSE_LIMIT)
        message = f"the model file {path} could not be loaded: {cause}"
        return LocalEngineError(message, hint=remedy)
    if code in _ILLEGAL_INSTRUCTION:
        message = "this computer's processor lacks instructions the embedded engine needs (AVX2)"
        return LocalEngineError(message, hint=_ELSEWHERE)
    if code == _KILLED:
        message = "the embedded engine was killed while it loaded, most likely for want of memory"
        return LocalEngineError(message, hint="a smaller context_size or model needs less")
    last = one_line(log[-1], _CAUSE_LIMIT) if log else "no message"
    return LocalEngineError(f"the embedded engine ended with code {code}: {last}", hint=_ELSEWHERE)


def _import_error(detail: str) -> LocalEngineError:
    """The engine's package is missing, or a library it needs."""
    if "libgomp" in detail:
        return LocalEngineError(
            "the embedded engine needs the system's OpenMP library (libgomp.so.1)",
            hint="apt-get install libgomp1, or dnf install libgomp",
        )
    if "No module named" in detail:
        return not_installed()
    return LocalEngineError(
        f"the embedded engine cannot be loaded: {one_line(detail, _CAUSE_LIMIT)}"
    )


def _first_error(log: Sequence[str]) -> str:
    """The engine's first error without time and place: `0.00.044 E llama_load: cause`."""
    line = next((line for line in log if " E " in line), "")
    return one_line(line.partition(" E ")[2].partition(": ")[2], _CAUSE_LIMIT)
