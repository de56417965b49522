"""Whatever is done in whatever order, the store agrees with a simple picture of it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings, strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
)

from chatcli.core.model import (
    EndedBy,
    Role,
    SessionState,
    TurnStatus,
)
from chatcli.core.ports import NewSession, ReplyEnd, ReplyText
from chatcli.errors import SessionBusyError, SessionEndedError, SessionError, SessionFullError
from chatcli.storage.sqlite import SqliteStore
from tests.storage.pictured import PicturedSession, PicturedTurn
from tests.storage.stores import SetClock

MAX_TURNS = 6
MAX_ACTIVE = 3


class Conversations(RuleBasedStateMachine):
    """Two stores of one database take turns; a third picture is kept in memory."""

    sessions: Bundle[PicturedSession] = Bundle("sessions")

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.clock = SetClock()
        self.picture: dict[str, PicturedSession] = {}
        self.store = self._open()
        self.other = self._open()

    def _open(self) -> SqliteStore:
        return SqliteStore.open(Path(self.folder.name) / "chatcli.db", now=self.clock)

    def _touch(self, session: PicturedSession) -> None:
        session.activity = max(session.activity, self.clock.seconds)

    @rule(seconds=st.integers(-5, 20))
    def time_passes(self, seconds: int) -> None:
        self.clock.seconds += seconds

    @rule(target=sessions, limited=st.booleans(), one_off=st.booleans())
    def create(self, *, limited: bool, one_off: bool) -> PicturedSession:
        new = NewSession("model")
        if one_off:
            new = NewSession("model", state=SessionState.ENDED, ended_by=EndedBy.ONE_OFF)
        expected = self._victims(limited=limited and not one_off)
        created = self.store.create_session(new, MAX_ACTIVE if limited else 0)
        assert [session.id for session in created.ended] == expected
        session = PicturedSession(created.session.id, self.clock.seconds)
        session.ended_by = EndedBy.ONE_OFF if one_off else None
        self.picture[session.id] = session
        return session

    def _victims(self, *, limited: bool) -> list[str]:
        """End, in the picture, what the limit ends when one more is to be active."""
        active = [s for s in self.picture.values() if s.ended_by is None]
        excess = len(active) - MAX_ACTIVE + 1 if limited else 0
        idle = [s for s in active if s.writing is None]
        victims = sorted(idle, key=lambda s: s.activity)[: max(excess, 0)]
        for session in victims:
            session.ended_by = EndedBy.LIMIT
        return [session.id for session in victims]

    @rule(session=sessions, text=st.text(max_size=8), limited=st.booleans())
    def begin(self, session: PicturedSession, text: str, *, limited: bool) -> None:
        before = session.head.position() if session.head else 0
        if not self._may_begin(session, text, before, limited=limited):
            return
        prompt = PicturedTurn(0, session.head, Role.USER, text)
        begun = self.store.begin_turn(session.id, text, max_turns=MAX_TURNS if limited else 0)
        assert begun.prompt is not None
        prompt.id = begun.prompt.id
        assert [turn.id for turn in begun.context] == [turn.id for turn in session.path()]
        session.turns.append(prompt)
        self._begun(session, prompt, begun.reply.id)

    @rule(session=sessions)
    def begin_again(self, session: PicturedSession) -> None:
        prompt = session.head
        if prompt is not None and prompt.role is Role.ASSISTANT:
            prompt = prompt.parent
        if not self._may_begin(session, None, 0, limited=False):
            return
        if prompt is None:
            try:
                self.store.begin_turn(session.id, None)
            except SessionError:
                return
            raise AssertionError("there was nothing to answer")
        begun = self.store.begin_turn(session.id, None)
        assert begun.prompt is None
        assert [turn.id for turn in begun.context] == [turn.id for turn in prompt.path()]
        self._begun(session, prompt, begun.reply.id)

    def _may_begin(
        self, session: PicturedSession, text: str | None, before: int, *, limited: bool
    ) -> bool:
        """Whether it may; if not, the store must say why and change nothing."""
        refusal: type[Exception] | None = None
        if session.writing is not None:
            refusal = SessionBusyError
        elif session.ended_by is EndedBy.USER or (
            session.ended_by is EndedBy.ONE_OFF and session.turns
        ):
            refusal = SessionEndedError
        elif limited and before >= MAX_TURNS:
            refusal = SessionFullError
        if refusal is None:
            return True
        try:
            self.other.begin_turn(session.id, text, max_turns=MAX_TURNS if limited else 0)
        except refusal:
            return False
        raise AssertionError(f"{refusal} was expected")

    def _begun(self, session: PicturedSession, prompt: PicturedTurn, reply_id: int) -> None:
        reply = PicturedTurn(reply_id, prompt, Role.ASSISTANT, "", TurnStatus.STREAMING)
        session.turns.append(reply)
        session.head = session.writing = reply
        if session.ended_by is EndedBy.LIMIT:
            session.ended_by = None
        self._touch(session)

    @rule(session=sessions, texts=st.lists(st.text(max_size=5), max_size=3))
    def text_comes(self, session: PicturedSession, texts: list[str]) -> None:
        if session.writing is not None:
            self.store.append_text([ReplyText(session.writing.id, text) for text in texts])
            session.writing.content += "".join(texts)

    @rule(session=sessions, status=st.sampled_from(["complete", "incomplete", "failed"]))
    def reply_ends(self, session: PicturedSession, status: str) -> None:
        if session.writing is not None:
            turn = session.writing
            turn.status = TurnStatus(status)
            self.store.finish_reply(ReplyEnd(turn.id, turn.status, turn.content))
            session.writing = None
            self._touch(session)

    @rule(swap=st.booleans())
    def close_and_open(self, *, swap: bool) -> None:
        self.store.close()
        for session in self.picture.values():
            if session.writing is not None:
                text = session.writing.content
                session.writing.status = TurnStatus.INCOMPLETE if text else TurnStatus.FAILED
                session.writing = None
        self.store = self._open()
        if swap:
            self.store, self.other = self.other, self.store

    @rule(session=sessions, choice=st.integers(0, 100))
    def head_moves(self, session: PicturedSession, choice: int) -> None:
        targets = [None, *session.turns]
        target = targets[choice % len(targets)]
        try:
            self.other.set_head(session.id, target.id if target else None)
        except SessionBusyError:
            assert session.writing is not None
            return
        assert session.writing is None
        session.head = target
        self._touch(session)

    @precondition(lambda self: any(s.turns for s in self.picture.values()))
    @rule(session=sessions, choice=st.integers(0, 100))
    def screen_shows(self, session: PicturedSession, choice: int) -> None:
        if session.turns:
            turn = session.turns[choice % len(session.turns)]
            self.other.mark_seen(session.id, turn.id)
            session.seen = max(session.seen, turn.id)

    @rule(session=sessions, by=st.sampled_from([EndedBy.USER, EndedBy.LIMIT]))
    def end(self, session: PicturedSession, by: EndedBy) -> None:
        self.other.end_session(session.id, by)
        session.ended_by = session.ended_by or by

    @rule(session=sessions, limited=st.booleans())
    def restore(self, session: PicturedSession, *, limited: bool) -> None:
        was_active = session.ended_by is None
        expected = [] if was_active else self._victims(limited=limited)
        restored = self.other.restore_session(session.id, MAX_ACTIVE if limited else 0)
        assert [ended.id for ended in restored.ended] == expected
        if not was_active:
            session.ended_by = None
            self._touch(session)

    @rule(session=consumes(sessions))
    def purge(self, session: PicturedSession) -> None:
        try:
            self.other.purge_session(session.id)
        except SessionBusyError:
            assert session.writing is not None
            return
        del self.picture[session.id]

    @invariant()
    def lists_agree(self) -> None:
        expected = sorted(self.picture.values(), key=lambda s: -s.activity)
        listed = self.other.list_sessions(ended=True)
        assert [session.id for session in listed] == [session.id for session in expected]
        for pictured, session in zip(expected, listed, strict=True):
            pictured.agrees_with(session)
        active = [session.id for session in expected if session.ended_by is None]
        assert [session.id for session in self.store.list_sessions()] == active
        last = self.store.last_session()
        assert (last.id if last else None) == (active[0] if active else None)
        assert len({session.name for session in listed}) == len(listed)

    @invariant()
    def threads_agree(self) -> None:
        for session in self.picture.values():
            expected = [(turn.id, turn.content, turn.status) for turn in session.path()]
            thread = self.other.thread(session.id)
            assert [(turn.id, turn.content, turn.status) for turn in thread] == expected
            assert [turn.position for turn in thread] == [t.position() for t in session.path()]
            assert self.other.thread(session.id, 2) == thread[-2:]

    @invariant()
    def figures_agree(self) -> None:
        figures = self.store.figures()
        turns = [turn for session in self.picture.values() for turn in session.turns]
        replies = [turn for turn in turns if turn.role is Role.ASSISTANT]
        assert sum(figures.replies_by_status.values()) == len(replies)
        heads = [session.head for session in self.picture.values() if session.head]
        assert figures.total_turns == sum(head.position() for head in heads)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.other.close()
            self.folder.cleanup()


TestConversations = Conversations.TestCase
TestConversations.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
