"""Creates sessions from a name, a model, a system prompt and a role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chatcli.core.model import EndedBy, Session

if TYPE_CHECKING:
    from chatcli.manager import SessionManager


@dataclass(frozen=True, slots=True)
class Wish:
    """What a new session should be like; everything empty takes the configuration's default.

    `store` False keeps it in memory until its first message. `ended_by` set makes a one-off
    session that never counts against the limit.
    """

    name: str = ""
    model: str = ""
    system: str = ""
    role: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    store: bool = False
    ended_by: EndedBy | None = None


def create_session(manager: SessionManager, wish: Wish) -> Session:
    """Create the session wished for.

    A role gives the system prompt and the model where the wish itself names none.

    Raises:
        ConfigError: no such role, or no such model.
        SessionNameTakenError: an active session has the name.
    """
    model, system = wish.model, wish.system
    if wish.role:
        from chatcli.commands.arguments import role_of

        role = role_of(manager.config, wish.role)
        model, system = model or role.model, system or role.system
    return manager.create_session(
        model,
        system,
        dict(wish.metadata),
        name=wish.name or None,
        persist=wish.store,
        ended_by=wish.ended_by,
    )
