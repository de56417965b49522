"""Managing the embedded model: what is installed, and fetching what is missing."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from chatcli.backends.local.download import disk_full
from chatcli.backends.local.faults import SETUP_COMMAND, install_command
from chatcli.backends.local.fetch import Progress, Stage, fetch
from chatcli.backends.local.file import FILE_BYTES, ModelFile, check, find, is_sound, models_folder
from chatcli.config.model import BackendConfig
from chatcli.config.paths import ensure_private_folder
from chatcli.errors import LocalEngineError


@dataclass(frozen=True, slots=True)
class LocalStatus:
    """What is installed of the embedded model, for `chatcli local status` and `doctor`.

    `fault` says what is wrong with the model file; `command` puts everything right, empty
    where there is nothing to do (or nothing that one command does).
    """

    engine_version: str | None
    file: ModelFile | None
    size_bytes: int | None
    fault: str = ""
    missing: tuple[Literal["engine", "model"], ...] = ()
    command: str = ""

    @property
    def ready(self) -> bool:
        """Whether the embedded model can answer."""
        return not self.missing and not self.fault


@dataclass(frozen=True, slots=True)
class SetupResult:
    """The model's file, and whether it was there before.

    `engine_command` installs the engine where that is missing, else it is empty: `setup` itself
    installs no packages.
    """

    file: ModelFile
    already_there: bool
    engine_command: str = ""


def engine_installed() -> bool:
    """Whether the engine's package is installed (it may still not run on this machine)."""
    from importlib.util import find_spec

    return find_spec("xllamacpp") is not None


def status(config: BackendConfig, data_folder: Path, *, verify: bool = False) -> LocalStatus:
    """What is installed, and the command that adds what is missing; never raises.

    With `verify` the file's hash is computed too, where it is known (a tenth of a second).
    """
    version, file = _engine_version(), find(config, data_folder)
    missing: tuple[Literal["engine", "model"], ...] = ()
    missing += () if version else ("engine",)
    missing += () if file else ("model",)
    size, fault = _size_and_fault(file, verify=verify) if file else (None, "")
    needs_setup = not file or (fault and file.bundled)
    commands = [install_command()] if not version else []
    commands += [SETUP_COMMAND] if needs_setup else []
    return LocalStatus(version, file, size, fault, missing, " && ".join(commands))


def _size_and_fault(file: ModelFile, *, verify: bool) -> tuple[int | None, str]:
    try:
        size = check(file)
        if verify and file.bundled and not is_sound(file):
            return size, f"the model file {file.path} is damaged: its hash is wrong"
    except LocalEngineError as error:
        return None, error.message
    except OSError as error:
        return None, f"the model file {file.path} cannot be read ({error.strerror})"
    return size, ""


def _engine_version() -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    if not engine_installed():
        return None
    try:
        return version("xllamacpp")
    except PackageNotFoundError:
        return "unknown"


def setup(data_folder: Path, progress: Progress | None = None) -> SetupResult:
    """Put the embedded model into the data folder, unless a sound one is there already.

    Ctrl-C, a full disk or a kill leaves nothing that could be taken for the model; what a
    killed setup left behind, the next one removes. Several at once wait for each other.

    Raises LocalEngineError: no pip, no network, wrong hash, disk full, folder not writable;
    ConfigError: the data folder cannot be made.
    """
    report = progress or (lambda _done, _total, _stage: None)

    def is_there() -> bool:
        file = _own(data_folder)
        return file is not None and is_sound(
            file, lambda done: report(done, FILE_BYTES, Stage.CHECK)
        )

    fetched = not is_there() and _fetch_into(data_folder, is_there, report)
    file = _own(data_folder)
    if file is None:
        raise LocalEngineError(f"the model was removed from {data_folder} while it was checked")
    command = "" if engine_installed() else install_command()
    return SetupResult(file, not fetched, command)


def _own(data_folder: Path) -> ModelFile | None:
    """Our own model, whatever the configuration names."""
    return find(BackendConfig(kind="local"), data_folder)


def _fetch_into(data_folder: Path, is_there: Callable[[], bool], report: Progress) -> bool:
    folder = models_folder(data_folder)
    ensure_private_folder(data_folder)
    ensure_private_folder(folder)
    try:
        return fetch(folder, is_there, report)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise disk_full() from error
        cause = error.strerror or error
        raise LocalEngineError(f"the model cannot be kept in {folder}: {cause}") from error
