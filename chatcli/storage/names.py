"""Session names in the database: which one is free, which one is taken."""

from __future__ import annotations

from chatcli.core.names import NAME_LIMIT
from chatcli.storage.transaction import Transaction


def free_name(tx: Transaction, stem: str, first: int = 1) -> str:
    """`stem` with a number, `first` or higher, that no session has, active or ended.

    Doubles the number until one is free and then halves the gap: a few look-ups however many
    sessions are numbered.
    """
    taken, free = first - 1, first
    while _exists(tx, f"{stem}{free}"):
        taken, free = free, free * 2
    while free - taken > 1:
        middle = (taken + free) // 2
        if _exists(tx, f"{stem}{middle}"):
            taken = middle
        else:
            free = middle
    return f"{stem}{free}"


def name_beside(tx: Transaction, name: str) -> str:
    """`name`, or `name-2` and so on if an active session has it now."""
    if not is_active_name(tx, name):
        return name
    return free_name(tx, f"{name[: NAME_LIMIT - 10]}-", 2)


def is_active_name(tx: Transaction, name: str) -> bool:
    """Whether an active session has this name."""
    query = "SELECT 1 FROM sessions WHERE name = ? AND state = 'active'"
    return tx.row(query, name) is not None


def _exists(tx: Transaction, name: str) -> bool:
    return tx.row("SELECT 1 FROM sessions WHERE name = ? LIMIT 1", name) is not None
