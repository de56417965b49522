"""Everything about sessions that needs no model: create, find, list, change, end."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chatcli.config import Config, ModelChoice
from chatcli.core.model import EndedBy, Session, SessionState, Turn
from chatcli.core.names import checked_name, comparable, name_taken
from chatcli.core.ports import Created, NewSession, Store
from chatcli.core.text import encodable, one_line, shell_word
from chatcli.errors import SessionNameTakenError, SessionNotFoundError
from chatcli.manager.models import Models

if TYPE_CHECKING:
    from chatcli.core.stats import Figures

logger = logging.getLogger("chatcli")

Reference = Session | str


class Sessions:
    """The synchronous half of the SessionManager; thread-safe, one transaction a call."""

    def __init__(self, store: Store, config: Config, models: Models) -> None:
        self.store = store
        self.config = config
        self._models = models
        self._unsaved: dict[str, Session] = {}
        self._lock = threading.RLock()
        self._notices: list[str] = []

    # --- create and find ------------------------------------------------------

    def create_session(
        self,
        model: str = "",
        system_prompt: str = "",
        metadata: Mapping[str, str] | None = None,
        *,
        name: str | None = None,
        options: Mapping[str, object] | None = None,
        persist: bool = True,
        ended_by: EndedBy | None = None,
    ) -> Session:
        """Create a session and return it.

        Args:
            model: BACKEND/MODEL, MODEL or an alias; empty: the configured default.
            system_prompt: sent ahead of the conversation; may be empty.
            metadata: the caller's own notes, kept with the session.
            name: None: chosen automatically.
            options: model parameters for every message of this session.
            persist: False keeps the session in memory until its first message.
            ended_by: store it as ended from the start (a one-off).

        At capacity, the active session idle for longest is ended; `take_notices` says so.

        Raises:
            ConfigError: no such model, or nothing configured that could answer.
            UsageError: a session cannot have that name.
            SessionNameTakenError: an active session has that name.
        """
        if model:
            self._models.choose(model)
        new = NewSession(
            model=model or self._models.default_name(),
            name=encodable(name or ""),
            system_prompt=encodable(system_prompt),
            metadata=dict(metadata or {}),
            options=dict(options or {}),
            state=SessionState.ENDED if ended_by else SessionState.ACTIVE,
            ended_by=ended_by,
        )
        if not persist:
            return self._hold(new)
        return self._made_room(self.store.create_session(new, self.config.limits.max_sessions))

    def _hold(self, new: NewSession) -> Session:
        """Keep a session in memory until it has something to store."""
        session = new.held(f"sess_{secrets.token_hex(6)}", time.time())
        with self._lock:
            if new.name:
                session = replace(session, name=self._free_name(new.name, session.id))
            self._unsaved[session.id] = session
        return session

    def _free_name(self, name: str, session_id: str) -> str:
        """The name as it will be stored; raises UsageError, SessionNameTakenError.

        The store would refuse it, too, but only when the session's first message is sent.
        """
        name = checked_name(name)
        if any(s.name == name and s.id != session_id for s in self.sessions()):
            raise name_taken(name)
        return name

    def open_for_writing(self, session_id: str) -> Session:
        """Make a session ready for a message and return it.

        One that was only held in memory is stored. One that a limit had ended is active again,
        and room is made for it, unless it is full.
        """
        with self._lock:
            held = self._unsaved.get(session_id)
            if held is None:
                return self._woken(self.store.find_session(session_id))
            limit = self.config.limits.max_sessions
            try:
                created = self.store.create_session(NewSession.of(held), limit)
            except SessionNameTakenError as error:  # by another process, since it is held here
                raise SessionNameTakenError(
                    f"another session has been named '{one_line(held.name)}' in the meantime; "
                    "nothing was stored or sent",
                    hint="rename this session, or continue in that one",
                ) from error
            del self._unsaved[session_id]
            return self._made_room(created)

    def _woken(self, session: Session) -> Session:
        limits = self.config.limits
        full = 0 < limits.max_turns_per_session <= session.turns
        if session.ended_by is not EndedBy.LIMIT or full:
            return session
        return self._made_room(self.store.restore_session(session.id, limits.max_sessions))

    def _made_room(self, created: Created) -> Session:
        for ended in created.ended:
            notice = (
                f"session '{ended.name}' was ended to make room "
                f"(limits.max_sessions = {self.config.limits.max_sessions}); `chatcli restore "
                f"{shell_word(ended.name)}` reactivates it"
            )
            logger.warning("session %s was ended to make room", ended.id)
            with self._lock:
                self._notices.append(notice)
        return created.session

    def take_notices(self) -> list[str]:
        """What the user should know about since the last call, as sentences."""
        with self._lock:
            notices, self._notices = self._notices, []
        return notices

    def get_session(self, reference: Reference) -> Session:
        """Find by name, id or unique prefix.

        Raises SessionNotFoundError, AmbiguousReferenceError.
        """
        text = reference.id if isinstance(reference, Session) else comparable(reference)
        with self._lock:
            held = [s for s in self._unsaved.values() if s.id == text or s.name.startswith(text)]
        exactly = [session for session in held if text in {session.id, session.name}]
        if text and exactly:
            return exactly[0]
        try:
            return self.store.find_session(text)
        except SessionNotFoundError:
            if not text or len(held) != 1:
                raise
            return held[0]

    def is_stored(self, session: Session) -> bool:
        """Whether the store has it; else it is in memory only, until its first message."""
        return session.id not in self._unsaved

    def last_session(self) -> Session | None:
        """The stored active session with the newest activity."""
        return self.store.last_session()

    def sessions(self, *, ended: bool = False) -> list[Session]:
        """Active sessions (with `ended`, all of them), most recently active first."""
        with self._lock:
            held = list(self._unsaved.values())
        everything = [*held, *self.store.list_sessions(ended=ended)]
        return (
            sorted(everything, key=lambda s: s.last_activity, reverse=True) if held else everything
        )

    def list_sessions(self, *, ended: bool = False) -> list[dict[str, Any]]:
        """The same as `sessions`, as JSON-ready dictionaries; times are ISO 8601 in UTC."""
        return [session.entry() for session in self.sessions(ended=ended)]

    # --- change ---------------------------------------------------------------

    def _change(self, reference: Reference, **changes: Any) -> Session:
        session = self.get_session(reference)
        with self._lock:
            if session.id in self._unsaved:
                if "name" in changes:
                    changes["name"] = self._free_name(changes["name"], session.id)
                self._unsaved[session.id] = replace(self._unsaved[session.id], **changes)
                return self._unsaved[session.id]
        return self.store.update_session(session.id, **changes)

    def rename_session(self, session: Reference, name: str) -> Session:
        """Give it another name; raises UsageError (not a name), SessionNameTakenError."""
        return self._change(session, name=encodable(name))

    def set_model(self, session: Reference, model: str) -> Session:
        """Use another model from the next message on; raises ConfigError."""
        self._models.choose(model)
        return self._change(session, model=model)

    def set_system_prompt(self, session: Reference, text: str) -> Session:
        """Use another system prompt from the next message on."""
        return self._change(session, system_prompt=encodable(text))

    def set_option(self, session: Reference, key: str, value: object) -> Session:
        """Set a model parameter for the session; None removes it."""
        current = self.get_session(session)
        options = {k: v for k, v in current.options.items() if k != key}
        if value is not None:
            options[key] = value
        return self._change(current, options=options)

    def save_draft(self, session: Reference, text: str) -> None:
        """Keep an unsent message with its session."""
        self._change(session, draft=encodable(text))

    def restore_session(self, session: Reference) -> Session:
        """Reactivate an ended session, ending another one at capacity."""
        found = self.get_session(session)
        limit = self.config.limits.max_sessions
        return self._made_room(self.store.restore_session(found.id, limit))

    def purge_session(self, session: Reference) -> bool:
        """Delete it, its turns and summaries permanently; nothing else ever does.

        Returns whether nothing of its text is left on disk. False, where the disk is full or
        another process reads: it is overwritten as soon as that is over.
        """
        found = self.get_session(session)
        with self._lock:
            if self._unsaved.pop(found.id, None) is not None:
                return True
        return self.store.purge_session(found.id)

    def mark_seen(self, session: Reference, turn_id: int) -> None:
        """Record that everything up to this turn has been shown to the user."""
        session_id = session.id if isinstance(session, Session) else self.get_session(session).id
        self.store.mark_seen(session_id, turn_id)

    def _end(self, found: Session) -> Session:
        with self._lock:
            if self._unsaved.pop(found.id, None) is not None:
                return replace(found, state=SessionState.ENDED, ended_by=EndedBy.USER)
        return self.store.end_session(found.id)

    # --- read -----------------------------------------------------------------

    def thread(self, session: Reference, limit: int | None = None) -> list[Turn]:
        """The conversation's last `limit` turns (None: all), oldest first."""
        found = self.get_session(session)
        if limit == 0 or found.id in self._unsaved:
            return []
        return self.store.thread(found.id, limit)

    def get_history(self, session: Reference, limit: int | None = None) -> list[dict[str, str]]:
        """The last `limit` turns as `{"role", "content"}`; None: all turns, 0: none."""
        return [
            {"role": str(turn.role), "content": turn.content}
            for turn in self.thread(session, limit)
        ]

    def figures(self, session: Reference | None = None) -> Figures:
        """Statistics over one session or all."""
        found = self.get_session(session) if session else None
        if found is not None and found.id in self._unsaved:  # the store does not know it yet
            from chatcli.core.stats import Figures

            return Figures(active_sessions=1)
        return self.store.figures(found.id if found else None)

    def get_stats(self, session: Reference | None = None) -> dict[str, Any]:
        """The same as `figures`, as a JSON-ready dictionary, and the limits."""
        from chatcli.manager.summary import stats_of

        return stats_of(self.figures(session), self.config.limits)

    def choose_model(self, reference: str) -> ModelChoice:
        """The backend and model that a reference stands for; raises ConfigError."""
        return self._models.choose(reference)
