from collections.abc import Sequence

from hypothesis import given, strategies as st

from chatcli.core.events import TextDelta, TextWasReasoning, TurnFinished
from chatcli.core.model import Role, Session, Turn, TurnStatus
from chatcli.output.reply import TextReply

SESSION = Session("sess_000000000001", "notes", "fake/one")


class Collected:
    """Stands in for the writer: keeps what would be written."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text


def finished(text: str) -> TurnFinished:
    turn = Turn(
        2, SESSION.id, 1, Role.ASSISTANT, text, TurnStatus.COMPLETE, created_at=0.0, position=2
    )
    return TurnFinished(SESSION.id, 2, turn, SESSION)


def written(pieces: Sequence[str], *, stream: bool = True, terminal: bool = False) -> str:
    writer = Collected()
    reply = TextReply(writer, stream=stream, terminal=terminal)
    for piece in pieces:
        reply.show(TextDelta(SESSION.id, 2, piece))
    reply.show(finished("".join(pieces)))
    return writer.text


@given(st.lists(st.text("ab \n\r"), max_size=8), st.booleans())
def test_the_text_ends_with_one_newline_however_it_is_cut(pieces: list[str], stream: bool) -> None:
    body = "".join(pieces).rstrip("\r\n")
    assert written(pieces, stream=stream) == (f"{body}\n" if body else "")


@given(st.lists(st.text("a\x1b\x07\r\n\x9b"), max_size=8))
def test_a_terminal_gets_no_control_character(pieces: list[str]) -> None:
    shown = written(pieces, terminal=True)
    assert not any(c in shown for c in "\x1b\x07\r\x9b")


def test_a_pipe_gets_the_text_as_it_was_written() -> None:
    assert written(["a\x1b[31m", "b\r\nc"]) == "a\x1b[31mb\r\nc\n"


@given(st.text("a \n\r", max_size=9), st.text("b \n\r", max_size=9), st.booleans())
def test_an_answer_below_what_was_reasoning(thought: str, answer: str, tentative: bool) -> None:
    writer = Collected()
    told: list[str] = []
    reply = TextReply(writer, tell=told.append)
    reply.show(TextDelta(SESSION.id, 2, thought, tentative))
    reply.show(TextWasReasoning(SESSION.id, 2, thought))
    reply.show(TextDelta(SESSION.id, 2, answer))
    reply.show(finished(answer))
    above, below = thought.rstrip("\r\n"), answer.rstrip("\r\n")
    was_shown = bool(above) and not tentative
    lines = [above] * was_shown + [below] * bool(below)
    assert writer.text == "".join(f"{line}\n" for line in lines)
    assert len(told) == was_shown
