"""What the shell completes: session names, models, roles. Faults complete nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatcli.config import Config
    from chatcli.core.model import Session


def complete_session(incomplete: str) -> list[str]:
    """Names of sessions, the last used first, ended ones at the end."""
    return _quietly(lambda: [session.name for session in _by_use(_sessions())], incomplete)


def complete_model(incomplete: str) -> list[str]:
    """Aliases, default models, and the models that sessions use; no server is asked."""
    return _quietly(_models, incomplete)


def complete_role(incomplete: str) -> list[str]:
    """The configured roles."""
    return _quietly(lambda: list(_config().roles), incomplete)


def _quietly(offers: Callable[[], list[str]], incomplete: str) -> list[str]:
    """Shell completion must never print an error into a half-typed line.

    Names only: Typer would run a description through Rich's markup, which costs its import
    and takes a bracket in a message for a mistake.
    """
    try:
        return [name for name in offers() if name.startswith(incomplete)]
    except Exception:  # noqa: BLE001 - whatever it is, there is nothing to complete
        return []


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
    """All sessions; none where there is no database yet, which is not made here."""
    from chatcli.config.paths import data_folder
    from chatcli.storage.sqlite import SqliteStore

    path = data_folder() / "chatcli.db"
    if not path.exists():
        return []
    store = SqliteStore.open(path)
    try:
        return store.list_sessions(ended=True)
    finally:
        store.close()


def _by_use(sessions: list[Session]) -> list[Session]:
    """Active ones first; otherwise as they come."""
    return sorted(sessions, key=lambda session: session.ended_by is not None)
