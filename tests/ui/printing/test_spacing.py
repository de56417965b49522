"""Blank lines between the things that the chat prints."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chatcli.ui.printing.items import Item, ReplyItem, TextItem, notice_item
from chatcli.ui.printing.spacing import Spacing

ECHO = TextItem(lambda _: "", leads=True)
TABLE = TextItem(lambda _: "")
PANEL = TextItem(lambda _: "", apart="block")
NOTICE = notice_item("")
OTHER = notice_item("")
REPLY = ReplyItem(1)
PROMPT = TextItem(lambda _: "")


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ([(ECHO, "\n> /x\n"), (NOTICE, "done\n")], "> /x\ndone\n"),
        ([(ECHO, "\n> /x\n"), (PANEL, "| no\n")], "> /x\n| no\n"),
        ([(ECHO, "\n> /x\n"), (REPLY, "text\n")], "> /x\n\ntext\n"),
        ([(TABLE, "\na b\n"), (NOTICE, "done\n")], "a b\n\ndone\n"),
        ([(NOTICE, "one\n"), (OTHER, "two\n")], "one\ntwo\n"),
        ([(NOTICE, "one\n"), (PANEL, "| no\n")], "one\n\n| no\n"),
        ([(REPLY, "text\n"), (NOTICE, "told\n"), (REPLY, "more\n")], "text\n\ntold\n\nmore\n"),
        ([(REPLY, "text\n"), (NOTICE, "told\n"), (REPLY, "\nnext\n")], "text\n\ntold\n\nnext\n"),
        ([(REPLY, "one\n"), (REPLY, "two\n")], "one\ntwo\n"),
        ([(PROMPT, "\n> a\n\n"), (REPLY, "text\n")], "> a\n\ntext\n"),
        ([(PROMPT, "\n> a\n\n"), (ECHO, "\n> /x\n")], "> a\n\n> /x\n"),
        ([(NOTICE, ""), (REPLY, "text\n")], "text\n"),
    ],
)
def test_one_blank_line_where_two_things_meet(
    printed: Sequence[tuple[Item, str]], expected: str
) -> None:
    spacing = Spacing()
    assert "".join(spacing.spaced(item, text) for item, text in printed) == expected
