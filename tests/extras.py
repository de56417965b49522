"""What tests need besides chatcli's own packages: servers, and the CommonMark specification.

`python3 -m tests` installs it into `extras/` of its environment, each in a folder of its own.
It has nothing but the standard library at that time, so this module has no more.
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
from typing import TypeVar

Found = TypeVar("Found")

BIN = "Scripts" if os.name == "nt" else "bin"
XPYD_SIM_PACKAGES = Path(__file__).with_name("xpyd_sim.txt")
MOCK_LLM = "@dwmkerr/mock-llm"
MOCK_LLM_VERSION = "0.1.29"
COMMONMARK = "commonmark-spec"
COMMONMARK_VERSION = "0.31.2"


class MissingExtraError(Exception):
    """It is not there; `installable` tells whether this machine could have it."""

    def __init__(self, reason: str, *, installable: bool) -> None:
        super().__init__(reason)
        self.installable = installable


def installed(find: Callable[[], Found]) -> Found:
    """What `find` returns.

    Without it the test is skipped; with `CI=true` it fails, if this machine could have it.
    """
    import pytest

    try:
        return find()
    except MissingExtraError as error:
        if error.installable and os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(str(error))


def xpyd_sim() -> list[str]:
    """The command of xpyd-sim, a server; MissingExtraError."""
    program = shutil.which("xpyd-sim", path=str(_folder("xpyd-sim") / BIN))
    if program is None:
        raise _not_installed("xpyd-sim")
    return [program]


def mock_llm() -> list[str]:
    """The command of mock-llm, a server; MissingExtraError."""
    program = _npm_file("mock-llm", MOCK_LLM, "dist/main.js")
    node = shutil.which("node")
    if node is None:
        raise _not_installed("node")
    return [node, str(program)]


def commonmark() -> Path:
    """The text of the CommonMark specification; MissingExtraError."""
    return _npm_file("commonmark", COMMONMARK, "spec.txt")


def install(python: Path) -> Iterator[str]:
    """Install everything, or bring it up to date, beside the packages of `python`.

    Returns:
        A sentence for each that could not be had; its tests are skipped or fail, that is
        theirs to say.
    """
    steps: list[Callable[[Path], None]] = [
        _install_xpyd_sim,
        _install_mock_llm,
        _install_commonmark,
    ]
    with ThreadPoolExecutor() as pool:
        for step in [pool.submit(step, python) for step in steps]:
            error = step.exception()
            if isinstance(error, MissingExtraError):
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
    _npm_install("mock-llm", f"{MOCK_LLM}@{MOCK_LLM_VERSION}", python)


def _install_commonmark(python: Path) -> None:
    _npm_install("commonmark", f"{COMMONMARK}@{COMMONMARK_VERSION}", python)


def _npm_install(name: str, package: str, python: Path) -> None:
    npm = _npm(name)
    folder = _folder(name, python)
    folder.mkdir(parents=True, exist_ok=True)
    patient = [
        "--fetch-retries=3",
        "--fetch-retry-mintimeout=1000",
        "--fetch-retry-maxtimeout=8000",
    ]
    quick = ["--prefer-offline", "--no-audit", "--no-fund"]
    safe = ["--ignore-scripts", "--engine-strict", "--no-save", "--omit=dev", "--loglevel=error"]
    _run(name, [npm, "install", "--prefix", str(folder), *quick, *patient, *safe, package])


def _npm_file(name: str, package: str, path: str) -> Path:
    """A file of an installed package."""
    _npm(name)
    file = _folder(name) / "node_modules" / package / path
    if not file.exists():
        raise _not_installed(name)
    return file


def _npm(name: str) -> str:
    program = shutil.which("npm")
    if program is None:
        raise MissingExtraError(f"{name} needs npm, which is not here", installable=False)
    return program


def _run(name: str, command: list[str]) -> None:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or [f"exit {done.returncode}"]
        raise MissingExtraError(f"{name} can't be installed: {said[0]}", installable=True)


def _not_installed(name: str) -> MissingExtraError:
    reason = f"{name} is not installed; `python3 -m tests` does that"
    return MissingExtraError(reason, installable=True)


def _folder(name: str, python: Path = Path(sys.prefix, BIN, "python")) -> Path:
    """Where something is installed: in the environment that `python` belongs to."""
    return python.parent.parent / "extras" / name
