"""The servers the tests talk to that are programs of their own: installed here, found here.

`python3 -m tests` installs them into `servers/` of its environment, away from chatcli's own
packages. It has nothing but the standard library at that time, so this module has no more.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BIN = "Scripts" if os.name == "nt" else "bin"
XPYD_SIM_PACKAGES = Path(__file__).with_name("xpyd_sim.txt")
MOCK_LLM = "@dwmkerr/mock-llm"
MOCK_LLM_VERSION = "0.1.29"


class MissingServerError(Exception):
    """A server's program is not there; `installable` tells whether this machine could have it."""

    def __init__(self, reason: str, *, installable: bool) -> None:
        super().__init__(reason)
        self.installable = installable


def xpyd_sim() -> list[str]:
    """The command of xpyd-sim; MissingServerError."""
    program = shutil.which("xpyd-sim", path=str(_folder("xpyd-sim") / BIN))
    if program is None:
        raise _not_installed("xpyd-sim")
    return [program]


def mock_llm() -> list[str]:
    """The command of mock-llm; MissingServerError."""
    _npm()
    program = _folder("mock-llm") / "node_modules" / MOCK_LLM / "dist" / "main.js"
    node = shutil.which("node")
    if node is None or not program.exists():
        raise _not_installed("mock-llm")
    return [node, str(program)]


def install(python: Path) -> Iterator[str]:
    """Install every server, or bring it up to date, beside the packages of `python`.

    Returns:
        A sentence for each that could not be had; its tests are skipped or fail, that is
        theirs to say.
    """
    steps: list[Callable[[Path], None]] = [_install_xpyd_sim, _install_mock_llm]
    with ThreadPoolExecutor() as pool:
        for step in [pool.submit(step, python) for step in steps]:
            error = step.exception()
            if isinstance(error, MissingServerError):
                yield str(error)
            elif error is not None:
                raise error


def _install_xpyd_sim(python: Path) -> None:
    folder = _folder("xpyd-sim", python)
    own_python = folder / BIN / python.name
    if not own_python.exists():
        venv.create(folder, with_pip=False)
    options = ["--quiet", "--disable-pip-version-check", "--no-deps"]
    pip = [str(python), "-m", "pip", "--python", str(own_python)]
    _run("xpyd-sim", [*pip, "install", *options, "--requirement", str(XPYD_SIM_PACKAGES)])


def _install_mock_llm(python: Path) -> None:
    npm = _npm()
    folder = _folder("mock-llm", python)
    folder.mkdir(parents=True, exist_ok=True)
    quick = ["--prefer-offline", "--fetch-retries=1", "--no-audit", "--no-fund"]
    safe = ["--ignore-scripts", "--engine-strict", "--no-save", "--omit=dev", "--loglevel=error"]
    package = f"{MOCK_LLM}@{MOCK_LLM_VERSION}"
    _run("mock-llm", [npm, "install", "--prefix", str(folder), *quick, *safe, package])


def _npm() -> str:
    program = shutil.which("npm")
    if program is None:
        raise MissingServerError("mock-llm needs npm, which is not here", installable=False)
    return program


def _run(server: str, command: list[str]) -> None:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or [f"exit {done.returncode}"]
        raise MissingServerError(f"{server} can't be installed: {said[0]}", installable=True)


def _not_installed(server: str) -> MissingServerError:
    reason = f"{server} is not installed; `python3 -m tests` does that"
    return MissingServerError(reason, installable=True)


def _folder(server: str, python: Path = Path(sys.prefix, BIN, "python")) -> Path:
    """Where a server is installed: in the environment that `python` belongs to."""
    return python.parent.parent / "servers" / server
