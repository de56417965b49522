"""What a killed process had not sent goes back to where it was typed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from chatcli.core.text import one_line
from chatcli.errors import SessionError
from chatcli.ui.state.outbox import BETWEEN
from chatcli.ui.unsent.file import Unsent, take_leftovers

if TYPE_CHECKING:
    from chatcli.core.model import Session
    from chatcli.manager import SessionManager


class GivenBack(NamedTuple):
    """The names of sessions whose drafts hold such texts now; the texts of no stored session."""

    names: list[str]
    others: list[Unsent]


def give_back(manager: SessionManager, folder: Path) -> GivenBack:
    """Put what was left into the drafts of its sessions; raises StoreError."""
    names: list[str] = []
    others: list[Unsent] = []
    for left in take_leftovers(folder):
        session = _called(manager, left.name)
        if session is None:
            others.append(left)
        else:
            manager.save_draft(session, BETWEEN.join(filter(None, [left.text, session.draft])))
            names.append(session.name)
    return GivenBack(names, others)


def _called(manager: SessionManager, name: str) -> Session | None:
    """The stored session of exactly that name."""
    with contextlib.suppress(SessionError):
        session = manager.get_session(name) if name else None
        return session if session and session.name == name else None
    return None


def told_of(names: Iterable[str], *, history: bool) -> str:
    """Where to find it, in one line; empty if nothing was left. `history`: Up brings some."""
    inputs = ", ".join(one_line(name, 40) for name in dict.fromkeys(names))
    places = [f"in the input of {inputs}"] * bool(inputs) + ["Up brings it back"] * history
    return f"not sent last time: {'; '.join(places)}" if places else ""
