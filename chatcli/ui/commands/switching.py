"""Switching sessions: the draft is put away, a rule and the unread text are printed."""

from __future__ import annotations

import asyncio

from prompt_toolkit.document import Document

from chatcli.core.model import Session, SessionState, TurnStatus
from chatcli.errors import ChatcliError, SessionNotFoundError
from chatcli.ui.printing.items import Item, TextItem
from chatcli.ui.printing.page import Page, last_page
from chatcli.ui.printing.view import Draft, SessionView
from chatcli.ui.state.chat import Chat
from chatcli.ui.unsent.drafts import Drafts

MOST_UNREAD_TURNS = 400
PAGE_TURNS = 40
"""The most turns that are read from the store: more would not fit on a page."""
CUT = "… there is more above: /history shows it"


class Switcher:
    """Brings sessions to the front."""

    def __init__(self, chat: Chat, drafts: Drafts) -> None:
        self._chat = chat
        self._drafts = drafts

    # --- which one ------------------------------------------------------------

    def to_number(self, number: int) -> bool:
        """Go to the session with that number; False if there is none."""
        view = self._chat.views.numbered(number)
        if view is not None:
            self.to(view)
        return view is not None

    def to_unread(self) -> bool:
        """Go to the next session with something unread; False if there is none."""
        view = self._chat.views.next_unread()
        if view is not None:
            self.to(view)
        return view is not None

    def to_previous(self) -> None:
        """Go to the session that was in view before this one; raises SessionNotFoundError."""
        view = self._chat.views.previous
        if view is None:
            raise SessionNotFoundError("there is no session to go back to")
        self.to(view)

    async def to_reference(self, reference: str) -> None:
        """Go to a session by `-`, name, id or prefix; raises SessionError."""
        if reference == "-":
            self.to_previous()
        else:
            await self.open(await asyncio.to_thread(self._chat.manager.get_session, reference))

    async def open(self, session: Session) -> None:
        """Go to this session; an ended one is made active again first."""
        if session.state is SessionState.ENDED:
            session = await asyncio.to_thread(self._chat.manager.restore_session, session)
        self.to(self._chat.views.of(session))

    async def replace_unused(self, session: Session) -> None:
        """Forget the session in view if it was never used and another is opened."""
        chat = self._chat
        view = chat.views.current
        if view is None or session.id == view.session.id:
            return
        if view.unused and not chat.buffer.text and not chat.is_busy(view):
            chat.views.forget(view)
            await asyncio.to_thread(self._discard, view.session)

    def _discard(self, session: Session) -> None:
        """A session without any turn is not stored."""
        if not self._chat.manager.get_session(session.id).turns:
            self._chat.manager.purge_session(session)

    async def away_from_ended(self) -> None:
        """If the session in view has ended, go to the one before it, another, or a new one."""
        views = self._chat.views
        if views.current is None or not views.current.ended:
            return
        ended = views.current
        others = [view for view in views if view is not ended]
        if views.previous in others and views.previous is not None:
            self.to(views.previous)
        elif others:
            self.to(max(others, key=lambda view: view.session.last_activity))
        else:
            await self.open(await asyncio.to_thread(self._new_session))
        views.forget(ended)

    def _new_session(self) -> Session:
        return self._chat.manager.create_session(self._chat.model, persist=False)

    # --- the switch -----------------------------------------------------------

    def to(self, view: SessionView) -> None:
        """Bring a session to the front. Takes effect at once; its text follows."""
        chat = self._chat
        old = chat.views.current
        if view is old:
            return
        left = self._put_away(old) if old is not None else []
        view.interject(left)
        chat.views.bring_to_front(view)
        view.opened = True
        self._take_out(view)
        if old is not None or view.session.turns:
            view.interject([self._rule(view)])
        if view.loaded:
            view.cut(chat.config.repl.unread_lines, chat.rendering().paint.width, CUT)
        else:
            chat.spawn(self._load(view))
        chat.pump.wake()
        chat.app.invalidate()

    def _put_away(self, view: SessionView) -> list[Item]:
        buffer = self._chat.buffer
        view.draft = Draft(buffer.text, buffer.cursor_position)
        self._drafts.save_now(view)
        return view.leave()

    def _take_out(self, view: SessionView) -> None:
        document = Document(self._chat.folds.restored(view.draft.text), 0)
        cursor = min(view.draft.cursor, len(document.text))
        self._drafts.loading(view)
        self._chat.buffer.reset(Document(document.text, cursor))

    # --- what is shown --------------------------------------------------------

    def _rule(self, view: SessionView) -> Item:
        session = view.session
        return TextItem(lambda paint: paint.rule(session.name or "new", session.model))

    async def _load(self, view: SessionView) -> None:
        """Print what the store holds: everything unread, else the last page."""
        try:
            page = await self._page(view.session)
        except ChatcliError as error:
            page = Page(())
            self._chat.complain(error)
        cut = [TextItem(lambda paint: paint.dim(CUT))] if page.cut else []
        view.load(page.turns, cut)
        self._chat.pump.wake()

    async def _page(self, session: Session) -> Page:
        chat = self._chat
        wanted = min(2 * session.unread + 2, MOST_UNREAD_TURNS) if session.unread else PAGE_TURNS
        stored = await asyncio.to_thread(chat.manager.thread, session, wanted)
        turns = [turn for turn in stored if turn.status is not TurnStatus.STREAMING]
        size = chat.app.output.get_size()
        if session.unread:
            unread = [turn for turn in turns if turn.id > (session.seen_id or 0)]
            rows = chat.config.repl.unread_lines
            return last_page(unread, rows, size.columns, more_before=False)
        more = bool(turns) and turns[0].position > 1
        return last_page(turns, max(size.rows - 4, 5), size.columns, more_before=more)
