"""What stays of the things a session has still to print when one turns to something else."""

from __future__ import annotations

from chatcli.commands.registry import Transcript
from chatcli.core.model import Role, Session, Turn, TurnStatus
from chatcli.ui.printing.blocks import items_of
from chatcli.ui.printing.items import notice_item
from chatcli.ui.printing.view import SessionView

SESSION = Session("sess_000000000001", "notes", "fake/one", turns=2)
TURNS = (
    Turn(1, SESSION.id, None, Role.USER, "question", TurnStatus.COMPLETE, 0.0, 1),
    Turn(2, SESSION.id, 1, Role.ASSISTANT, "answer", TurnStatus.COMPLETE, 0.0, 2),
)


def view_that_shows_a_history() -> SessionView:
    view = SessionView(SESSION, 1)
    view.interject(items_of([Transcript(SESSION, TURNS)]))
    return view


def test_a_history_is_not_shown_further_in_another_session() -> None:
    view = view_that_shows_a_history()
    told = notice_item("worth telling anywhere")
    view.interject([told])
    rule, kept = view.leave()
    assert kept is told
    assert rule not in view.interjected


def test_a_history_can_be_stopped() -> None:
    view = view_that_shows_a_history()
    assert view.stop_showing()
    assert not view.stop_showing()


def test_there_may_be_nothing_to_stop() -> None:
    view = SessionView(SESSION, 1)
    view.interject([notice_item("a line")])
    assert not view.stop_showing()
    assert len(view.interjected) == 1
