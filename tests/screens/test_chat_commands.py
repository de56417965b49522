"""Commands in the chat: how sessions are named in them, what stands around what they say."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.screens.chat import open_chat
from tests.screens.terminal import Terminal


def two_sessions(chat: Terminal) -> None:
    """`chat-1`, and `release notes` in view."""
    chat.enter("first")
    chat.wait_for("You said: first")
    chat.enter('/new "release notes"')
    chat.wait_for("── release notes")
    chat.enter("second")
    chat.wait_for("You said: second")


def test_a_number_stands_for_its_session_in_every_command(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        two_sessions(chat)
        chat.enter("/send 1 third")
        chat.wait_for("sent to chat-1")
        chat.enter("/stop 1")
        chat.wait_for("no reply is being written in chat-1")
        chat.enter("/end 1")
        chat.wait_for("session 'chat-1' ended after 4 turns")
        chat.enter("/end 1")
        chat.wait_for("No session is called '1'")


def test_a_new_session_gets_no_name_that_could_not_be_stored(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        two_sessions(chat)
        chat.enter("/new 2024")
        chat.wait_for("'2024' is not a valid session name")
        chat.enter("/new 2024-plan")
        chat.wait_for("── 2024-plan")
        chat.enter("/rename chat-1")
        chat.wait_for("is already called 'chat-1'")
        chat.enter("/s 1")
        chat.wait_for_line("── chat-1")
        chat.enter("/s 2024")
        chat.wait_for(lambda: chat.text().count("── 2024-plan") == 2)


def test_tab_goes_on_inside_quotation_marks(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        two_sessions(chat)
        chat.enter("/s 1")
        chat.wait_for_line("── chat-1")
        chat.send("/s 'release n\t")
        chat.wait_for('> /s "release notes"')
        chat.key("ctrl-c")
        chat.enter("/s release notes")
        chat.wait_for('in quotation marks: "release notes"')


def test_a_command_that_says_nothing_leaves_a_blank_line_before_the_reply(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("words 60 30 w")
        chat.wait_for("w1 ")
        chat.enter("/retry")
        chat.wait_for_line("w59\n\n(another reply)")
        assert re.search(r"> /retry\n\nw\d", chat.text())


def test_the_way_back_to_a_session_whose_only_message_failed(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("fail")
        chat.wait_for("No reply: the key is wrong")
        chat.key("ctrl-d")
        assert chat.wait_exit() == 0
        assert "chatcli -s chat-1  comes back here" in chat.text()


def test_a_message_that_a_slow_end_overtakes_comes_back_with_the_session(tmp_path: Path) -> None:
    with open_chat(tmp_path, "session=busy") as chat:
        chat.enter("words 100000 50 w")
        chat.wait_for("w3")
        chat.enter("queued behind it")
        chat.wait_for("1 queued")
        with closing(sqlite3.connect(tmp_path / "chatcli.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            chat.enter("/end")
            chat.enter("/help copy")  # not before the end has taken its time
            chat.wait_for_line("/copy 1")
            other.execute("ROLLBACK")
        chat.wait_for("Your message is back in that session's input.")
        chat.enter("/restore busy")
        chat.wait_for("> queued behind it\n")


def test_figures_of_a_session_without_a_message(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("/stats 1")
        chat.wait_for_line("the new session")
        chat.enter("/new plan")
        chat.enter("/stats plan")
        chat.wait_for_line("session plan")
        chat.wait_for(lambda: len(re.findall(r"replies +none", chat.text())) == 2)


def test_empty_quotation_marks_remove_the_system_prompt(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("/system Be brief.")
        chat.wait_for("system prompt set")
        chat.enter('/system ""')
        chat.wait_for("system prompt removed")
