import re

import pytest

from chatcli.commands.registry import Bars, Block, Column, Table, Transcript
from chatcli.config.model import Repl
from chatcli.core.model import Role, Session, Turn, TurnStatus
from chatcli.output.tables import rich_text

SESSIONS = Table(
    (Column("name"), Column("turns", right=True), Column("preview")),
    (("notes", "12", "What is the capital of Peru, and " * 3), ("日本", "2", "[bold]x[/nothing]")),
)


def drawn(block: Block, monkeypatch: pytest.MonkeyPatch, columns: int = 60) -> list[str]:
    """The lines, without their escape sequences."""
    monkeypatch.setenv("COLUMNS", str(columns))
    text = rich_text([block], Repl(theme="none"))
    return re.sub(r"\x1b\[[0-9;]*m", "", text).rstrip("\n").split("\n")


def test_a_preview_gives_way_and_stays_on_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = drawn(SESSIONS, monkeypatch)
    assert len(lines) == 3
    assert lines[1].startswith("notes     12  What is the capital of Peru")
    assert lines[1].rstrip().endswith("…")


def test_text_is_never_taken_for_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "[bold]x[/nothing]" in drawn(SESSIONS, monkeypatch)[2]


@pytest.mark.parametrize("columns", [100, 60, 40, 20, 8])
def test_any_width_is_drawn(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    bars = Bars("Tokens by model", "tokens", (("fake/one", 400.0), ("b", None)))
    for block in (SESSIONS, bars, Table((Column("name"), Column("preview")), ())):
        assert all(len(line) <= max(columns, 30) for line in drawn(block, monkeypatch, columns))


FIGURES = Table(
    (Column("model"), Column("replies", right=True), Column("cost", right=True)),
    (("fake/a-model-with-a-long-name", "12", "unknown"),),
    title="Replies by model",
)


def test_figures_stay_whole_in_a_narrow_window(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [line.rstrip() for line in drawn(FIGURES, monkeypatch, 36)]
    assert lines[2].endswith("12  unknown")
    assert [line.rstrip() for line in drawn(FIGURES, monkeypatch, 32)] == [
        "Replies by model",
        "fake/a-model-with-a-long-name ·",
        "replies 12 · cost unknown",
    ]


def test_a_conversation_shows_prompts_as_typed_and_replies_rendered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = Session("sess_000000000001", "notes", "fake/one", turns=2)
    fields = {"session_id": session.id, "parent_id": None, "created_at": 0.0, "position": 1}
    turns = (
        Turn(1, role=Role.USER, content="**Why?**", status=TurnStatus.COMPLETE, **fields),  # type: ignore[arg-type]
        Turn(2, role=Role.ASSISTANT, content="- **a**", status=TurnStatus.INCOMPLETE, **fields),  # type: ignore[arg-type]
    )
    text = "\n".join(drawn(Transcript(session, turns, omitted=3), monkeypatch))
    assert "3 earlier turns not shown" in text
    assert "**Why?**" in text
    assert "• a" in text
    assert "[incomplete]" in text
