"""Hints for the shell, read in the chat."""

from __future__ import annotations

import pytest

from chatcli.ui.hints import below_a_reply, in_the_chat, labelled


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("`chatcli models` lists the available models", "`/models` lists the available models"),
        ("chatcli restore notes", "/restore notes"),
        ("`chatcli continue SESSION` goes on", "`/continue` goes on"),
        ("chatcli doctor checks it", "chatcli doctor checks it"),
        ("wait for the reply, or use --wait SECONDS", "wait for the reply"),
        ("", ""),
    ],
)
def test_verbs_that_the_chat_has_are_slash_commands(written: str, read: str) -> None:
    assert in_the_chat(written) == read


def test_a_hint_has_one_label() -> None:
    assert labelled("check the key") == "hint: check the key"
    assert labelled("usage: /new [NAME]") == "usage: /new [NAME]"
    assert labelled("") == ""


def test_what_stands_below_every_reply_is_not_said_twice() -> None:
    assert below_a_reply("`chatcli retry SESSION` asks again") == ""
    assert below_a_reply("`chatcli continue SESSION` goes on; free some room") == "free some room"
    assert below_a_reply("check the key") == "check the key"
