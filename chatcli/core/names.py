"""Session names: what may be one, and when two are the same."""

from __future__ import annotations

import re

from chatcli.core.text import encodable, for_terminal, one_line
from chatcli.errors import SessionNameTakenError, UsageError

NAME_LIMIT = 100
_LONGEST_SHOWN = 40  # characters of a name that is refused
_LIKE_AN_ID = re.compile(r"sess_[0-9a-f]{12}")
_RULE = (
    f"a name has 1 to {NAME_LIMIT} characters on one line, does not start with a dash, "
    "and is neither a number nor an id"
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
        raise UsageError(f"'{shown}' is not a valid session name; nothing was changed", hint=_RULE)
    return name


def comparable(name: str) -> str:
    """The form in which names are compared: the same letters are the same characters."""
    name = encodable(name)
    if name.isascii():
        return name
    import unicodedata

    return unicodedata.normalize("NFC", name)


def name_taken(name: str) -> SessionNameTakenError:
    """What to raise when another active session has the name."""
    return SessionNameTakenError(
        f"an active session is already called '{one_line(name)}'; nothing was changed",
        hint="choose another name, or rename that one",
    )
