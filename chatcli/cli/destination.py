"""Which session a message goes to, and its creation where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from chatcli.commands.creation import Wish, create_session
from chatcli.core.model import EndedBy, Session
from chatcli.core.text import one_line
from chatcli.errors import SessionNameTakenError, SessionNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatcli.manager import SessionManager

ID_PREFIX = "sess_"


class Destination(NamedTuple):
    """How the command line names the session; all empty means a one-off session.

    `create` False refuses a reference that fits no session. Model, system prompt and role
    shape a session that is created; an existing one takes the system prompt from now on.
    """

    reference: str = ""
    last: bool = False
    create: bool = True
    model: str = ""
    system: str = ""
    role: str = ""

    def open(self, manager: SessionManager, say: Callable[[str], None]) -> Session:
        """Find or create the session; `say` is told where that is worth a note.

        Raises:
            SessionNotFoundError, AmbiguousReferenceError: nothing fits, or too much.
            ConfigError: no such role or model.
        """
        if self.last:
            return self._adapted(manager, self._last(manager))
        if not self.reference:
            return create_session(manager, self._wish("", ended_by=EndedBy.ONE_OFF))
        try:
            session = manager.get_session(self.reference)
        except SessionNotFoundError:
            if not self.create or self.reference.startswith(ID_PREFIX):
                raise
            session, created = self._created(manager)
            say(f"session {session.name} {'created' if created else 'found'}")
            return session
        if self.reference not in {session.name, session.id}:
            say(f"session {session.name} ('{one_line(self.reference)}' is a prefix of it)")
        return self._adapted(manager, session)

    def _last(self, manager: SessionManager) -> Session:
        session = manager.last_session()
        if session is None:
            raise SessionNotFoundError(
                "there is no session to continue", hint="-s NAME creates one"
            )
        return session

    def _created(self, manager: SessionManager) -> tuple[Session, bool]:
        try:
            return create_session(manager, self._wish(self.reference)), True
        except SessionNameTakenError:  # another process was quicker
            return manager.get_session(self.reference), False

    def _wish(self, name: str, ended_by: EndedBy | None = None) -> Wish:
        return Wish(
            name=name,
            model=self.model,
            system=self.system,
            role=self.role,
            store=ended_by is None,
            ended_by=ended_by,
        )

    def _adapted(self, manager: SessionManager, session: Session) -> Session:
        system = self.system
        if self.role and not system:
            from chatcli.commands.arguments import role_of

            system = role_of(manager.config, self.role).system
        if system and system != session.system_prompt:
            return manager.set_system_prompt(session, system)
        return session
