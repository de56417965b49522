from hypothesis import given, strategies as st

from chatcli.commands.registry import Bars, Column, Table, Transcript
from chatcli.core.model import Fault, Role, Session, SessionState, Turn, TurnStatus
from chatcli.output.plain import bar_of, plain_text

SESSION = Session("sess_000000000001", "notes", "fake/one", turns=2)


def turn(role: Role, content: str, **changes: object) -> Turn:
    fields = {"status": TurnStatus.COMPLETE, "model_used": "fake/one", **changes}
    return Turn(1, SESSION.id, None, role, content, created_at=0.0, position=1, **fields)  # type: ignore[arg-type]


def test_a_table_is_aligned_with_figures_to_the_right() -> None:
    table = Table((Column("name"), Column("turns", right=True)), (("a", "10"), ("long", "2")))
    assert plain_text([table]) == "NAME  TURNS\na        10\nlong      2\n"


def test_a_table_without_titles_has_no_empty_first_line() -> None:
    table = Table((Column(""), Column("")), (("turns", "2"),), title="All")
    assert plain_text([table]) == "All\nturns  2\n"


def test_an_empty_table_is_its_heading() -> None:
    assert plain_text([Table((Column("name"),), ())]) == "NAME\n"


def test_bars_are_in_proportion_and_unknown_is_not_zero() -> None:
    text = plain_text([Bars("Tokens", "tokens", (("a", 400.0), ("b", 1.0), ("c", None)))])
    rows = {line.split()[0]: line for line in text.splitlines()}
    assert rows["a"].count("#") == 40
    assert rows["b"].count("#") == 1
    assert "unknown" in rows["c"]


def test_bars_over_nothing_are_empty() -> None:
    assert bar_of(0, 0) == ""


def test_a_conversation_names_who_spoke_and_what_is_missing() -> None:
    cut = turn(
        Role.ASSISTANT,
        "half a rep",
        status=TurnStatus.INCOMPLETE,
        error=Fault("cut_off", "the connection was lost"),
    )
    failed = turn(
        Role.ASSISTANT, "", status=TurnStatus.FAILED, error=Fault("rate_limit", "too many")
    )
    text = plain_text([Transcript(SESSION, (turn(Role.USER, "Why?"), cut, failed), omitted=4)])
    assert "session notes, fake/one, 2 turns\n" in text
    assert "(4 earlier turns not shown)" in text
    assert "--- you, " in text
    assert "Why?" in text
    assert "half a rep\n[incomplete: the connection was lost]" in text
    assert "[failed: too many]" in text


def test_an_ended_session_says_so() -> None:
    ended = Session("sess_000000000001", "notes", "fake/one", state=SessionState.ENDED, turns=1)
    assert "1 turn, ended" in plain_text([Transcript(ended, ())])


def test_the_source_is_left_as_it_is_and_the_rest_is_made_harmless() -> None:
    transcript = Transcript(SESSION, (turn(Role.ASSISTANT, "a\x1b[31mb"),))
    assert "\x1b[31m" in plain_text([transcript], source=True)
    assert "\x1b" not in plain_text([transcript])


@given(st.text(), st.text())
def test_no_control_character_gets_out(name: str, content: str) -> None:
    session = Session("sess_000000000001", name, name)
    shown = plain_text(
        [content, Transcript(session, (turn(Role.ASSISTANT, content, model_used=name),))]
    )
    assert not any((ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160 for c in shown)
