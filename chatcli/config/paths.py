"""Where the user's files are: configuration, data, state; made private."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TextIO

from chatcli.core.text import one_line
from chatcli.errors import ConfigError

APP_NAME = "chatcli"
CONFIG_NAME = "config.toml"
PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600

Environ = Mapping[str, str]
_Kind = Literal["config", "data", "state"]


def config_path(environ: Environ = os.environ) -> Path:
    """The configuration file, there or not: `$CHATCLI_CONFIG`, else in the user's folder.

    Raises ConfigError: the user has no home folder.
    """
    return _named("CHATCLI_CONFIG", environ) or _user_folder("config") / CONFIG_NAME


def data_folder(environ: Environ = os.environ) -> Path:
    """Where the database is: `$CHATCLI_DATA_DIR`, else the user's data folder. Not made here.

    Raises ConfigError: the user has no home folder.
    """
    return _named("CHATCLI_DATA_DIR", environ) or _user_folder("data")


def state_folder(environ: Environ = os.environ) -> Path:
    """Where log and prompt history are: `$CHATCLI_STATE_DIR`, else the user's state folder.

    Not made here. Raises ConfigError: the user has no home folder.
    """
    return _named("CHATCLI_STATE_DIR", environ) or _user_folder("state")


def ensure_private_folder(folder: Path) -> Path:
    """Make a folder only its owner may enter (0700); one that is there stays as it is.

    Raises ConfigError: it cannot be made, or a file has its name.
    """
    try:
        make_private_folder(folder)
    except OSError as error:
        raise ConfigError(
            f"the folder {_shown(folder)} cannot be created: {error.strerror or error}",
            hint="set CHATCLI_DATA_DIR, CHATCLI_STATE_DIR or CHATCLI_CONFIG to a folder you own",
        ) from error
    return folder


def make_private_folder(folder: Path) -> None:
    """The same for whoever handles OSError.

    Missing parents are private, too, whatever the umask.
    """
    if not folder.is_dir():
        make_private_folder(folder.parent)
        folder.mkdir(PRIVATE_FOLDER, exist_ok=True)  # another process may be faster
        folder.chmod(PRIVATE_FOLDER)


def open_private(path: Path, mode: Literal["w", "x", "a"]) -> TextIO:
    """Open a text file (UTF-8) to write; a new one is its owner's alone (0600). OSError."""
    return open(path, mode, encoding="utf-8", opener=_private_opener)


def _private_opener(name: str, flags: int) -> int:
    return os.open(name, flags, PRIVATE_FILE)


def _named(variable: str, environ: Environ) -> Path | None:
    """The path in an environment variable; set but empty counts as not set."""
    text = environ.get(variable, "")
    if not text.strip():
        return None
    return Path(os.path.abspath(os.path.expanduser(text)))  # noqa: PTH100,PTH111 - keeps symbolic links


def _user_folder(kind: _Kind) -> Path:
    """The folder that the system has for it, by platformdirs (imported here: 8 ms)."""
    import platformdirs

    find = {
        "config": platformdirs.user_config_path,
        "data": platformdirs.user_data_path,
        "state": platformdirs.user_state_path,
    }[kind]
    try:
        folder = find(APP_NAME, appauthor=False)
    except RuntimeError:  # no home; older versions give a relative path then
        folder = Path()
    if not folder.is_absolute():
        raise ConfigError(
            f"no home folder was found for the {kind} files of {APP_NAME}",
            hint="set HOME, or CHATCLI_CONFIG, CHATCLI_DATA_DIR and CHATCLI_STATE_DIR",
        )
    return folder


def _shown(path: Path) -> str:
    return one_line(str(path))
