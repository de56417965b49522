"""Run the program that prints a key: without a shell, without input, for a limited time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from chatcli.core.text import one_line
from chatcli.errors import ConfigError

if TYPE_CHECKING:
    from io import BufferedReader
    from subprocess import Popen

SECONDS = 30.0
LONGEST_OUTPUT = 65_536  # bytes
_LAST_WORDS = 2.0  # seconds for output that is still under way when the program has ended


def first_line_of(
    command: Sequence[str], backend: str, environ: Mapping[str, str], seconds: float = SECONDS
) -> str:
    """The first line that a command prints (`pass show` prints the secret there).

    Args:
        command: program and arguments.
        backend: whose key it is, for messages.
        environ: the command's environment variables.
        seconds: how long it may take.

    Raises:
        ConfigError: it cannot be started, fails, takes too long or prints nothing. Its output
            is in no message.
    """
    import subprocess

    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own command, and no shell
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environ),
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not a valid command"
        raise _failed(command, backend, f"cannot be started: {reason}") from None
    output = _read(process, seconds)
    if output is None:
        raise _failed(command, backend, f"did not end within {seconds:g} s")
    if process.returncode:
        raise _failed(command, backend, f"ended with exit code {process.returncode}")
    line = output.decode("utf-8", "replace").lstrip().partition("\n")[0]
    if not line:
        raise _failed(command, backend, "printed nothing")
    return line


def _read(process: Popen[bytes], seconds: float) -> bytes | None:
    """What the process prints until it ends; None if that takes too long.

    A thread reads, so that a child which outlives the process and keeps its output open
    cannot hold us up. More than a key's length of output is left unread.
    """
    import subprocess
    from threading import Thread

    pieces: list[bytes] = []
    reader = Thread(target=_collect, args=(pieces, process.stdout), daemon=True)
    reader.start()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        process.kill()
        process.wait()
    reader.join(_LAST_WORDS)
    return b"".join(pieces)


def _collect(pieces: list[bytes], stream: BufferedReader) -> None:
    with stream:
        while sum(map(len, pieces)) < LONGEST_OUTPUT and (piece := stream.read1(LONGEST_OUTPUT)):
            pieces.append(piece)


def _failed(command: Sequence[str], backend: str, reason: str) -> ConfigError:
    program = one_line(command[0], 80)
    return ConfigError(
        f"the api_key_command of the backend {one_line(backend)} ({program}) {reason}",
        hint="run it in a shell to see why; here it gets no standard input",
    )
