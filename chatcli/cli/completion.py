"""What the shell completes: session names, models, roles. Faults complete nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatcli.config import Config
    from chatcli.core.model import Session

Completion = list[tuple[str, str]]


def complete_session(incomplete: str) -> Completion:
    """Names of sessions with their previews, the last used first, ended ones at the end."""
    return _quietly(lambda: [(s.name, s.preview) for s in _by_use(_sessions())], incomplete)


def complete_model(incomplete: str) -> Completion:
    """Aliases, default models, and the models that sessions use; no server is asked."""
    return _quietly(_models, incomplete)


def complete_role(incomplete: str) -> Completion:
    """The configured roles."""
    return _quietly(lambda: [(n, r.system) for n, r in _config().roles.items()], incomplete)


def _quietly(offers: Callable[[], Completion], incomplete: str) -> Completion:
    """Shell completion must never print an error into a half-typed line."""
    from chatcli.core.text import one_line

    try:
        return [(n, one_line(about, 60)) for n, about in offers() if n.startswith(incomplete)]
    except Exception:  # noqa: BLE001 - whatever it is, there is nothing to complete
        return []


def _models() -> Completion:
    config = _config()
    aliases = [(name, alias.model) for name, alias in config.models.items()]
    defaults = [
        (f"{name}/{backend.default_model}", "default model")
        for name, backend in config.backends.items()
        if backend.default_model
    ]
    used = [(session.model, f"used in {session.name}") for session in _sessions()]
    return list(dict([*used, *defaults, *aliases]).items())


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
