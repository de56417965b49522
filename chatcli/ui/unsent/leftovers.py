"""Texts that a killed process had not sent are put back where they were typed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from chatcli.core.text import one_line
from chatcli.errors import SessionError, SessionNotFoundError, StoreError
from chatcli.ui.state.outbox import BETWEEN
from chatcli.ui.unsent.file import Unsent, take_leftovers

if TYPE_CHECKING:
    from chatcli.manager import SessionManager


class GivenBack(NamedTuple):
    """The names of sessions whose drafts hold such texts now; the texts of no stored session."""

    names: list[str]
    others: list[Unsent]


def give_back(manager: SessionManager, folder: Path) -> GivenBack:
    """Put what was left into the drafts of its sessions, as far as the database takes it."""
    names: list[str] = []
    others: list[Unsent] = []
    for left in take_leftovers(folder):
        try:
            names.append(_into_draft(manager, left))
        except (SessionError, StoreError):  # no such session; or it cannot be stored now
            others.append(left)
    return GivenBack(names, others)


def _into_draft(manager: SessionManager, left: Unsent) -> str:
    """The name of the session whose draft begins with the text now.

    Raises SessionError, StoreError.
    """
    session = manager.get_session(left.name)
    if session.name != left.name:
        raise SessionNotFoundError(f"no session is called exactly '{left.name}'")
    manager.save_draft(session, BETWEEN.join(filter(None, [left.text, session.draft])))
    return session.name


def told_of(names: Iterable[str], *, history: bool) -> str:
    """Where to find it, in one line; empty if nothing was left. `history`: Up brings some."""
    inputs = ", ".join(one_line(name, 40) for name in dict.fromkeys(names))
    places = [f"in the input of {inputs}"] * bool(inputs) + ["Up brings it back"] * history
    return f"not sent last time: {'; '.join(places)}" if places else ""
