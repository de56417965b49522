"""The sessions of this chat: their numbers, their views, which one is in front."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from heapq import heappop, heappush
from itertools import islice

from chatcli.core.events import Event, TurnFinished, TurnStarted
from chatcli.core.model import Session, SessionState, TurnStatus
from chatcli.core.text import one_line
from chatcli.ui.printing.view import SessionView
from chatcli.ui.prompt.toolbar import State, Tab

MOST_TABS = 100
"""No window is wide enough for the bare numbers of more."""
_ENDS = {TurnStatus.FAILED: State.FAILED, TurnStatus.INCOMPLETE: State.INCOMPLETE}


class Views:
    """A number and a view for each active session.

    A number stays with its session for as long as the chat runs: fingers learn it.

    Args:
        waits: whether a message of the session waits to be sent.
        queued: how many messages wait behind the reply being written.
        running: the sessions of which either may be true, by their ids.
    """

    def __init__(
        self,
        waits: Callable[[str], bool],
        queued: Callable[[str], int],
        running: Callable[[], Container[str]],
    ) -> None:
        self._waits = waits
        self._queued = queued
        self._running = running
        self._views: dict[str, SessionView] = {}
        self._free: list[int] = []
        """The numbers below the highest one that no session has, a heap."""
        self.current: SessionView | None = None
        self.previous: SessionView | None = None

    def __iter__(self) -> Iterator[SessionView]:
        return iter(sorted(self._views.values(), key=lambda view: view.number))

    # --- which there are ------------------------------------------------------

    def refresh(self, sessions: Sequence[Session]) -> None:
        """Take over the active sessions; those that are gone give their numbers back."""
        active = {session.id for session in sessions}
        for session_id in [i for i in self._views if i not in active]:
            self._views[session_id].ended = True
            if self._views[session_id] is not self.current:
                self.forget(self._views[session_id])
        for session in sessions:
            view = self.of(session)
            view.session = session
            if view.progress is None:
                view.unread = session.unread

    def of(self, session: Session) -> SessionView:
        """The session's view; a new one gets the lowest free number."""
        if session.id not in self._views:
            number = heappop(self._free) if self._free else len(self._views) + 1
            self._views[session.id] = SessionView(session, number)
        return self._views[session.id]

    def on_event(self, event: Event) -> SessionView | None:
        """Hand an event to its view; returns the view, or None for a session unknown here."""
        view = self._views.get(event.session_id)
        if view is None and isinstance(event, TurnStarted | TurnFinished):
            if event.session.state is not SessionState.ACTIVE:
                return None
            view = self.of(event.session)
        if view is not None:
            view.on_event(event)
        return view

    def find(self, session_id: str) -> SessionView | None:
        """The view of a session, if it has one."""
        return self._views.get(session_id)

    def number_of(self, session_id: str) -> str:
        """The session's number; empty for one that has none."""
        view = self._views.get(session_id)
        return str(view.number) if view else ""

    # --- which is meant -------------------------------------------------------

    def numbered(self, number: int) -> SessionView | None:
        """The session with that number, if there is one."""
        return next((view for view in self._views.values() if view.number == number), None)

    def next_unread(self) -> SessionView | None:
        """The next session, by number, with something unread."""
        order = sorted(self._views.values(), key=lambda view: view.number)
        here = self.current.number if self.current else 0
        after = [v for v in order if v.number > here] + [v for v in order if v.number < here]
        return next((view for view in after if self.tab(view).unread), None)

    def bring_to_front(self, view: SessionView) -> None:
        """Bring this one into view."""
        if view is not self.current:
            left = self.current
            if left is not None and left.session.id in self._views:
                self.previous = left
            self.current = view

    def forget(self, view: SessionView) -> None:
        """The session has ended."""
        if self._views.pop(view.session.id, None) is not None:
            heappush(self._free, view.number)
        if self.previous is view:
            self.previous = None

    # --- how they look --------------------------------------------------------

    def tabs(self) -> tuple[list[Tab], bool]:
        """The sessions for the toolbar, by number, and whether that is all of them.

        Of more than any window has room for only those that have something to tell.
        """
        views, all_ = list(self._views.values()), len(self._views) <= MOST_TABS
        if not all_:
            running = self._running()
            views = list(islice((view for view in views if self._tells(view, running)), MOST_TABS))
            views += [self.current] if self.current and self.current not in views else []
        return [self.tab(view) for view in sorted(views, key=lambda view: view.number)], all_

    def _tells(self, view: SessionView, running: Container[str]) -> bool:
        told = view.unread or view.progress or view.last_status in _ENDS
        return bool(told) or view.session.id in running

    def tab(self, view: SessionView) -> Tab:
        """One session's number, name and state."""
        current = view is self.current
        return Tab(
            number=view.number,
            name=one_line(view.name, 40),
            state=self._state(view),
            unread=0 if current else view.unread,
            queued=self._queued(view.session.id),
            current=current,
        )

    def _state(self, view: SessionView) -> State:
        if view.progress is not None:
            waits = view.progress.retry is not None or not view.progress.has_text
            return State.WAITING if waits else State.WRITING
        if self._waits(view.session.id):
            return State.WAITING
        if view.last_status in _ENDS:
            return _ENDS[view.last_status]
        return State.UNREAD if view.unread and view is not self.current else State.IDLE
