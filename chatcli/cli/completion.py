"""What the shell completes: session names, models, roles. Faults complete nothing."""

from __future__ import annotations

from collections.abc import Callable

Completion = list[tuple[str, str]]


def complete_session(incomplete: str) -> Completion:
    """Names of sessions with their previews, the last used first, ended ones at the end."""
    return _quietly(_sessions, incomplete)


def complete_model(incomplete: str) -> Completion:
    """Aliases, default models, and the models that sessions use; no server is asked."""
    return _quietly(_models, incomplete)


def complete_role(incomplete: str) -> Completion:
    """The configured roles."""
    return _quietly(_roles, incomplete)


def _quietly(offers: Callable[[], Completion], incomplete: str) -> Completion:
    """Shell completion must never print an error into a half-typed line."""
    try:
        return [offer for offer in offers() if offer[0].startswith(incomplete)]
    except Exception:  # noqa: BLE001 - whatever it is, there is nothing to complete
        return []
