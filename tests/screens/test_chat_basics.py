"""Typing, streaming, queueing, stopping and leaving, as a person sees it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.screens.chat import READY, interface_rows, numbers, open_chat, wait_for_words

pytestmark = pytest.mark.screen


def test_a_message_and_its_reply_stay_in_the_scrollback(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("good morning")
        chat.wait_for("You said: good morning")
        chat.enter("and again")
        chat.wait_for("You said: and again")
        chat.settle()
        text = chat.text()
        assert text.index("> good morning") < text.index("You said: good morning")
        assert len(interface_rows(chat.lines())) == 1


def test_typing_goes_on_while_a_reply_streams(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("words 300 150 w")
        chat.wait_for("Ctrl-C stops")
        chat.send("a draft in between")
        chat.wait_for("> a draft in between")
        chat.wait_for_line("w299")
        chat.wait_for("> a draft in between")
        wait_for_words(chat, 300)


def test_messages_queue_and_up_takes_the_last_one_back(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("words 100000 50 w")
        chat.wait_for("writing")
        chat.enter("first in line")
        chat.wait_for("1 queued")
        chat.enter("second in line")
        chat.wait_for("2 queued")
        chat.key("up")
        chat.wait_for("> second in line")
        chat.wait_for("1 queued")
        chat.key("ctrl-c", "ctrl-c")  # the draft, then the reply
        chat.wait_for("You said: first in line")
        assert "You said: second" not in chat.text()


def test_ctrl_c_clears_stops_warns_leaves(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("words 100000 100 w")
        chat.wait_for("writing")
        chat.send("a draft")
        chat.wait_for("> a draft")
        chat.key("ctrl-c")
        chat.wait_for(READY)
        chat.wait_for("writing")
        chat.key("ctrl-c")
        chat.wait_for("the reply was stopped")
        chat.key("up")
        chat.wait_for("> a draft")
        chat.key("ctrl-c", "ctrl-c")
        chat.wait_for("Ctrl-C again")
        chat.send("x")
        chat.wait_for(lambda: not chat.shows("Ctrl-C again"))
        chat.key("ctrl-c", "ctrl-c", "ctrl-c")
        assert chat.wait_exit() == 0
        assert re.search(r"chatcli -s \S+", chat.text())


def test_leaving_while_a_reply_is_written_asks(tmp_path: Path) -> None:
    over = tmp_path / "over"
    with open_chat(tmp_path) as chat:
        chat.enter(f"words 60 50 w {over}")
        chat.wait_for("writing")
        chat.key("ctrl-d")
        chat.wait_for("still writing: chat-1")
        chat.key("esc")
        chat.wait_for(lambda: not chat.shows("still writing"))
        chat.key("ctrl-d")
        chat.wait_for("still writing")
        chat.send("w")
        chat.wait_for("leaving when chat-1 is done")
        over.touch()
        assert chat.wait_exit() == 0
        assert numbers(chat.text(), "w") == list(range(60))


def test_stopping_at_the_end_keeps_the_text(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("words 100000 100 w")
        chat.wait_for_line("w40")
        chat.key("ctrl-d")
        chat.wait_for("still writing")
        chat.send("q")
        assert chat.wait_exit() == 0
    with open_chat(tmp_path, "session=chat-1") as chat:
        chat.wait_for_line("w40")
        chat.wait_for_line("the reply was stopped")


def test_a_fault_is_a_panel_and_the_chat_goes_on(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("fail")
        chat.wait_for("No reply: the key is wrong (401)")
        chat.wait_for("hint: set another key")
        chat.enter("cut it")
        chat.wait_for("half of it")
        chat.wait_for("Incomplete: the connection was cut")
        chat.enter("still there?")
        chat.wait_for("You said: still there?")


def test_a_retry_counts_down_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("retry")
        chat.wait_for("attempt 2 of 4 in 3600 s")
        chat.wait_for(re.compile(r"in 359\d s"))
        chat.key("ctrl-c")
        chat.wait_for("the reply was stopped")


def test_reasoning_is_one_line_unless_it_is_wanted(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("think 200")
        chat.wait_for("(thought before answering)")
        chat.wait_for("thought about it")
        assert numbers(chat.text(), "t") == []
    with open_chat(tmp_path, "show_reasoning=True") as chat:
        chat.enter("think 200")
        chat.wait_for("thought about it")
        assert numbers(chat.text(), "t") == list(range(200))


def test_two_slashes_are_a_message(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("//etc/hosts is a file")
        chat.wait_for("You said: /etc/hosts is a file")
        chat.enter("/swich 1")
        chat.wait_for("did you mean /switch")


def test_commands_in_a_session_that_has_no_name_yet(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        for command, answer in (
            ("/undo", "The new session has nothing to undo"),
            ("/retry", "The new session has no message to answer again"),
            ("/continue", "The new session has no incomplete reply to continue"),
            ("/compact", "The new session is too short to compact"),
            ("/stop", "no reply is being written in the new session"),
        ):
            chat.enter(command)
            chat.wait_for_line(answer)
