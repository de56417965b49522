"""What the shell completes: session names, models, roles. Faults complete nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chatcli.core.text import for_terminal

if TYPE_CHECKING:
    from chatcli.config import Config
    from chatcli.core.model import Session

EVALUATED = frozenset("\\$`\"'\n")
"""A name with one of these is not offered: zsh's script evaluates what it gets."""
_SPECIAL = re.compile(r"[ !#&()*;<>?\[\]^{|}~]")
SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")


def complete_session(_context: object, _parameter: object, incomplete: str) -> list[str]:
    """Names of sessions, the last used first, ended ones at the end."""
    return _quietly(lambda: [session.name for session in _by_use(_sessions())], incomplete)


def complete_model(_context: object, _parameter: object, incomplete: str) -> list[str]:
    """Aliases, default models, and the models that sessions use; no server is asked."""
    return _quietly(_models, incomplete)


def complete_role(_context: object, _parameter: object, incomplete: str) -> list[str]:
    """The configured roles."""
    return _quietly(lambda: list(_config().roles), incomplete)


def _quietly(offers: Callable[[], list[str]], incomplete: str) -> list[str]:
    """Shell completion must never print an error into a half-typed line.

    Names only: Typer would run a description through Rich's markup, which costs its import
    and takes a bracket in a message for a mistake.
    """
    try:
        names = [name for name in offers() if name.startswith(incomplete) and _is_harmless(name)]
        return [_as_typed(name) for name in names]
    except Exception:  # noqa: BLE001 - whatever it is, there is nothing to complete
        return []


def _is_harmless(name: str) -> bool:
    """Whether neither a shell nor a terminal does anything with the name but show it."""
    return not EVALUATED & set(name) and for_terminal(name) == name


def _as_typed(name: str) -> str:
    """The name as it is put into the command line; only bash leaves its quoting to us."""
    if os.environ.get("_CHATCLI_COMPLETE") != "complete_bash":
        return name
    return _SPECIAL.sub(r"\\\g<0>", name)


def _models() -> list[str]:
    config = _config()
    defaults = [
        f"{name}/{backend.default_model}"
        for name, backend in config.backends.items()
        if backend.default_model
    ]
    used = [session.model for session in _sessions()]
    return list(dict.fromkeys([*config.models, *defaults, *used]))


def _config() -> Config:
    from chatcli.config.loader import load

    return load().config


def _sessions() -> list[Session]:
    """All sessions; none if there is no database yet, which is not created here."""
    from chatcli.config.paths import data_folder
    from chatcli.storage.sqlite import SqliteStore

    path = data_folder() / "chatcli.db"
    if not path.exists():
        return []
    store = SqliteStore.open(path, reading_will_do=True)
    try:
        return store.list_sessions(ended=True)
    finally:
        store.close()


def _by_use(sessions: list[Session]) -> list[Session]:
    """Active sessions first; otherwise in their given order."""
    return sorted(sessions, key=lambda session: session.ended_by is not None)


def name_the_shell(program: Any) -> None:
    """Let --install-completion and --show-completion go by $SHELL where no shell is above us."""
    for option in program.params:
        if option.name in {"install_completion", "show_completion"}:
            option.callback = _with_shell(option.callback)


def _with_shell(act: Callable[[Any, Any, object], Any]) -> Callable[[Any, Any, object], Any]:
    def callback(ctx: Any, option: Any, value: object) -> Any:
        try:
            return act(ctx, option, _shell() if value and not ctx.resilient_parsing else value)
        except OSError as error:
            raise _as_fault(error) from error

    return callback


def _as_fault(error: OSError) -> Exception:
    """Why a script could not be printed or installed."""
    from chatcli.errors import UsageError
    from chatcli.output.streams import output_fault

    if error.filename is None:
        return output_fault(error)
    return UsageError(
        f"completion was not installed: {error.filename}: {error.strerror}",
        hint="chatcli --show-completion prints the script, to be put where the shell reads it",
    )


def _shell() -> str:
    """The shell that runs the program, else the user's own; raises UsageError."""
    import contextlib
    from pathlib import PurePath

    from shellingham import ShellDetectionFailure, detect_shell

    from chatcli.errors import UsageError

    names = [PurePath(os.environ.get("SHELL", "")).name]
    with contextlib.suppress(ShellDetectionFailure):  # another program has started this one
        names.insert(0, detect_shell()[0])
    for name in names:
        if name in SHELLS:
            return name
    raise UsageError(f"completion supports {', '.join(SHELLS)}", hint="set SHELL to one of them")
