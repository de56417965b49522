"""Two programs on the same sessions: each sees what the other one does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.chat import open_chat, wait_for_words

pytestmark = pytest.mark.screen


def test_a_reply_written_elsewhere_streams_in_here(tmp_path: Path) -> None:
    over = tmp_path / "over"
    with open_chat(tmp_path, "session=shared") as one:
        one.enter("hello")
        one.wait_for("You said: hello")
        with open_chat(tmp_path, "session=shared") as two:
            two.wait_for("You said: hello")
            two.enter(f"words 400 100 w {over}")
            one.wait_for("> words 400 100 w")
            one.wait_for("another process is writing here")
            one.enter("from here")
            one.wait_for("your message waits its turn")
            over.touch()
            two.wait_for_line("w399")
            one.wait_for_line("You said: from here")
            two.wait_for_line("You said: from here")
            for chat in (one, two):
                wait_for_words(chat, 400)
                assert chat.text().count("You said: from here") == 1


def test_a_reply_that_is_already_being_written_is_seen_whole(tmp_path: Path) -> None:
    over = tmp_path / "over"
    with open_chat(tmp_path, "session=shared") as one:
        one.enter(f"words 500 100 w {over}")
        one.wait_for_line("w50")
        with open_chat(tmp_path, "session=shared") as two:
            two.wait_for("another process is writing here")
            over.touch()
            wait_for_words(two, 500)
            assert two.text().count("> words 500 100 w") == 1


def test_a_session_made_elsewhere_gets_a_number(tmp_path: Path) -> None:
    with open_chat(tmp_path) as one, open_chat(tmp_path, "session=other") as two:
        two.enter("hello there")
        two.wait_for("You said: hello there")
        one.wait_for("2 other ●1")
        one.key("alt-2")
        one.wait_for("You said: hello there")


def test_what_others_do_to_a_session_is_seen(tmp_path: Path) -> None:
    with open_chat(tmp_path) as one:
        one.enter("hello there")
        one.wait_for("You said: hello there")
        with open_chat(tmp_path, "session=chat-1") as two:
            two.enter("/rename greetings")
            one.wait_for("1 greetings")
            two.enter("/end")
            one.wait_for("greetings was ended by another program · /restore greetings")
        one.enter("still there?")
        one.wait_for("Your message is back in the input")
        one.key("ctrl-c")
        one.enter("/restore greetings")
        one.wait_for("is active again")
        one.enter("now it is")
        one.wait_for("You said: now it is")
