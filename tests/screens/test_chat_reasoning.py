"""Reasoning in the chat: in one line or whole, and text that turns out to have been reasoning."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.chat import PROGRAM, environment, open_chat
from tests.screens.terminal import Terminal

pytestmark = pytest.mark.screen

NOTE = "the text above was the model's reasoning"
WIDE = 200
"""Columns; a message stands on one row."""
THOUGHT = "(thought before answering)"


def reply_rows(chat: Terminal, after: str) -> list[str]:
    """What stands below the message, up to the interface."""
    chat.settle()
    lines = [line for line in chat.lines() if line]
    begin = max(i for i, line in enumerate(lines) if line.endswith(after))
    end = next(i for i, line in enumerate(lines) if i > begin and line.startswith(">"))
    return lines[begin + 1 : end]


def test_printed_blocks_stay_above_a_line_that_says_what_they_were(tmp_path: Path) -> None:
    go = tmp_path / "go"
    with open_chat(tmp_path, columns=WIDE) as chat:
        chat.enter(f"untagged {go} first||second?")
        chat.wait_for(lambda: "second?" in chat.lines())
        go.touch()
        chat.wait_for_line("the answer")
        assert reply_rows(chat, "|second?") == ["first", NOTE, "the answer"]
        chat.enter("/history")
        chat.wait_for(THOUGHT)
        assert reply_rows(chat, "|second?") == [THOUGHT, "the answer"]


def test_a_live_tail_is_replaced(tmp_path: Path) -> None:
    go = tmp_path / "go"
    with open_chat(tmp_path, columns=WIDE) as chat:
        chat.enter(f"untagged {go} only a tail?")
        chat.wait_for(lambda: "only a tail?" in chat.lines())
        go.touch()
        chat.wait_for_line("the answer")
        rows = reply_rows(chat, " only a tail?")
        assert rows[0].startswith("(thought ")
        assert rows[1:] == ["the answer"]


def test_where_reasoning_is_shown_all_of_it_stays(tmp_path: Path) -> None:
    go = tmp_path / "go"
    with open_chat(tmp_path, "show_reasoning=True", columns=WIDE) as chat:
        chat.enter(f"untagged {go} first||second?")
        chat.wait_for(lambda: "second?" in chat.lines())
        go.touch()
        chat.wait_for_line("the answer")
        assert reply_rows(chat, "|second?") == ["first", "second?", NOTE, "the answer"]


def test_a_known_model_thinks_from_its_first_word(tmp_path: Path) -> None:
    go = tmp_path / "go"
    with open_chat(tmp_path, columns=WIDE) as chat:
        chat.enter(f"tentative {go} first||second?")
        chat.wait_for("thinking")
        go.touch()
        chat.wait_for_line("the answer")
        rows = reply_rows(chat, "|second?")
        assert rows[0].startswith("(thought ")
        assert rows[1:] == ["the answer"]


def test_a_known_model_that_did_not_think_gets_its_answer_shown(tmp_path: Path) -> None:
    go = tmp_path / "go"
    with open_chat(tmp_path, columns=WIDE) as chat:
        chat.enter(f"tentative {go} first||second.")
        chat.wait_for("thinking")
        go.touch()
        chat.wait_for(lambda: "second." in chat.lines())
        assert reply_rows(chat, "|second.") == ["first", "second."]


def test_what_was_shown_as_reasoning_and_was_the_answer_is_shown_again(tmp_path: Path) -> None:
    go = tmp_path / "go"
    with open_chat(tmp_path, "show_reasoning=True", columns=WIDE) as chat:
        chat.enter(f"tentative {go} first||second.")
        chat.wait_for(lambda: "first" in chat.lines())
        go.touch()
        chat.wait_for(lambda: "second." in chat.lines())
        said = "that was the answer, not reasoning:"
        assert reply_rows(chat, "|second.") == ["first", said, "first", "second."]


def test_ctrl_c_shows_what_came_before_it_was_known_what_it_is(tmp_path: Path) -> None:
    with open_chat(tmp_path, columns=WIDE) as chat:
        chat.enter(f"tentative {tmp_path / 'never'} first||second?")
        chat.wait_for("thinking")
        chat.key("ctrl-c")
        chat.wait_for("the reply was stopped")
        assert reply_rows(chat, "|second?")[:2] == ["first", "second?"]


def test_line_by_line_the_answer_follows_below_a_note(tmp_path: Path) -> None:
    go = tmp_path / "go"
    dumb = environment(tmp_path, {"TERM": "dumb"})
    with Terminal(PROGRAM, columns=WIDE, environment=dumb) as chat:
        chat.wait_for(lambda: chat.lines()[-1:] == [">"])
        chat.enter(f"untagged {go} first||second?")
        chat.wait_for(lambda: "second?" in chat.lines())
        go.touch()
        chat.wait_for(lambda: "the answer" in chat.lines())
        chat.wait_for(lambda: chat.lines()[-1:] == [">"])
        chat.enter(f"tentative {go} third?")
        chat.wait_for(lambda: chat.lines().count("the answer") == 2)
        lines = [line for line in chat.lines() if line]
        begin = lines.index("first")
        assert lines[begin : begin + 4] == [
            "first",
            "second?",
            f"[{NOTE}, the answer follows]",
            "the answer",
        ]
        assert "third?" not in lines
