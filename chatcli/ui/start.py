"""Which session the chat opens with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from chatcli.core.model import Session
    from chatcli.manager import SessionManager


class Wanted(NamedTuple):
    """What the command line asks for.

    `greeting` are lines to show first; `model_origin` says where the default model is set.
    """

    session: str | None = None
    continue_last: bool = False
    model: str = ""
    system: str = ""
    greeting: tuple[str, ...] = ()
    model_origin: Callable[[], str] = str


def open_session(manager: SessionManager, wanted: Wanted) -> Session:
    """The session meant; a new one is stored with its first message.

    Raises ConfigError (no such model, nothing configured), AmbiguousReferenceError, StoreError.
    """
    from chatcli.core.model import SessionState

    found = _find(manager, wanted)
    if found is None:
        return manager.create_session(
            wanted.model, wanted.system, name=wanted.session, persist=False
        )
    if found.state is SessionState.ENDED:
        found = manager.restore_session(found)
    if wanted.model:
        found = manager.set_model(found, wanted.model)
    if wanted.system:
        found = manager.set_system_prompt(found, wanted.system)
    return found


def _find(manager: SessionManager, wanted: Wanted) -> Session | None:
    from chatcli.errors import SessionNotFoundError

    if wanted.session is None:
        return manager.last_session() if wanted.continue_last else None
    try:
        return manager.get_session(wanted.session)
    except SessionNotFoundError:
        return None
