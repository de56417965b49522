"""Session names: what may be one, and one that is free."""

from __future__ import annotations

import re

from chatcli.core.text import encodable, for_terminal, one_line
from chatcli.errors import UsageError
from chatcli.storage.transaction import Transaction

NAME_LIMIT = 100
_LONGEST_SHOWN = 40  # characters of a name that is refused
_LIKE_AN_ID = re.compile(r"sess_[0-9a-f]{12}")
_RULE = (
    f"a name has 1 to {NAME_LIMIT} characters on one line, does not begin with a dash, "
    "is not a number and not an id"
)


def checked_name(name: str) -> str:
    """The name as it is stored: without spaces around it, accents in one form (NFC).

    A number or `-` stands for a place in the list of the chat, and an id for its session.

    Raises:
        UsageError: it cannot be a name.
    """
    name = comparable(name.strip())
    if (
        not 0 < len(name) <= NAME_LIMIT
        or name.startswith("-")
        or name.isdigit()
        or "\n" in name
        or "\t" in name
        or for_terminal(name) != name
        or _LIKE_AN_ID.fullmatch(name)
    ):
        shown = one_line(name, _LONGEST_SHOWN)
        raise UsageError(f'"{shown}" cannot be a session\'s name; nothing was changed', hint=_RULE)
    return name


def comparable(name: str) -> str:
    """The form in which names are compared: the same letters are the same characters."""
    name = encodable(name)
    if name.isascii():
        return name
    import unicodedata

    return unicodedata.normalize("NFC", name)


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
